"""Does the ledger's page convince somebody who expects to be cheated, and does its proof find what was bent?"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta
from fractions import Fraction

import pgtrigger
import pytest
from django.db.models import JSONField, Q, Value
from django.utils import timezone

from accounts.models import User
from core import jobs
from core.models import ExportLog, Job
from opportunities.inputs import LeadData
from opportunities.models import Lead
from opportunities.services import create_lead
from publicpool import proof_jobs
from publicpool.fairness import expected, plans_of, shares
from publicpool.models import Rotation, RotationEntry, RotationMember, Run
from publicpool.rotation.chain import first_link, link
from publicpool.services import claim_customer, release_customer, remove_member, run_rotation, set_order, set_weights
from publicpool.services.heads import write_heads
from publicpool.views.ledger import PAGE
from tests.factories import make_user
from tests.weighing import weight

from .rotations import colleagues, make_firm, make_rotation

pytestmark = pytest.mark.django_db
LEDGER = "publicpool.RotationEntry:rotation_ledger_is_append_only"
DAY = timedelta(days=1)


@pytest.fixture
def now():
    """The pages say today's words."""
    return timezone.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def lived(root, alice, bob, charlie, pooled, now) -> Rotation:
    """3:2:1, eight customers; the second turn was Bob's, who is away."""
    rotation = make_rotation(root, {alice: 3, bob: 2, charlie: 1}, now)
    bob.away_from, bob.away_to = now.date() - DAY, now.date() + DAY
    bob.save()
    for number in range(8):
        pooled(f"Number {number} GmbH")
    run_rotation(rotation=rotation, by=root, now=now)
    return rotation


def page(client, rotation: Rotation, query: str = "") -> str:
    return client.get(f"/pool/rotations/{rotation.pk}/ledger/{query}").content.decode()


def proof_page(client, rotation: Rotation) -> str:
    """After a click on Recompute."""
    return client.post(f"/pool/rotations/{rotation.pk}/proof/start/", follow=True).content.decode()


def bend(rotation: Rotation, seq: int, **changes) -> None:
    with pgtrigger.ignore(LEDGER):
        RotationEntry.objects.filter(rotation=rotation, seq=seq).update(**changes)


def cut(rotation: Rotation, **which) -> None:
    with pgtrigger.ignore(LEDGER):
        RotationEntry.objects.filter(rotation=rotation, **which).delete()


# --- the page ---------------------------------------------------------------------------------------------


def test_each_decision_stands_there_with_its_turn_and_what_was_passed(signed_in, alice, lived):
    text = page(signed_in(alice), lived)
    assert "Bob: away until" in text
    assert "3 : 2 : 1" in text
    assert "1 · 1 · 3" in text  # Charlie's turn, behind Bob's that was used up
    assert "joins with weight 3" in text
    assert RotationEntry.objects.get(rotation=lived, seq=4).hash[:8] in text


def test_a_name_is_shown_to_whom_the_customer_is_and_a_number_to_others(signed_in, alice, charlie, lived):
    mine = RotationEntry.objects.filter(rotation=lived, user=alice).select_related("customer").first()
    assert mine.customer.name in page(signed_in(alice), lived)
    text = page(signed_in(charlie), lived)
    assert mine.customer.name not in text
    assert f"No. {mine.customer_id}" in text


def test_leads_of_others_are_numbered_too(signed_in, root, alice, charlie, now):
    rotation = make_rotation(root, {alice: 1, charlie: 1}, now, pool=None)
    for name in ("First Asker Ltd", "Second Asker Ltd"):
        lead = create_lead(data=LeadData(company=name), by=alice, now=now - DAY)
        Lead.objects.filter(pk=lead.pk).update(owner=None, owned_since=None, team=alice.team)
    run_rotation(rotation=rotation, by=root, now=now)
    text = page(signed_in(charlie), rotation)
    assert "Second Asker Ltd" in text
    assert "First Asker Ltd" not in text


