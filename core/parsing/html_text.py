"""What does an HTML mail say, read without drawing it?

Mails are kept as text: nothing of a stranger's markup is ever drawn and no picture fetched. One pass with
``str.find``, in linear time: sanitisers build the tree, and a megabyte of nested tags takes them minutes.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"</?([a-z][a-z0-9]*)", re.IGNORECASE)
_UNSEEN = {
    name: re.compile(rf"</{name}\b", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "template", "noscript", "svg", "object", "iframe")
}
_BREAKS = frozenset(
    [
        "br",
        "p",
        "div",
        "tr",
        "table",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "hr",
        "pre",
        "section",
        "article",
        "dt",
        "dd",
    ]
)
_APART = frozenset(["p", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"])
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
MOST = 5_000_000


def text_from_html(markup: str) -> str:
    """Return the visible words of `markup`, a line a block, cells apart by tabs."""
    markup = markup[:MOST]
    out: list[str] = []
    at = 0
    while (start := markup.find("<", at)) >= 0:
        _say(out, markup[at:start])
        if markup.startswith("<!--", start):
            end = markup.find("-->", start + 4)
            at = end + 3
        elif tag := _TAG.match(markup, start):
            end = markup.find(">", tag.end())
            at = end + 1
            name = tag[1].lower()
            if name in _UNSEEN and markup[start + 1] != "/" and end >= 0:
                closing = _UNSEEN[name].search(markup, at)
                end = closing.start() if closing else -1
                at = end
            _lay_out(out, name, is_closing=markup[start + 1] == "/")
        elif markup[start + 1 : start + 2] in ("!", "?", "/"):
            end = markup.find(">", start)
            at = end + 1
        else:
            out.append("<")
            end = at = start + 1
        if end < 0:
            return _joined(out)
    _say(out, markup[at:])
    return _joined(out)


def _say(out: list[str], words: str) -> None:
    if words:
        out.append(_SPACES.sub(" ", html.unescape(words)))


def _lay_out(out: list[str], name: str, is_closing: bool) -> None:
    if name in ("td", "th") and is_closing:
        out.append("\t")
    elif name in _BREAKS:
        out.append("\n\n" if name in _APART else "\n")
        if name == "li" and not is_closing:
            out.append("• ")


def _joined(out: list[str]) -> str:
    lines = [_trimmed(line) for line in "".join(out).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _trimmed(line: str) -> str:
    return "\t".join(cell.strip() for cell in line.split("\t")).strip()
