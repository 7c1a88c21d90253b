"""Is the product Chinese for a Chinese browser: every page, its refusals and errors, and the catalogue itself?"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core.models import OutgoingMail
from tests.test_urls import PEOPLE, rows
from tests.url_table import DATA
from tests.world import MARK, World

CATALOGUES = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
# Attributes that are read or read out.
SAID = ("aria-label", "title", "placeholder", "alt", "data-label")
# Our name, and the other language by its own.
EVERYWHERE = {"Gonghai", "English"}
# What people, files and keyboards say for themselves.
NOT_OURS = {"bdi", "kbd", "script", "style", "svg", "code", "textarea"}
# Where figures and names go.
PLACES = r"%\(\w+\)[sd]|\{\w+\}|%d|%%"
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}


class Page(HTMLParser):
    """What a page says to its reader and in which language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lang = ""
        self.words: set[str] = set()
        self.open: list[tuple[str, bool]] = []  # the tags around, and whether they hold what is not ours
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        css = named.get("class") or ""
        if tag == "html":
            self.lang = named.get("lang", "")
        if tag not in VOID:
            # In the administration cells and fields that are only read are data.
            is_data = "readonly" in css or (tag in ("td", "th") and "field-" in css)
            self.open.append((tag, is_data or tag in NOT_OURS))
        self.words |= {named[name].strip() for name in SAID if named.get(name)}

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(is_data for _tag, is_data in self.open):
            self.words.add(" ".join(data.split()))


def texts_of(domain: str) -> Iterator[dict[str, str]]:
    """The entries of a catalogue's source: msgctxt, msgid, msgid_plural, msgstr, and its block as it stands."""
    for block in (CATALOGUES / f"{domain}.po").read_text().split("\n\n")[1:]:
        entry = {"block": block}
        for word, lines in re.findall(r"^(msg\w+)(?:\[0\])? ((?:\".*\"\n?)+)", block, flags=re.MULTILINE):
            entry[word] = "".join(ast.literal_eval(line) for line in lines.splitlines())
        yield entry


def english() -> re.Pattern[str]:
    """Matches a text that is one of our English ones, with anything in place of its figures and names."""
    found = set()
    for domain in DOMAINS:
        for entry in texts_of(domain):
            for text in {entry["msgid"], entry.get("msgid_plural", entry["msgid"])} - {entry["msgstr"], *EVERYWHERE}:
                parts = re.split(PLACES, text)
                if len(re.findall(r"[A-Za-z]", "".join(parts))) >= 4:
                    found.add(".+".join(re.escape(part) for part in parts))
    return re.compile("|".join(sorted(found)))


def pages_of(client: Client, person: str, world: World) -> Iterator[tuple[str, Page]]:
    """Each page that the table of rights (tests/url_table.py) knows for this person, with refusals and form errors.

    Alice takes them all; others only what answers them otherwise.
    """
    alice, place = PEOPLE.index("alice"), PEOPLE.index(person)
    refused = set()
    for method, name, ids, expected in rows():
        status = expected[place]
        if status in (302, 405) or status in refused or (person != "alice" and status == expected[alice]):
            continue
        if status in (403, 404):  # one page for all
            refused.add(status)
        url = reverse(name, args=[world.ids.get(word, word) for word in ids])
        with transaction.atomic():
            response = client.post(url, DATA.get(name, {})) if method == "POST" else client.get(url)
            transaction.set_rollback(True)
        if response.streaming:  # a file is no page; read to its end it is closed
            b"".join(response.streaming_content)
        elif response.headers["Content-Type"].startswith("text/html"):
            yield f"{method} {url}", Page(response.content.decode())


def pages_of_the_administration(client: Client) -> Iterator[tuple[str, Page]]:
    """The list, the empty form and one record of each model."""
    request = client.get("/admin/").wsgi_request
    for model, shown in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        urls = [reverse(f"{name}_changelist")]
        if (first := model._default_manager.first()) is not None:
            urls.append(reverse(f"{name}_change", args=[first.pk]))
        if shown.has_add_permission(request):
            urls.append(reverse(f"{name}_add"))
        for url in urls:
            yield url, Page(client.get(url).content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["alice", "root"])
def test_every_page_is_chinese(person, world: World, signed_in):
    client = signed_in(world.cast[person])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN,zh;q=0.9,en;q=0.8"
    pages = dict(pages_of(client, person, world))
    if person == "root":
        OutgoingMail.objects.all().delete()  # each is written in its reader's language
        pages |= pages_of_the_administration(client)
    assert len(pages) > 40
    assert {page.lang for page in pages.values() if page.lang} == {"zh-hans"}
    ours = english()
    said = {word: url for url, page in pages.items() for word in page.words if MARK not in word}
    assert {word: url for word, url in said.items() if ours.fullmatch(word)} == {}


@pytest.mark.django_db
def test_the_door_is_chinese_for_a_chinese_browser_and_english_for_others():
    ours = english()
    for address in ("/accounts/login/", "/accounts/password/reset/", "/people/join/no-such-link/"):
        chinese = Page(Client(headers={"accept-language": "zh-CN"}).get(address).content.decode())
        assert (chinese.lang, {word for word in chinese.words if ours.fullmatch(word)}) == ("zh-hans", set())
        other = Page(Client(headers={"accept-language": "fr"}).get(address).content.decode())
        assert other.lang == "en"
        assert any(ours.fullmatch(word) for word in other.words)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_is_whole_and_compiled(domain):
    """No text without its Chinese, none doubtful, none with other figures or names; the .mo says what the .po says."""
    written = {}
    for entry in texts_of(domain):
        assert entry["msgstr"], entry["block"]
        assert "#, fuzzy" not in entry["block"], entry["block"]
        names = [set(re.findall(PLACES, text)) for text in (entry["msgstr"], entry.get("msgid_plural", entry["msgid"]))]
        assert names[0] == names[1], entry["block"]
        key = f"{entry['msgctxt']}\x04{entry['msgid']}" if "msgctxt" in entry else entry["msgid"]
        written[(key, 0) if "msgid_plural" in entry else key] = entry["msgstr"]
    with (CATALOGUES / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert {key: said for key, said in compiled.items() if key} == written
