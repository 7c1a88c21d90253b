"""Does anybody see what belongs to somebody else? Every sensitive field sings its owner's name.

Each person walks every link, form address, search and export that pages offer, and nobody may meet
a marker of a stranger. The markers sing only in fields that a stranger must never see.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter, deque
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from core import jobs
from core.models import Job
from tests.world import MARK, World

pytestmark = pytest.mark.django_db

LINK = re.compile(r"""(?:href|hx-get|action|src|data-[\w-]*url)=["']([^"'#]+)["']""")
# Leaving, and what the walk would only repeat.
PASSED_OVER = ("/static/", "/accounts/logout", "/jsi18n")
MOST_PAGES = 320
# Where the conflict check names a colleague's customer: its name is told, and nothing else.
NAMED = ("/customers/lookup/", "/customers/requests/", "/people/notifications/", "/today/")
# Of one path with ever other query words: sorting and filters multiply without end.
MOST_OF_A_PATH = 6


def strangers_of(person: str) -> set[str]:
    """Whose markers this person must not meet: Dana leads Alice's and Bob's team, Root sees all that somebody holds.

    What lies in the pool is masked for everybody, for him too who gave it back.
    """
    sees = {
        "alice": {"alice"},
        "bob": {"bob"},
        "charlie": {"charlie"},
        "dana": {"alice", "bob", "dana"},
        "root": {"alice", "bob", "charlie", "dana", "root"},
    }
    return {"alice", "bob", "charlie", "dana", "root", "pool"} - sees[person]


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return html.unescape(body.decode("utf-8", "replace"))


def shape(url: str) -> tuple:
    """Addresses that differ only in the values of their query are visited a few times, not for each value."""
    parts = urlsplit(url)
    return parts.path, tuple(sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}))


def walk(client: Client, starts: list[str]) -> dict[str, str]:
    """Follow every link from ``starts``; the texts by address."""
    todo, seen, texts = deque(starts), set(), {}
    visits: Counter[str] = Counter()
    while todo and len(texts) < MOST_PAGES:
        url = todo.popleft()
        if not url.startswith("/") or url.startswith("//") or url.startswith(PASSED_OVER) or shape(url) in seen:
            continue
        seen.add(shape(url))
        visits[urlsplit(url).path] += 1
        if visits[urlsplit(url).path] > MOST_OF_A_PATH:
            continue
        response = client.get(url)
        assert response.status_code < 500 or url == "/readyz", url  # no beat runs here
        if response.status_code in (301, 302):
            todo.append(response.headers["Location"])
            continue
        texts[url] = text_of(response)
        base = urlsplit(url).path
        for link in LINK.findall(texts[url]):
            todo.append(base + link if link.startswith("?") else link)
    return texts


@pytest.mark.parametrize("person", ["charlie", "bob", "alice", "dana", "root"])
def test_nobody_meets_a_strangers_marker(person, world: World, signed_in):
    user: User = world.cast[person]
    client = signed_in(user)
    starts = [
        *world.records(),
        "/",
        "/today/",
        "/customers/",
        "/jobs/",
        "/people/notifications/",
        f"/search/?q={MARK}",
        "/search/?q=Masked+Harbour",
    ]
    starts += world.every_address()
    texts = walk(client, starts)
    assert len(texts) > 20
    heard = {
        (url, marker)
        for url, text in texts.items()
        for marker, field in re.findall(rf"{MARK}-([a-z]+)-(\w+)", text)
        if marker in strangers_of(person) and not (field == "company" and url.startswith(NAMED))
    }
    assert heard == set()


def test_owners_do_hear_their_own(world: World, signed_in):
    """The walk would pass on an empty house: each owner must meet the own markers."""
    texts = walk(signed_in(world.cast["alice"]), [*world.records(), "/customers/", "/customers/steps/"])
    heard = set(re.findall(rf"{MARK}-alice-(\w+)", " ".join(texts.values())))
    assert world.fields <= heard


@pytest.mark.parametrize("person", ["charlie", "alice", "dana"])
def test_exports_hold_nobody_elses_rows(person, world: World, signed_in):
    user: User = world.cast[person]
    user.may_export = True
    user.save()
    client = signed_in(user)
    for kind in ("csv", "xlsx"):
        response = client.post("/exports/customers/", {"format": kind, "query": "", "columns": ""})
        assert response.status_code in (200, 302), response.content[:300]
    jobs.run_due()
    files = Job.objects.filter(created_by=user, result__has_key="file")
    assert files.count() == 2
    for job in files:
        text = text_of(client.get(f"/jobs/{job.pk}/file/"))
        assert not {m for m in re.findall(rf"{MARK}-([a-z]+)-", text) if m in strangers_of(person)}
        for other in world.cast.values():
            if other != user:
                assert Client().get(f"/jobs/{job.pk}/file/").status_code == 302