def test_who_takes_no_part_does_not_find_it(signed_in, dana, alice, lived):
    assert signed_in(make_user("nina")).get(f"/pool/rotations/{lived.pk}/ledger/").status_code == 404
    assert signed_in(make_user("nora")).get(f"/pool/rotations/{lived.pk}/proof/").status_code == 404
    assert signed_in(make_user("nele")).post(f"/pool/rotations/{lived.pk}/proof/start/").status_code == 404
    assert signed_in(dana).get(f"/pool/rotations/{lived.pk}/ledger/").status_code == 200


def test_who_left_still_counts_after(signed_in, root, charlie, lived, now):
    remove_member(rotation=lived, user=charlie, by=root, now=now + timedelta(minutes=1))
    text = page(signed_in(charlie), lived)
    assert "leaves" in text
    assert '<span class="badge">left</span>' in text


def numbers(signed_in, user, rotation, query: str) -> list[int]:
    """The lines that a filter leaves, by number."""
    found = signed_in(user).get(f"/pool/rotations/{rotation.pk}/ledger/{query}").context["lines"]
    return [line.row.seq for line in found]


def test_filters_find_lines_by_member_kind_and_day(signed_in, alice, bob, charlie, lived, now):
    every = numbers(signed_in, alice, lived, "")
    assert every == list(range(11, 0, -1))
    assert numbers(signed_in, alice, lived, "?kind=members") == [3, 2, 1]
    assert numbers(signed_in, alice, lived, f"?kind=given&person={bob.pk}") == []
    used = numbers(signed_in, alice, lived, f"?kind=skipped&person={bob.pk}")
    assert used == numbers(signed_in, alice, lived, "?kind=skips")
    assert used
    assert numbers(signed_in, alice, lived, f"?kind=skipped&person={alice.pk}") == []
    assert numbers(signed_in, alice, lived, "?kind=owed") == numbers(signed_in, alice, lived, "?kind=passed_on") == []
    given = set(RotationEntry.objects.filter(rotation=lived, user=charlie).values_list("seq", flat=True))
    assert set(numbers(signed_in, alice, lived, f"?person={charlie.pk}")) == given
    tomorrow = (timezone.now() + 2 * DAY).date().isoformat()
    assert numbers(signed_in, alice, lived, f"?from={tomorrow}") == []
    assert numbers(signed_in, alice, lived, f"?to={tomorrow}") == every
    assert numbers(signed_in, alice, lived, "?line=5")[0] == 5
    assert numbers(signed_in, alice, lived, "?kind=x&person=y&from=z&line=-1") == every


def test_an_owed_turn_and_its_service_are_found(signed_in, root, alice, bob, reason, pool, pooled, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now)
    hot = pooled("Hot Ltd")
    claim_customer(customer=hot, by=alice, now=now - 3 * DAY)
    hot.refresh_from_db()
    release_customer(customer=hot, reason=reason, by=alice, now=now - 2 * DAY)
    run_rotation(rotation=rotation, by=root, now=now)
    pooled("Cold Ltd")
    run_rotation(rotation=rotation, by=root, now=now + timedelta(minutes=1))
    assert numbers(signed_in, bob, rotation, "?kind=owed") == [3]
    assert numbers(signed_in, bob, rotation, "?kind=served") == [4]
    assert numbers(signed_in, bob, rotation, f"?kind=owed&person={bob.pk}") == []
    text = page(signed_in(bob), rotation)
    assert "Alice: cool-down until" in text
    assert "owed turn served" in text


def test_the_account_above_adds_up(signed_in, alice, bob, charlie, lived):
    accounts = signed_in(alice).get(f"/pool/rotations/{lived.pk}/ledger/").context["accounts"]
    for one in accounts:
        member = one.member
        assert member.passed == member.received + member.skipped + member.owed
    # Eight by 3:2:1.
    assert [one.expected for one in accounts] == [4, Fraction(8, 3), Fraction(4, 3)]
    # A C A A · A C A A, for Bob is away.
    assert [one.difference_shown for one in accounts] == ["+2.0", "−2.7", "+0.7"]


