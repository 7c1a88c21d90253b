"""What does every address answer to everybody? A URL without a row here fails.

A row of tests/url_table.py: method, name, ids (of tests.world, by name), and six answers: a signed-out
visitor, Charlie (another team), Bob (Alice's team), Alice (owner), Dana (her manager), Root.
404 not visible · 403 visible, not allowed · 302 to the door, or done · 405 wrong method.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.url_table import DATA, PUBLIC, TABLE
from tests.world import World, url_names

pytestmark = pytest.mark.django_db

PEOPLE = ("visitor", "charlie", "bob", "alice", "dana", "root")
REFUSED = (403, 404, 405)
OURS = ("core", "accounts", "customers", "opportunities", "followups", "communications", "publicpool", "reports")
# Kept for whoever tries the door; no row of the firm.
BESIDE = {"core.Submission"}


def rows() -> list[tuple[str, str, tuple[str, ...], list[int]]]:
    """(method, name, ids, six answers) of each line."""
    found = []
    for line in TABLE.strip().splitlines():
        if line.strip() and not line.startswith("#"):
            method, name, *ids = line.split()[:-6]
            found.append((method, name, tuple(ids), [int(word) for word in line.split()[-6:]]))
    return found


def firm() -> dict[str, str]:
    """What every table of ours holds, as a sum of all its rows: a refused request must leave it as it was."""
    models = [one for one in apps.get_models() if one._meta.app_label in OURS and one._meta.label not in BESIDE]
    sums = "SELECT '{}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {} t"
    with connection.cursor() as cursor:  # one statement, for it is asked hundreds of times
        cursor.execute(" UNION ALL ".join(sums.format(one._meta.label, one._meta.db_table) for one in models))
        return dict(cursor.fetchall())


@pytest.mark.parametrize("person", PEOPLE)
def test_every_address_answers_as_it_should(person, world: World, signed_in):
    place = PEOPLE.index(person)
    wrong = []
    client = Client() if person == "visitor" else signed_in(world.cast[person])
    before = firm()
    for method, name, ids, expected in rows():
        url = reverse(name, args=[world.ids.get(word, word) for word in ids])
        with transaction.atomic():
            data = DATA.get(name, {}) if method == "POST" else {}
            response = client.post(url, data) if method == "POST" else client.generic(method, url)
            if response.streaming:
                response.getvalue()  # a file is closed when it was read
            if response.status_code != expected[place]:
                wrong.append(f"{method} {url} ({name}): {response.status_code}, not {expected[place]}")
            to_the_door = response.headers.get("Location", "").startswith("/accounts/login/")
            if person == "visitor" and response.status_code == 302 and name not in PUBLIC and not to_the_door:
                wrong.append(f"{method} {url} leads a visitor to {response.headers['Location']}")
            if method == "POST" and (response.status_code in REFUSED or to_the_door) and firm() != before:
                wrong.append(f"{method} {url} was refused and changed something")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_every_address_has_a_row():
    listed = {name for _method, name, _ids, _expected in rows()}
    assert set(url_names()) - listed == set()
    assert listed - set(url_names()) == set()


def test_what_lets_a_visitor_in_is_on_the_list():
    """An address that answers a visitor with anything but the door stands in PUBLIC with its reason."""
    open_ones = {name for _method, name, _ids, expected in rows() if expected[0] not in (302, 405)}
    assert open_ones <= set(PUBLIC)
