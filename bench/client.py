"""What does a browser do that the bench does too: keep the connection, ask for lazy parts, send forms?"""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode

# Parts that a page asks for by itself; "intersect" is asked for only where something of it is in sight (cards on a
# phone), clicks and keys by people only.
LAZY = re.compile(r'<[^>]*hx-trigger="(?:[^"]*\b)?(?:load|revealed)\b[^"]*"[^>]*>')
LAZY_URL = re.compile(r'hx-get="([^"]+)"')


class WrongAnswer(Exception):
    """A page did not answer as it must; nothing about its speed is worth knowing then."""


@dataclass
class Answer:
    """What came back. ``ms`` until the content stood, lazy parts included."""

    status: int
    body: str
    ms: float
    bytes: int
    headers: dict[str, str]


class Browser:
    """One signed-in person on one connection."""

    def __init__(self, address: str, cookies: dict[str, str]) -> None:
        self.cookies = dict(cookies)
        self.line = http.client.HTTPConnection(address, timeout=120)

    def get(self, path: str) -> Answer:
        """A page with all its lazy parts. Raises WrongAnswer unless it is 200."""
        page = self.ask("GET", path)
        if page.status != 200:
            raise WrongAnswer(f"GET {path} answered {page.status}")
        for tag in LAZY.findall(page.body):
            if url := LAZY_URL.search(tag):
                part = self.ask("GET", url[1].replace("&amp;", "&"), {"HX-Request": "true"})
                page.ms += part.ms
                page.body += part.body
        return page

    def post(self, path: str, data: dict[str, str], *, htmx: bool = False) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Referer": f"http://{self.line.host}:{self.line.port}{path}",
        }
        return self.ask("POST", path, headers | ({"HX-Request": "true"} if htmx else {}), urlencode(data))

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None) -> Answer:
        """One request, timed from its first byte to the answer's last."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookie, "Accept-Language": "en", **(headers or {})}
        began = time.perf_counter()
        try:
            self.line.request(method, path, body, sent)
            answer = self.line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):  # the server let an idle one go
            self.line.close()
            began = time.perf_counter()
            self.line.request(method, path, body, sent)
            answer = self.line.getresponse()
        content = answer.read()
        ms = (time.perf_counter() - began) * 1000
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return Answer(answer.status, content.decode(errors="replace"), ms, len(content), dict(answer.getheaders()))


class _Rows(HTMLParser):
    """Text of the cells of a table's body, row by row; and the fields of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.fields: dict[str, str] = {}
        self.in_body = False
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attrs}
        if tag == "tbody":
            self.in_body = True
        elif tag == "tr" and self.in_body:
            self.rows.append([])
        elif tag == "td" and self.rows:
            self.rows[-1].append("")
        elif tag == "textarea" and (name := words.get("name")):
            self.fields[name] = ""
        elif tag == "input" and (name := words.get("name")):
            if words.get("type") not in ("checkbox", "radio") or "checked" in words:
                self.fields[name] = words.get("value", "")
        elif tag == "select":
            self.select = words.get("name", "")
        elif tag == "option" and self.select and "selected" in words:
            self.fields[self.select] = words.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self.in_body = False

    def handle_data(self, data: str) -> None:
        if self.in_body and self.rows and self.rows[-1]:
            self.rows[-1][-1] += f" {data.strip()}" if data.strip() else ""


def cells(html: str) -> list[list[str]]:
    """Text of the first table's cells by row; empty leading cells (checkboxes) are left out."""
    parser = _Rows()
    parser.feed(html)
    rows = [[" ".join(cell.split()) for cell in row] for row in parser.rows]
    return [row[1:] if row and not row[0] else row for row in rows]


def form_fields(html: str) -> dict[str, str]:
    """What a form would send if nobody touched it."""
    parser = _Rows()
    parser.feed(html)
    return parser.fields