def test_expected_follows_the_weights_of_each_cycle(root, alice, bob, pooled, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now)
    for _number in range(3):
        pooled()
    run_rotation(rotation=rotation, by=root, now=now)
    # Alice's second cycle runs: Bob's turn in it keeps its weight.
    set_weights(rotation=rotation, weights={alice.pk: 3}, by=root, now=now + timedelta(minutes=1))
    for _number in range(5):
        pooled()
    run_rotation(rotation=rotation, by=root, now=now + timedelta(minutes=2))
    wanted = expected(plans_of([rotation.pk]), [rotation.pk], Q())
    assert wanted == {(rotation.pk, alice.pk): 2 + 3, (rotation.pk, bob.pk): 2 + 1}
    later = shares([rotation.pk], now + timedelta(minutes=2), None)
    assert later[rotation.pk, alice.pk].received == 3
    assert later[rotation.pk, alice.pk].expected == Fraction(1, 2) + 3


def test_a_long_ledger_is_read_page_by_page(signed_in, root, alice, bob, pooled, now, statements):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now)
    bob.away_from, bob.away_to = now.date() - DAY, now.date() + DAY
    bob.save()
    client = signed_in(alice)
    for number in range(6):
        pooled(f"A company with a name of usual length {number} GmbH")
    run_rotation(rotation=rotation, by=root, now=now)
    few = statements(lambda: page(client, rotation))
    for number in range(47):
        pooled(f"A company with a name of usual length {number + 6} GmbH")
    run_rotation(rotation=rotation, by=root, now=now + timedelta(minutes=1))
    assert statements(lambda: page(client, rotation)) == few
    assert few <= 12
    response = client.get(f"/pool/rotations/{rotation.pk}/ledger/")
    assert len(response.context["lines"]) == PAGE
    assert weight(response) < 55_000
    older = client.get(f"/pool/rotations/{rotation.pk}/ledger/{response.context['page'].next}")
    assert [line.row.seq for line in older.context["lines"]] == [*range(55 - PAGE, 0, -1)]


@pytest.fixture
def large(root, team, bob, pooled, now) -> Rotation:
    """A firm of two hundred in one rotation, the first twenty away; sixty customers were given out."""
    everybody = colleagues(200, team)
    rotation = make_firm(root, everybody, now)
    User.objects.filter(pk__in=[one.pk for one in everybody[:20]]).update(
        away_from=now.date() - DAY, away_to=now.date() + DAY
    )
    for number in range(60):
        pooled(f"Company of usual length {number} GmbH")
    run_rotation(rotation=rotation, by=root, now=now)
    return rotation


def test_the_ledger_of_two_hundred_shows_ten_accounts_at_a_time_and_the_own_one_first(
    signed_in, large, root, statements
):
    member = RotationMember.objects.get(rotation=large, user__name="Person number 050").user
    client, url = signed_in(member), f"/pool/rotations/{large.pk}/ledger/"
    shown = client.get(url)
    assert weight(shown) < 60_000
    assert shown.context["accounts"][0].member.user == member
    found = [one.member.pk for n in range(1, 21) for one in client.get(f"{url}?accounts={n}").context["accounts"]]
    assert sorted(found) == sorted(RotationMember.objects.filter(rotation=large).values_list("pk", flat=True))
    assert shown.context["total"]["received"] == 60
    asked = {"": 11, "?kind=members": 11, f"?kind=given&person={member.pk}": 12, "?kind=skips&from=2020-01-01": 12}
    assert {query: statements(lambda query=query: client.get(f"{url}{query}")) for query in asked} == asked
    assert all(weight(client.get(f"{url}{query}")) < 60_000 for query in asked)


def test_the_proof_and_the_result_of_a_run_ask_a_fixed_number_of_statements(
    signed_in, large, lived, root, now, statements
):
    client = signed_in(root)
    for rotation in (large, lived):
        write_heads(now + DAY)
        client.post(f"/pool/rotations/{rotation.pk}/proof/start/")
        assert statements(lambda rotation=rotation: client.get(f"/pool/rotations/{rotation.pk}/proof/")) == 10
        run = Run.objects.get(rotation=rotation).get_absolute_url()
        assert statements(lambda run=run: client.get(run)) == 9
        assert weight(client.get(run)) < 60_000


