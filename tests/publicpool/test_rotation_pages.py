"""Do the pages of rotations show whose turn it is, change what is to be changed, and lose nothing that was typed?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Notification, User
from core.jobs import run_due
from core.models import Job
from customers.models import Customer, PoolMember
from publicpool import rotation_jobs
from publicpool.models import Rotation, RotationEntry, RotationMember, Run
from publicpool.rotation_state import letters
from publicpool.services import remove_member, run_rotation, set_limits, set_weights
from tests.factories import make_lead
from tests.weighing import weight

from .rotations import colleagues, given, make_firm, make_rotation, owners

pytestmark = pytest.mark.django_db
LIST = "/pool/rotations/"


@pytest.fixture
def three(root, alice, bob, charlie, now) -> Rotation:
    """Alice, Bob and Charlie at 3:2:1."""
    return make_rotation(root, {alice: 3, bob: 2, charlie: 1}, now)


def leave(user: User, now) -> None:
    """Away for longer than any test lasts."""
    User.objects.filter(pk=user.pk).update(
        away_from=now.date() - timedelta(days=30), away_to=now.date() + timedelta(days=3650)
    )


def strip(spokes) -> str:
    return "".join(one.letter for one in spokes)


def form_of(client, url: str, **changed: str) -> dict[str, str]:
    """What a browser would send from the form at this address, with what somebody changed in it."""
    page = client.get(url)
    form, seats = page.context["form"], page.context["seats"]
    data: dict[str, str] = {}
    for one in (form, seats.management_form, *seats.forms):
        for field in one:
            value = field.value()
            if value is not False and value not in (None, "", [], ()):
                data[field.html_name] = "on" if value is True else value
    for number, one in enumerate(seats.forms, 1):
        data[one.add_prefix("ORDER")] = str(number)
    if "submission" in page.context:
        data["submission"] = str(page.context["submission"])
    data |= changed
    return {name: value for name, value in data.items() if value != ""}


# --- the list -------------------------------------------------------------------------------------------


def test_an_empty_list_tells_an_admin_what_to_do(signed_in, root, alice):
    page = signed_in(root).get(LIST).content.decode()
    assert "Set up the first rotation" in page
    assert "/pool/rotations/new/" in page
    page = signed_in(alice).get(LIST).content.decode()
    assert "You take part in no rotation" in page
    assert "/pool/rotations/new/" not in page


def test_the_list_shows_the_next_turns_and_what_waits(signed_in, three, pooled, root, now):
    for _number in range(3):
        pooled()
    client = signed_in(root)
    (line, _conditions, schedule) = client.get(LIST).context["lines"][0]
    assert strip(line.ahead) == "ABCABAABCABA"
    assert [(letter, member.weight) for letter, member in line.members] == [("A", 3), ("B", 2), ("C", 1)]
    assert (line.waiting, line.last, line.next_at, schedule) == (3, None, None, "when somebody starts it")
    run = run_rotation(rotation=three, by=root, now=now, most=2)
    (line, _conditions, _schedule) = client.get(LIST).context["lines"][0]
    assert (strip(line.ahead)[:4], line.waiting, line.last) == ("CABA", 1, run)


def test_a_turn_that_is_used_up_is_not_called_the_next(signed_in, three, alice, bob, charlie, root, now):
    """The circle said "next in turn" of Alice, who was away, and the line below named Bob."""
    leave(alice, now)
    page = signed_in(root).get(three.get_absolute_url())
    ((_cycle, _number, spokes), *_rest) = page.context["rounds"]
    assert [one.state for one in spokes] == ["barred", "next", "coming"]
    assert "turn used up" in page.content.decode()
    leave(bob, now)
    leave(charlie, now)
    page = signed_in(root).get(three.get_absolute_url())
    assert page.context["is_stuck"]
    assert "turn used up" not in page.content.decode()  # where nobody can take anything, no turn is used


def test_a_weight_that_is_to_come_is_not_told_as_in_force(signed_in, three, pooled, alice, root, now):
    pooled()
    run_rotation(rotation=three, by=root, now=now)
    set_weights(rotation=three, weights={alice.pk: 4}, by=root, now=now)
    client = signed_in(root)
    ((line, _conditions, _schedule),) = client.get(LIST).context["lines"]
    assert [(letter, then.weight, before) for letter, then, before in line.weights] == [
        ("A", 4, 3), ("B", 2, None), ("C", 1, None)
    ]  # fmt: skip
    assert "3 → 4" in client.get(LIST).content.decode()
    assert "3 → 4" in client.get(f"{three.get_absolute_url()}ledger/").content.decode()


def test_each_sees_the_rotations_they_take_part_in(signed_in, three, pool, alice, dana, root, now):
    outsider = User.objects.create(username="eve", name="Eve", email="eve@firm.example")
    assert signed_in(alice).get(LIST).context["lines"]
    assert signed_in(dana).get(LIST).context["lines"]
    assert not signed_in(outsider).get(LIST).context["lines"]
    assert signed_in(outsider).get(three.get_absolute_url()).status_code == 404
    # An admin of the pool, who takes no part, sees it and starts runs.
    PoolMember.objects.create(pool=pool, user=outsider, is_admin=True)
    outsider = User.objects.get(pk=outsider.pk)
    client = signed_in(outsider)
    assert client.get(f"{three.get_absolute_url()}run/").status_code == 200
    assert client.get(f"{three.get_absolute_url()}edit/").status_code == 403
    assert signed_in(alice).get(f"{three.get_absolute_url()}run/").status_code == 403


def test_statements_of_the_list_do_not_grow_with_its_rows(signed_in, three, alice, bob, root, now, statements):
    client = signed_in(root)
    client.get(LIST)
    few = statements(lambda: client.get(LIST))
    for number in range(4):
        make_rotation(root, {alice: 1, bob: 1}, now, name_en=f"More {number}", countries=["DE"], runs="daily")
    daily = statements(lambda: client.get(LIST)) - few
    assert few <= 12
    assert daily <= 2  # what is only asked where something runs at an hour


def test_the_order_decides_who_takes_first_and_is_changed_by_buttons(signed_in, three, root, alice, now):
    other = make_rotation(root, {alice: 1}, now, name_en="Second", position=50)
    client = signed_in(root)
    assert client.post(f"{other.get_absolute_url()}move/", {"to": "up"}).url == LIST
    assert [one.pk for one in Rotation.objects.order_by("position", "pk")] == [other.pk, three.pk]
    assert signed_in(alice).post(f"{other.get_absolute_url()}move/", {"to": "down"}).status_code == 403


# --- one rotation ---------------------------------------------------------------------------------------


def test_the_page_shows_where_the_wheel_stands_and_each_account(signed_in, three, pooled, root, bob, charlie, now):
    User.objects.filter(pk=bob.pk).update(
        away_from=now.date() - timedelta(days=30), away_to=now.date() + timedelta(days=3650)
    )
    for _number in range(3):
        pooled()
    run_rotation(rotation=three, by=root, now=now)
    set_limits(rotation=three, user=charlie, limits={"a_month": 5}, by=root, now=now)
    page = signed_in(charlie).get(three.get_absolute_url())
    turns = [one for _cycle, _round, spokes in page.context["rounds"] for one in spokes]
    assert [(one.letter, one.state) for one in turns[:6]] == [
        ("A", "received"),
        ("B", "skipped"),
        ("C", "received"),
        ("A", "received"),
        ("B", "barred"),
        ("A", "next"),
    ]
    assert "away until" in turns[1].why
    assert page.context["following_person"].username == "alice"  # Bob's turn will be used
    accounts = {one.letter: one for one in page.context["accounts"]}
    assert [(one.member.received, one.member.skipped) for one in accounts.values()] == [(2, 0), (0, 1), (1, 0)]
    assert "away until" in accounts["B"].why
    assert accounts["C"].limits == [("a_month", 1, 5)]
    words = page.content.decode()
    assert "4 of 6 turns passed" in words
    assert f"/pool/rotations/{three.pk}/ledger/" in words
    assert f"/pool/rotations/{three.pk}/proof/" in words
    assert f"/pool/rotations/{three.pk}/edit/" not in words


def test_what_holds_from_the_next_cycle_on_is_told(signed_in, three, pooled, root, dana, bob, now):
    pooled()
    run_rotation(rotation=three, by=root, now=now)
    client, url = signed_in(root), three.get_absolute_url()
    assert not client.get(url).context["changes"]
    seat = {"members-0-weight": "1", "members-1-DELETE": "on", "members-3-user": str(dana.pk), "members-3-weight": "2"}
    assert client.post(f"{url}edit/", form_of(client, f"{url}edit/", **seat)).url == url
    page = client.get(url)
    changes = {one.person.username: (one.before, one.after) for one in page.context["changes"]}
    assert changes == {"alice": (3, 1), "dana": (None, 2), "bob": (2, None)}
    assert "From cycle 2 on" in page.content.decode()
    assert "Bob" in page.content.decode()
    turns = [one for _cycle, _round, spokes in page.context["rounds"] for one in spokes]
    assert [one.state for one in turns[:4]] == ["received", "gone", "next", "coming"]


def test_switching_off_and_on_keeps_where_it_stands(signed_in, three, pooled, root, now):
    pooled()
    run_rotation(rotation=three, by=root, now=now)
    client, url = signed_in(root), f"{three.get_absolute_url()}switch/"
    assert "gives nothing more out" in client.get(url).content.decode()
    wheel = Rotation.objects.get(pk=three.pk).wheel
    for to, is_active in (("off", False), ("on", True)):
        assert client.post(url, {"to": to}).url == three.get_absolute_url()
        saved = Rotation.objects.get(pk=three.pk)
        assert (saved.is_active, saved.wheel) == (is_active, wheel)


# --- the form -------------------------------------------------------------------------------------------


def test_a_rotation_is_set_up_with_members_in_their_order(signed_in, root, pool, alice, bob, charlie):
    client = signed_in(root)
    typed = {
        "name_en": "Website inquiries",
        "pool": str(pool.pk),
        "countries": ["DE", "FR"],
        "runs": "daily",
        "runs_at": "10:30",
        "is_active": "on",
        "a_day": "9",
        "members-TOTAL_FORMS": "3",
        **{f"members-{n}-user": str(one.pk) for n, one in enumerate((alice, bob, charlie))},
        **{f"members-{n}-weight": weight for n, weight in enumerate("123")},
        **{f"members-{n}-ORDER": order for n, order in enumerate("312")},
        "members-2-a_week": "7",
    }
    data = form_of(client, f"{LIST}new/", **typed)
    answers = [client.post(f"{LIST}new/", data) for _twice in range(2)]
    rotation = Rotation.objects.get()
    assert [answer.url for answer in answers] == [rotation.get_absolute_url()] * 2
    assert [country.code for country in rotation.countries] == ["DE", "FR"]
    assert (rotation.runs, f"{rotation.runs_at:%H:%M}", rotation.a_day) == ("daily", "10:30", 9)
    seats = list(RotationMember.objects.values_list("user__username", "weight", "a_week"))
    assert seats == [("bob", 2, None), ("charlie", 3, 7), ("alice", 1, None)]
    assert RotationEntry.objects.filter(kind="members").count() == 1  # one line for all of it
    assert "on working days at 10:30" in client.get(LIST).content.decode()


def test_errors_stand_in_place_and_nothing_typed_is_lost(signed_in, three, root, alice, now):
    client, url = signed_in(root), f"{three.get_absolute_url()}edit/"
    wrong = {"name_en": "", "members-0-weight": "101", "members-3-user": str(alice.pk), "members-3-weight": "4"}
    wrong |= {"a_day": "12", "members-TOTAL_FORMS": "4", "members-3-ORDER": "4"}
    page = client.post(url, form_of(client, url, **wrong))
    words = page.content.decode()
    assert page.status_code == 422
    for told in ("Give the rotation a name", "less than or equal to 100", "takes part already", 'value="12"'):
        assert told in words
    assert 'value="101"' in words
    lonely = form_of(client, url, **{"members-3-user": "", "members-3-weight": "4"})
    assert "Choose a person" in client.post(url, lonely).content.decode()
    assert RotationMember.objects.get(user=alice).weight == 3


def test_who_saves_what_somebody_else_changed_is_told(signed_in, three, pooled, root, alice, now):
    client, url = signed_in(root), f"{three.get_absolute_url()}edit/"
    data = form_of(client, url, name_en="Mine")
    # A run in the meantime is no change of what people set.
    pooled()
    run_rotation(rotation=three, by=root, now=now)
    set_limits(rotation=three, user=alice, limits={"a_day": 3}, by=root, now=now)
    page = client.post(url, data)
    assert page.status_code == 409
    assert "Somebody changed this rotation meanwhile" in page.content.decode()
    assert 'value="Mine"' in page.content.decode()
    assert Rotation.objects.get().name_en == "North"
    data = form_of(client, url, name_en="Mine")
    run_rotation(rotation=three, by=root, now=now)
    assert client.post(url, data).status_code == 302
    assert Rotation.objects.get().name_en == "Mine"


def test_the_preview_shows_old_turns_beside_new_ones_and_saves_nothing(signed_in, three, pooled, root, now):
    pooled()
    run_rotation(rotation=three, by=root, now=now)
    client, url = signed_in(root), f"{three.get_absolute_url()}edit/"
    page = client.post(url, form_of(client, url, preview="1", **{"members-0-weight": "1", "name_en": "Typed"}))
    assert page.status_code == 200
    old, new = ("".join(turn[0] for turn in page.context[name]) for name in ("old_turns", "new_turns"))
    assert (old[:11], new[:9]) == ("BCABAABCABA", "BCABAABCB")
    shares = {letter: (before, after) for letter, _person, _old, before, _new, after in page.context["shares"]}
    assert shares == {"A": (50, 25), "B": (pytest.approx(100 / 3), 50), "C": (pytest.approx(100 / 6), 25)}
    assert 'value="Typed"' in page.content.decode()
    assert RotationMember.objects.get(user__username="alice").weight == 3


def test_weights_from_conversion_come_with_formula_and_figures(signed_in, three, pool, root):
    client, url = signed_in(root), three.get_absolute_url()
    data = form_of(client, f"{url}edit/", weights_by="conversion", top_weight="4")
    words = client.post(f"{url}edit/", data | {"preview": "1"}).content.decode()
    assert "rate = (won + 10 p) / (taken + 10)" in words
    assert "Top weight: 4" in words
    client.post(f"{url}edit/", data)
    page = client.get(url)
    assert {one.then for one in page.context["accounts"]} == {1}  # nobody won anything: all 1
    assert "Of the pool 0 were taken" in page.content.decode()
    # Leads are taken out of no pool.
    leads = form_of(client, f"{url}edit/", pool="")
    assert client.post(f"{url}edit/", leads).status_code == 422


# --- runs -----------------------------------------------------------------------------------------------


def test_the_preview_of_a_run_is_what_the_run_does(signed_in, three, pooled, root, bob, now):
    User.objects.filter(pk=bob.pk).update(
        away_from=now.date() - timedelta(days=30), away_to=now.date() + timedelta(days=3650)
    )
    many = [pooled(f"Number {number}") for number in range(4)]
    client, url = signed_in(root), three.get_absolute_url()
    page = client.get(f"{url}run/?most=100")
    assert strip(page.context["rows"]) == "ACAA"
    assert page.context["rows"][1].passed[0][:2] == ("skipped", "B")
    assert [(letter, why[:10]) for letter, _person, why in page.context["blocked"]] == [("B", "away until")]
    assert "Number 3" in page.content.decode()
    assert owners(many) == "----"  # looking gives nothing
    data = {"most": "2", "submission": str(page.context["submission"])}
    answers = [client.post(f"{url}run/start/", data) for _twice in range(2)]
    run = Run.objects.get(kind=Run.Kind.ROTATE)
    assert {answer.url for answer in answers} == {run.get_absolute_url()}
    assert owners(many) == "AC--"
    client.post(f"{url}run/start/", {"most": "all"})
    assert given(three) == "ACAA"
    told = client.get(run.get_absolute_url()).content.decode()
    assert "Number 1" in told
    assert "away until" in told
    assert "Number 2" not in told
    listed = client.get("/pool/runs/?kind=rotate")
    assert [n for _run, _versions, n in listed.context["rows"]] == [2, 2]


def test_where_nothing_waits_or_it_is_off_the_page_says_so(signed_in, three, pooled, root):
    client, url = signed_in(root), three.get_absolute_url()
    assert "Nothing waits" in client.get(f"{url}run/").content.decode()
    pooled()
    client.post(f"{url}switch/", {"to": "off"})
    page = client.get(f"{url}run/")
    assert "switched off" in page.content.decode()
    assert "run/start/" not in page.content.decode()
    assert client.post(f"{url}run/start/", {"most": "20"}).status_code == 409
    assert given(three) == ""


def test_very_many_are_given_out_as_work_that_shows_how_far_it_is(signed_in, three, pooled, root, monkeypatch):
    monkeypatch.setattr("publicpool.views.rotation_runs.AT_ONCE", 2)
    monkeypatch.setattr("publicpool.services.rotating.BATCH", 2)
    many = [pooled() for _number in range(5)]
    client, url = signed_in(root), three.get_absolute_url()
    answer = client.post(f"{url}run/start/", {"most": "4"})
    job = Job.objects.get(kind=rotation_jobs.KIND)
    assert answer.url == f"/jobs/{job.pk}/"
    run_due()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert owners(many) == "ABCA-"
    run = Run.objects.get(kind=Run.Kind.ROTATE)
    assert (job.result, run.done) == ({"run": run.pk}, 4)


def test_names_stand_only_where_the_reader_sees_the_row(signed_in, three, pooled, root, dana, charlie, now):
    """Dana heads Alice and Bob, not Charlie: what he got is a number to her."""
    many = [pooled(f"Secret {number}") for number in range(3)]
    run = run_rotation(rotation=three, by=root, now=now)
    told = signed_in(dana).get(run.get_absolute_url()).content.decode()
    assert [f"Secret {number}" in told for number in range(3)] == [True, True, False]
    assert f"Customer {many[2].pk}" in told
    assert signed_in(charlie).get(run.get_absolute_url()).status_code == 404


def test_leads_are_given_out_and_named_as_leads(signed_in, root, alice, bob, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now, pool=None)
    make_lead(company="Lead one")
    client = signed_in(root)
    page = client.get(f"{rotation.get_absolute_url()}run/")
    assert "Lead one" in page.content.decode()
    assert page.context["given"] == 1
    answer = client.post(f"{rotation.get_absolute_url()}run/start/", {"most": "20"})
    assert "Lead one" in client.get(answer.url).content.decode()
    assert not Customer.objects.exists()


def test_letters_go_on_behind_z():
    assert letters(28)[-3:] == ["Z", "AA", "AB"]


@pytest.mark.parametrize("most", ["", "0", "-1", "many"])
def test_a_run_without_a_number_gives_no_more_than_is_offered(signed_in, three, pooled, root, monkeypatch, most):
    monkeypatch.setattr("publicpool.views.rotation_runs.AMOUNTS", (1, None))
    for _number in range(3):
        pooled()
    signed_in(root).post(f"{three.get_absolute_url()}run/start/", {"most": most})
    assert given(three) == "A"


def test_numbers_that_nobody_has_and_lines_without_end_are_refused(signed_in, three, root):
    client, url = signed_in(root), f"{three.get_absolute_url()}edit/"
    data = form_of(client, url)
    for nonsense in ({"members-3-user": "9" * 5000}, {"members-TOTAL_FORMS": "10000"}):
        answer = client.post(url, data | nonsense)
        assert answer.status_code == 422
        assert len(answer.context["seats"].forms) <= 400


def test_a_run_of_a_rotation_lights_the_rotations(signed_in, three, pooled, root, now):
    pooled()
    run = run_rotation(rotation=three, by=root, now=now)
    page = signed_in(root).get(run.get_absolute_url()).content.decode()
    assert "<bdi>Root</bdi>" in page
    assert "<bdi>Root</bdi>" in signed_in(root).get(three.get_absolute_url()).content.decode()
    lit = page.split('aria-current="page"')[0].rsplit("<a", 1)[1] + page.split('aria-current="page"')[1][:200]
    assert "/pool/rotations/" in lit


def test_the_notice_of_several_opens_just_their_lines(signed_in, three, pooled, alice, root, now):
    for _number in range(6):
        pooled()
    run_rotation(rotation=three, by=root, now=now)
    client = signed_in(alice)
    notice = Notification.objects.get(recipient=alice, kind="customers_rotated")
    url = client.post(f"/people/notifications/{notice.pk}/open/").url
    lines = client.get(url.partition("#")[0]).context["lines"]
    assert [(line.row.kind, line.row.user_id) for line in lines] == [("given", alice.pk)] * 3


# --- two hundred members ----------------------------------------------------------------------------------


@pytest.fixture
def large(root, team, now) -> Rotation:
    """A firm of two hundred, of which all but the admin are in one rotation."""
    return make_firm(root, colleagues(199, team), now)


def test_the_form_of_two_hundred_holds_the_list_of_people_once(signed_in, root, large, statements):
    client, url = signed_in(root), f"{large.get_absolute_url()}edit/"
    page = client.get(url)
    assert weight(page) < 240_000  # six fields of two hundred members
    words = page.content.decode()
    assert words.count(">Person number 007") == 2  # as a member, and once to be chosen
    assert statements(lambda: client.get(url)) == 12
    typed = form_of(client, url, preview="1", **{"members-199-user": str(root.pk), "members-199-weight": "5"})
    shown = client.post(url, typed)
    assert weight(shown) < 300_000  # with everybody's share before and after
    assert len(shown.context["shares"]) == 200
    assert shown.content.decode().count(f'value="{root.pk}" selected') == 1


def test_lines_that_people_filled_in_are_few_bytes_each(signed_in, root, team):
    """Thirty people chosen by script: none of the lines is empty, the list stands apart for all of them."""
    people = colleagues(200, team)
    client = signed_in(root)
    lines = {f"members-{n}-user": str(one.pk) for n, one in enumerate(people[:30])}
    data = form_of(client, f"{LIST}new/", name_en="", **lines, **{"members-TOTAL_FORMS": "30"})
    page = client.post(f"{LIST}new/", data)
    words = page.content.decode()
    assert page.status_code == 422
    assert weight(page) < 90_000
    assert 'template id="everybody"' in words
    assert words.count(">Person number 150") == 1
    assert words.count(" selected>Person number") == 30


def test_the_page_of_two_hundred_shows_forty_at_a_time(signed_in, root, bob, large, pooled, pool, now, statements):
    for _number in range(30):
        pooled()
    rotation = make_firm(root, list(User.objects.exclude(pk=bob.pk)), now, weights_by="conversion", runs="daily")
    remove_member(rotation=rotation, user=root, by=root, now=now)
    run_rotation(rotation=large, by=root, now=now)
    client, url = signed_in(root), rotation.get_absolute_url()
    pages = [client.get(f"{url}?members={number}&figures={number}") for number in range(1, 6)]
    assert [weight(page) < 60_000 for page in pages] == [True] * 5
    shown = [one.member.user.pk for page in pages for one in page.context["accounts"]]
    weighed = [person.pk for page in pages for _letter, person, _one in page.context["weighed"].rows]
    assert sorted(shown) == sorted(User.objects.exclude(pk__in=[bob.pk, root.pk]).values_list("pk", flat=True))
    assert len(set(weighed)) == 200
    assert statements(lambda: client.get(url)) == 20
    assert statements(lambda: client.get(large.get_absolute_url())) == 16  # neither computed nor at an hour
    few = make_rotation(root, {bob: 1}, now, name_en="Few")
    assert statements(lambda: client.get(few.get_absolute_url())) == 16


def test_what_very_many_changes_are_is_read_in_the_ledger(signed_in, root, large, pooled, now):
    pooled()
    run_rotation(rotation=large, by=root, now=now)
    set_weights(
        rotation=large,
        weights=dict.fromkeys(RotationMember.objects.values_list("user", flat=True), 7),
        by=root,
        now=now,
    )
    page = signed_in(root).get(large.get_absolute_url())
    assert (len(page.context["changes"]), page.context["more_changes"]) == (12, 187)
    assert "ledger/?kind=members#lines" in page.content.decode()


def test_the_preview_of_a_run_asks_a_fixed_number_of_statements(signed_in, root, bob, large, pooled, now, statements):
    for _number in range(60):
        pooled()
    client = signed_in(root)
    page = client.get(f"{large.get_absolute_url()}run/?most=all")
    assert weight(page) < 60_000
    assert statements(lambda: client.get(f"{large.get_absolute_url()}run/?most=all")) == 18
    few = make_rotation(root, {bob: 1}, now, name_en="Few", countries=["DE"])
    assert statements(lambda: client.get(f"{few.get_absolute_url()}run/")) == 18