def test_what_a_line_says_of_two_hundred_stands_on_its_own_page(signed_in, large, root, now):
    set_order(
        rotation=large,
        users=[*RotationMember.objects.order_by("-position").values_list("user", flat=True)],
        by=root,
        now=now,
    )
    client, url = signed_in(root), f"/pool/rotations/{large.pk}/ledger/"
    shown = client.get(url)
    assert weight(shown) < 60_000
    order, first_given, joined = (client.get(f"{url}?only={seq}") for seq in (62, 2, 1))
    assert order.content.decode().count("Person number 0") >= 100
    assert joined.content.decode().count("joins with weight") == 200
    assert first_given.content.decode().count("turn used up") >= 20
    assert [len(one.context["lines"]) for one in (order, first_given, joined)] == [1, 1, 1]
    assert "?only=2#lines" in client.get(f"{url}?last=1").content.decode()


def test_an_empty_ledger_says_what_will_be_there(signed_in, root, now):
    rotation = make_rotation(root, {}, now)
    text = page(signed_in(root), rotation)
    assert "No members yet" in text
    assert "Nothing decided yet" in text
    assert "Equal." in proof_page(signed_in(root), rotation)


# --- the file ---------------------------------------------------------------------------------------------


def test_the_file_can_be_hashed_by_anybody(signed_in, dana, alice, lived):
    assert signed_in(alice).post(f"/pool/rotations/{lived.pk}/ledger/export/", {"kind": "csv"}).status_code == 403
    answer = signed_in(dana).post(f"/pool/rotations/{lived.pk}/ledger/export/", {"kind": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    assert len(rows) == 11
    # The words of the page.
    before = hashlib.sha256(f"rotation {lived.pk}".encode()).hexdigest()
    for row in rows:
        before = hashlib.sha256(f"{before}\n{row[-1]}".encode()).hexdigest()
        assert before == row[-2]
    assert ExportLog.objects.get(page="pool.ledger").rows == 11
    assert signed_in(dana).post(f"/pool/rotations/{lived.pk}/ledger/export/", {"kind": "pdf"}).status_code == 404


# --- the proof --------------------------------------------------------------------------------------------


def test_it_says_equal_with_figures(signed_in, charlie, lived, now):
    write_heads(now + DAY)
    client = signed_in(charlie)
    text = proof_page(client, lived)
    assert "Equal." in text
    assert "All 8 decisions" in text
    assert lived_hash(lived) in text
    assert "Recomputed: equal." in page(client, lived)
    # What somebody else found is not shown as one's own.
    assert "Recomputed" not in page(signed_in(User.objects.get(username="alice")), lived)


def lived_hash(rotation: Rotation) -> str:
    return Rotation.objects.get(pk=rotation.pk).hash


def test_a_changed_line_is_named_with_both_hashes(signed_in, bob, alice, lived):
    line = RotationEntry.objects.get(rotation=lived, seq=6)
    bend(lived, 6, user=bob)
    text = proof_page(signed_in(alice), lived)
    assert "Line 6 was changed after it was written." in text
    assert line.hash in text
    assert "Bob, cycle" in text  # what stands there, and what should
    assert "Alice, cycle" in text or "Charlie, cycle" in text
    ledger = page(signed_in(alice), lived)
    assert ledger.count("Its hash does not fit") == 1
    assert "Recomputed: not equal." in ledger


def test_a_line_taken_out_is_named(signed_in, alice, lived):
    cut(lived, seq=6)
    text = proof_page(signed_in(alice), lived)
    assert "Line 6 is missing." in text
    assert "The next line that is there is No. 7." in text
    assert "The line before it is not there." in page(signed_in(alice), lived)


def test_lines_cut_off_at_the_end_are_named(signed_in, alice, lived, now):
    write_heads(now + DAY)
    last = RotationEntry.objects.get(rotation=lived, seq=9)
    cut(lived, seq__gt=9)
    assert "it stops with line 9" in proof_page(signed_in(alice), lived)
    Rotation.objects.filter(pk=lived.pk).update(seq=9, hash=last.hash)
    text = proof_page(signed_in(alice), lived)
    assert "it stops with line 9" in text
    assert "It went as far as line 11" in text


def test_a_past_made_anew_differs_from_what_was_told(signed_in, alice, lived, now):
    write_heads(now + DAY)
    before = RotationEntry.objects.get(rotation=lived, seq=10).hash
    line = RotationEntry.objects.get(rotation=lived, seq=11)
    line.at += timedelta(seconds=1)
    hashed = link(before, line.said())
    bend(lived, 11, at=line.at, hash=hashed)
    Rotation.objects.filter(pk=lived.pk).update(hash=hashed)
    text = proof_page(signed_in(alice), lived)
    assert "Line 11 is not the one that was told." in text
    assert hashed in text


def test_a_line_given_to_a_friend_with_all_hashes_anew_is_found(signed_in, alice, charlie, lived):
    """Whoever may write the database can make every hash anew, but not the turns."""
    before = RotationEntry.objects.get(rotation=lived, seq=9).hash
    line = RotationEntry.objects.get(rotation=lived, seq=10)
    assert line.user == alice
    line.user = charlie
    for row in (line, RotationEntry.objects.get(rotation=lived, seq=11)):
        before = link(before, row.said())
        bend(lived, row.seq, user=row.user_id, hash=before)
    Rotation.objects.filter(pk=lived.pk).update(hash=before)
    text = proof_page(signed_in(alice), lived)
    assert "Line 10 does not follow from the lines before it." in text
    assert "Charlie, cycle" in text
    assert "Alice, cycle" in text


def test_a_bent_account_and_a_bent_place_are_named(signed_in, alice, charlie, lived):
    member = RotationMember.objects.get(rotation=lived, user=charlie)
    RotationMember.objects.filter(pk=member.pk).update(passed=member.passed + 1, received=member.received + 1)
    assert "The account of Charlie was changed." in proof_page(signed_in(alice), lived)
    RotationMember.objects.filter(pk=member.pk).update(passed=member.passed, received=member.received)
    assert "Equal." in proof_page(signed_in(alice), lived)
    wheel = Rotation.objects.get(pk=lived.pk).wheel
    Rotation.objects.filter(pk=lived.pk).update(wheel=wheel | {"at": 0})
    assert "It does not stand where its lines lead." in proof_page(signed_in(alice), lived)


def test_a_large_ledger_is_recomputed_in_the_background(signed_in, alice, charlie, lived, monkeypatch):
    monkeypatch.setattr(proof_jobs, "AT_ONCE", 5)
    client = signed_in(alice)
    answer = client.post(f"/pool/rotations/{lived.pk}/proof/start/")
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert "Waiting" in client.get(f"/pool/rotations/{lived.pk}/proof/?job={job.pk}").content.decode()
    assert jobs.run_due() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 11, 11)
    assert f"/pool/rotations/{lived.pk}/proof/?job={job.pk}" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Equal." in client.get(f"/pool/rotations/{lived.pk}/proof/").content.decode()
    assert signed_in(charlie).get(f"/pool/rotations/{lived.pk}/proof/?job={job.pk}").status_code == 404


def test_one_line_can_be_hashed_from_the_page_alone(signed_in, alice, lived):
    context = signed_in(alice).get(f"/pool/rotations/{lived.pk}/proof/?line=7").context
    example = context["example"]
    assert example["row"].seq == 7
    text = f"{example['before']}\n{example['text']}"
    assert hashlib.sha256(text.encode()).hexdigest() == example["row"].hash
    first = signed_in(alice).get(f"/pool/rotations/{lived.pk}/proof/?line=1").context["example"]
    assert first["before"] == hashlib.sha256(f"rotation {lived.pk}".encode()).hexdigest()


@pytest.mark.parametrize("asked", ["from=0001-01-01", "to=0001-01-01", "from=9999-12-31", "to=9999-12-31"])
def test_the_ends_of_the_calendar_ask_nothing(signed_in, alice, root, now, asked):
    rotation = make_rotation(root, {alice: 1}, now)
    page = signed_in(alice).get(f"{rotation.get_absolute_url()}ledger/?{asked}")
    assert [line.row.seq for line in page.context["lines"]] == [1]


# --- lines that nobody can read -------------------------------------------------------------------------------

# What somebody with the database's rights may have put into a decision's data, and what the page shows of it.
BENT = [
    ({"passed": [["stolen", 1, 1, 2, 1, {"why": "away", "until": "2026-11-27"}]]}, "stolen"),
    ({"passed": [["skipped", 1, 1, 2, 1, {"why": "bribed"}]]}, "bribed"),
    ({"passed": [["skipped", 1, 1, 2, 1, {"why": "away", "until": "never"}]]}, "never"),
    ({"passed": [["skipped", 1, 1, 2, 1, {"why": "limit", "window": "a_night"}]]}, "a_night"),
    ({"passed": [["skipped", 1, 1, 2, "Bob", {}]]}, "Bob"),
    ({"passed": [["skipped"]]}, "skipped"),
    ({"passed": [17]}, "17"),
    ({"passed": "everything"}, "everything"),
    ({"passed": [], "after": ["xyz"]}, "xyz"),
    (["nonsense"], "nonsense"),
    ("nonsense", "nonsense"),
    (None, "null"),
]


def made_anew(rotation: Rotation) -> None:
    """All hashes as if every line were as it was written, the rotation's own too."""
    before = first_link(rotation.pk)
    for row in RotationEntry.objects.filter(rotation=rotation).order_by("seq"):
        before = link(before, row.said())
        bend(rotation, row.seq, hash=before)
    Rotation.objects.filter(pk=rotation.pk).update(hash=before)


def unbroken(client, rotation: Rotation) -> str:
    """Every page that reads the lines answers; the ledger's text."""
    run = Run.objects.get(kind="rotate")
    for path in (f"/pool/rotations/{rotation.pk}/", f"/pool/runs/{run.pk}/", "/pool/figures/"):
        assert client.get(path).status_code == 200, path
    file = client.post(f"/pool/rotations/{rotation.pk}/ledger/export/", {"kind": "csv"})
    assert file.status_code == 200
    return page(client, rotation)


@pytest.mark.parametrize(("data", "shown"), BENT)
def test_a_decision_that_says_what_nobody_knows_is_shown_as_that(signed_in, root, lived, data, shown):
    bend(lived, 5, data=Value(data, JSONField()))
    client = signed_in(root)
    text = unbroken(client, lived)
    assert "unknown" in text
    assert shown in text
    assert "Its hash does not fit" in text
    assert "Line 5 was changed after it was written." in proof_page(client, lived)


@pytest.mark.parametrize(("data", "shown"), BENT)
def test_the_proof_names_it_also_where_all_hashes_were_made_anew(signed_in, root, lived, data, shown):
    bend(lived, 5, data=Value(data, JSONField()))
    made_anew(lived)
    client = signed_in(root)
    text = unbroken(client, lived)
    assert "Its hash does not fit" not in text
    text = proof_page(client, lived)
    assert "Line 5 says what nobody knows." in text or "Line 5 does not follow" in text


@pytest.mark.parametrize("data", [{}, {"members": 5}, {"members": [["Bob", 3]]}, {"members": [[1]]}, [], "x", None])
@pytest.mark.parametrize("are_hashes_new", [False, True])
def test_members_that_nobody_can_read_are_shown_as_that(signed_in, root, lived, data, are_hashes_new):
    bend(lived, 2, data=Value(data, JSONField()))
    if are_hashes_new:
        made_anew(lived)
    client = signed_in(root)
    assert "unknown" in unbroken(client, lived)
    text = proof_page(client, lived)
    assert ("Line 2 says what nobody knows." if are_hashes_new else "Line 2 was changed") in text
