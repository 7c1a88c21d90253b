"""Does everything of somebody who leaves go where it was planned, all or nothing, and back again within a day?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.departing import WAYS, ways_of
from accounts.departure_jobs import DO, ask
from accounts.departures_shown import Words, things_shown
from accounts.models import Departure, HandedOver, Notification, User
from accounts.registries import HOLDINGS
from accounts.services import departures
from accounts.services.departures import carry_out, plan_departure, take_back, try_departure
from communications.inputs import CommunicationData
from communications.models import TextTemplate
from communications.services import log_communication
from core.exceptions import NotAllowed
from core.jobs import enqueue, run_due
from core.models import Job
from core.registries import JOBS
from customers.models import Collaborator, Customer, OwnershipPeriod, Pool
from customers.services import add_note
from followups.inputs import PlanData, SeriesData, TaskData
from followups.models import Feed, Plan, Series, Task
from followups.services import create_plan, create_series, create_task, make_feed, run_series
from opportunities.inputs import OpportunityData
from opportunities.models import InquiryForm, Lead, Opportunity
from opportunities.services import create_opportunity, set_collaborators
from publicpool.models import Rotation, RotationEntry
from tests.factories import make_customer, make_lead, make_team, make_user, say
from tests.publicpool.rotations import given, make_rotation

DAY = timedelta(days=1)


def to(person: User, **conditions: Any) -> dict[str, Any]:
    return {"way": "person", "target": person.pk} | conditions


def fill(alice: User, bob: User, now: datetime, *, customers: int = 6, tasks: int = 8, deals: int = 4, leads: int = 3):
    """What Alice holds: something of every kind."""
    at = now - timedelta(days=2)
    mine = [
        make_customer(alice, at=at, country="DE" if n % 3 else "FR", language="de" if n % 2 else "en")
        for n in range(customers)
    ]
    theirs = make_customer(bob, at=at)
    Collaborator.objects.create(customer=theirs, user=alice, added_by=bob, added_at=at)
    for n in range(tasks):
        create_task(data=TaskData(title=f"t{n}", assignee=alice, customer=mine[n % len(mine)]), by=alice, now=at)
    create_task(data=TaskData(title="own", assignee=alice), by=alice, now=at)
    for n in range(deals):
        create_opportunity(data=OpportunityData(title=f"d{n}", customer=mine[n % len(mine)]), by=alice, now=at)
    deal = create_opportunity(data=OpportunityData(title="Bob's", customer=theirs), by=bob, now=at)
    set_collaborators(opportunity=deal, users=[alice], by=bob, now=at)
    for n in range(leads):
        make_lead(alice, at=at, country="DE" if n % 2 else "FR")
    for customer in (mine[0], None):
        data = SeriesData("weekly", "FREQ=WEEKLY", datetime(2026, 12, 1, 9), "Asia/Shanghai", customer=customer)  # noqa: DTZ001
        create_series(data=data, by=alice, now=at)
    create_plan(customer=mine[0], data=PlanData("plan", date(2026, 11, 1), date(2026, 12, 31)), by=alice, now=at)
    InquiryForm.objects.create(token="x" * 22, name="form", assignee=alice, created_by=alice, created_at=at)
    TextTemplate.objects.create(name="text", body="x", owner=alice, created_by=alice, created_at=at, updated_at=at)
    make_feed(by=alice, now=at)
    root = User.objects.get(username="root")
    make_rotation(root, {bob: 1, alice: 3, root: 1}, at, is_active=False)
    return mine


def plan_to(person: User, alice: User) -> dict[str, Any]:
    """Everything to one person, and out of the rotations."""
    held = [kind for kind in HOLDINGS if HOLDINGS[kind].rows(alice).exists()]
    return {kind: [to(person)] if "person" in WAYS[kind] else [{"way": "leave"}] for kind in held}


def say_to_lead(lead: Lead, by: User, at: datetime, now: datetime | None = None) -> None:
    data = CommunicationData(channel="phone", direction="out", happened_at=at)
    log_communication(lead=lead, data=data, by=by, now=now or at)


def left(person: User) -> dict[str, int]:
    return {kind: n for kind, holding in HOLDINGS.items() if (n := holding.rows(person).count())}


def depart(person: User, plan: dict[str, Any], root: User, now: datetime) -> Departure:
    departure = plan_departure(person=person, plan=plan, by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    return carry_out(departure=departure, by=root, now=now)


def test_every_kind_of_holding_has_ways_to_go():
    """A new kind that somebody can hold must be handed over too."""
    assert WAYS.keys() == HOLDINGS.keys()
    for kind in HOLDINGS:
        assert any(way.takes_all for _key, way in ways_of(kind)), kind


def test_everything_goes_to_one_person_and_comes_back(alice, bob, charlie, root, now, promises):
    fill(alice, bob, now)
    before, theirs = left(alice), left(charlie)
    assert set(before) == set(HOLDINGS)
    departure = depart(alice, plan_to(charlie, alice), root, now)
    assert left(alice) == {}
    assert before == departure.counts
    assert before.pop("rotations") == 1  # nobody inherits turns
    assert {kind: n - theirs.get(kind, 0) for kind, n in left(charlie).items()} == before
    alice.refresh_from_db()
    assert not alice.is_active
    assert not Feed.objects.filter(user=alice, revoked_at=None).exists()
    reasons = OwnershipPeriod.objects.filter(owner=charlie).values_list("reason", flat=True)
    assert set(reasons) == {"departure"}
    told = Notification.objects.get(kind="accounts.handed_over")
    assert (told.recipient, told.params["customers"]) == (charlie, 6)
    promises()
    assert take_back(departure=departure, by=root, now=now + DAY, reactivates=True) == []
    alice.refresh_from_db()
    assert alice.is_active
    assert left(alice) == before | {"rotations": 1}
    assert left(charlie) == {}
    assert Collaborator.objects.filter(user=alice).count() == 1
    promises()


def test_trying_does_nothing(alice, bob, charlie, root, now):
    fill(alice, bob, now)
    before = left(alice)
    departure = plan_departure(person=alice, plan=plan_to(charlie, alice), by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    assert left(alice) == before == departure.counts
    alice.refresh_from_db()
    assert alice.is_active
    assert not Notification.objects.filter(kind="accounts.handed_over").exists()
    assert departure.handed.filter(to=charlie).count() == sum(before.values()) - before["rotations"]


def test_split_by_country_language_and_with_the_customer(alice, bob, charlie, dana, root, pool, now, promises):
    mine = fill(alice, bob, now)
    plan = plan_to(dana, alice) | {
        "customers": [
            to(bob, countries=["FR"]),
            to(charlie, languages=["de"]),
            {"way": "pool", "target": pool.pk},
        ],
        "tasks": [{"way": "party"}, to(dana)],
        "opportunities": [{"way": "party"}, to(dana)],
        "plans": [{"way": "party"}, to(dana)],
        "series": [{"way": "party"}, {"way": "end"}],
    }
    before = left(alice)
    departure = depart(alice, plan, root, now)
    assert left(alice) == {}
    assert departure.counts == before
    for customer in mine:
        customer.refresh_from_db()
        wanted = bob if str(customer.country) == "FR" else charlie if customer.language == "de" else None
        assert customer.owner == wanted
        assert customer.pool == (None if wanted else pool)
        open_deals = Opportunity.objects.open().filter(customer=customer)
        assert all(deal.owner == wanted for deal in open_deals)
        tasks = Task.objects.open().filter(customer=customer)
        assert all(task.assignee == wanted for task in tasks) if wanted else not tasks.exists()
    assert Task.objects.open().get(title="own").assignee == dana
    promises()
    assert take_back(departure=departure, by=root, now=now + timedelta(hours=1), reactivates=True) == []
    assert left(alice) == before
    promises()


def test_by_rotation_what_nobody_can_take_goes_to_the_default_pool(alice, bob, charlie, root, pool, now, promises):
    for n in range(6):
        make_customer(alice, at=now - DAY, country="DE" if n else "FR")
    rotation = make_rotation(root, {bob: 2, charlie: 1}, now, a_day=2)
    plan = {"customers": [{"way": "rotation", "target": rotation.pk}]}
    departure = depart(alice, plan, root, now)
    assert Customer.objects.filter(owner=bob).count() == Customer.objects.filter(owner=charlie).count() == 2
    assert Customer.objects.filter(pool=pool).count() == departure.handed.filter(is_rest=True).count() == 2
    promises()
    turns = RotationEntry.objects.filter(kind="given").count()
    assert turns == 4
    assert take_back(departure=departure, by=root, now=now) == []
    assert left(alice) == {"customers": 6}
    assert RotationEntry.objects.filter(kind="given").count() == turns
    promises()


def test_leads_by_rotation_and_the_rest_waits_for_the_team(alice, bob, root, now, promises):
    leads = [make_lead(alice, at=now - DAY, country="DE" if n else "FR") for n in range(3)]
    create_task(data=TaskData(title="call", assignee=alice, lead=leads[1]), by=alice, now=now - DAY)
    rotation = make_rotation(root, {bob: 1}, now, pool=None, a_day=1)
    plan = {
        "leads": [{"way": "rotation", "target": rotation.pk, "countries": ["DE"]}],
        "tasks": [{"way": "party"}, {"way": "end"}],
    }
    departure = depart(alice, plan, root, now)
    assert Lead.objects.filter(owner=bob).count() == 1
    assert Lead.objects.to_give_away().filter(team=alice.team).count() == 2
    promises()
    assert take_back(departure=departure, by=root, now=now) == []
    assert left(alice) == {"leads": 3, "tasks": 1}
    promises()


def test_what_a_rotation_does_not_give_out_goes_by_the_next_line(alice, bob, charlie, root, pool, now, promises):
    """Its countries hold for a departure too: nobody gets customers by turns of a rotation for others."""
    mine = [make_customer(alice, at=now - DAY, country=country) for country in ("DE", "FR", "IT", "DE")]
    rotation = make_rotation(root, {bob: 1}, now, countries="DE")
    turns = {"way": "rotation", "target": rotation.pk}
    departure = depart(alice, {"customers": [turns, to(charlie, countries=["FR"])]}, root, now)
    owners = [one.owner or one.pool for one in Customer.objects.filter(pk__in=[one.pk for one in mine]).order_by("pk")]
    assert owners == [bob, charlie, pool, bob]
    assert given(rotation) == "BB"
    rest = list(departure.handed.filter(is_rest=True))
    assert [one.object_id for one in rest] == [mine[2].pk]
    assert [one.why for one in things_shown(departure.handed.all(), root, Words())].count("") == 3
    assert things_shown(rest, root, Words())[0].why == "not what it gives out: by rotation: North"
    promises()


def test_of_leads_only_those_of_its_teams_go_by_a_rotation(alice, bob, team, root, now):
    """A lead of no team is going to wait in the team of who leaves."""
    other = make_team("Far away")
    mine = [make_lead(alice, at=now - DAY, country="DE") for _n in range(3)]
    Lead.objects.filter(pk=mine[0].pk).update(team=None)
    Lead.objects.filter(pk=mine[1].pk).update(team=other)
    Lead.objects.filter(pk=mine[2].pk).update(team=team)
    rotation = make_rotation(root, {bob: 1}, now, pool=None, teams=[team])
    departure = depart(alice, {"leads": [{"way": "rotation", "target": rotation.pk}]}, root, now)
    assert set(departure.handed.filter(to=bob).values_list("object_id", flat=True)) == {mine[0].pk, mine[2].pk}
    assert things_shown(departure.handed.filter(is_rest=True), root, Words())[0].why.endswith(": North")


def test_where_the_rotation_gives_out_nothing_of_it_no_turn_is_used(alice, bob, root, pool, now):
    make_customer(alice, at=now - DAY, country="FR")
    rotation = make_rotation(root, {bob: 1}, now, countries="DE")
    before = Rotation.objects.get(pk=rotation.pk).hash
    depart(alice, {"customers": [{"way": "rotation", "target": rotation.pk}]}, root, now)
    assert Customer.objects.get().pool == pool
    assert Rotation.objects.get(pk=rotation.pk).hash == before


def test_what_was_worked_on_since_stays_with_all_that_is_of_it(alice, bob, charlie, root, now, promises):
    mine = fill(alice, bob, now)
    departure = depart(alice, plan_to(charlie, alice), root, now)
    later = now + timedelta(hours=2)
    add_note(customer=mine[0], body="called them", by=charlie, now=later)
    stay = take_back(departure=departure, by=root, now=later + timedelta(minutes=1), reactivates=True)
    unit = f"customers.customer:{mine[0].pk}"
    assert {one.unit for one in stay} == {unit}
    assert {(one.kind, one.stays) for one in stay if one.kind == "customers"} == {("customers", "touched")}
    assert Customer.objects.filter(owner=alice).count() == 5
    mine[0].refresh_from_db()
    assert mine[0].owner == charlie
    assert not Task.objects.open().filter(customer=mine[0], assignee=alice).exists()
    promises()


def test_one_customer_comes_back_alone(alice, bob, charlie, root, now):
    mine = fill(alice, bob, now)
    departure = depart(alice, plan_to(charlie, alice), root, now)
    unit = f"customers.customer:{mine[1].pk}"
    assert take_back(departure=departure, by=root, now=now, units=[unit]) == []
    mine[1].refresh_from_db()
    assert mine[1].owner == alice
    assert Customer.objects.filter(owner=alice).count() == 1
    assert HandedOver.objects.filter(undone_at__isnull=False).values_list("unit").distinct().count() == 1


def test_the_day_is_over(alice, charlie, root, now):
    make_customer(alice)
    departure = depart(alice, plan_to(charlie, alice), root, now)
    with pytest.raises(departures.TooLateToTakeBack):
        take_back(departure=departure, by=root, now=now + DAY + timedelta(seconds=1))


def test_a_kind_without_a_plan_is_refused(alice, bob, charlie, root, now):
    fill(alice, bob, now)
    plan = plan_to(charlie, alice)
    for kind in plan:
        short = {other: lines for other, lines in plan.items() if other != kind}
        with pytest.raises(departures.PlanIncomplete) as refused:
            plan_departure(person=alice, plan=short, by=root, now=now)
        assert refused.value.field == kind
    with pytest.raises(departures.PlanIncomplete):  # who gets what is of no customer?
        plan_departure(person=alice, plan=plan | {"tasks": [{"way": "party"}]}, by=root, now=now)


def test_a_kind_that_came_meanwhile_stops_it(alice, charlie, root, now):
    make_customer(alice)
    departure = plan_departure(person=alice, plan=plan_to(charlie, alice), by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    create_task(data=TaskData(title="new", assignee=alice), by=alice, now=now)
    with pytest.raises(departures.PlanIncomplete):
        carry_out(departure=departure, by=root, now=now)
    assert left(alice) == {"customers": 1, "tasks": 1}


def test_customers_must_be_those_of_the_preview_tasks_need_not(alice, bob, charlie, root, now):
    fill(alice, bob, now)
    departure = plan_departure(person=alice, plan=plan_to(charlie, alice), by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    create_task(data=TaskData(title="one more", assignee=alice), by=alice, now=now)
    make_customer(alice)
    before = left(alice)
    with pytest.raises(departures.HoldsOtherThings):
        carry_out(departure=departure, by=root, now=now)
    assert left(alice) == before

    departure = try_departure(departure=departure, now=now)
    assert carry_out(departure=departure, by=root, now=now).counts == before


def test_a_second_click_is_nothing(alice, charlie, root, now):
    make_customer(alice)
    departure = depart(alice, plan_to(charlie, alice), root, now)
    again = carry_out(departure=departure, by=root, now=now + timedelta(minutes=1))
    assert again.done_at == now
    assert Notification.objects.filter(kind="accounts.handed_over").count() == 1


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dana"])
def test_only_admins_let_go(cast, root, now, name):
    with pytest.raises(NotAllowed):
        plan_departure(person=cast["alice"], plan={}, by=cast[name], now=now)


def test_not_oneself_and_so_never_the_last_admin(alice, root, now):
    with pytest.raises(NotAllowed):
        plan_departure(person=root, plan={}, by=root, now=now)
    ada = make_user("ada", role=User.Role.ADMIN)
    departure = plan_departure(person=ada, plan={}, by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    User.objects.filter(pk=root.pk).update(role=User.Role.MANAGER)
    with pytest.raises(NotAllowed):
        carry_out(departure=departure, by=root, now=now)
    assert User.objects.get(pk=ada.pk).is_active


def test_what_somebody_left_who_is_gone_already_goes_too(alice, charlie, root, now, promises):
    make_customer(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    depart(alice, plan_to(charlie, alice), root, now)
    assert left(alice) == {}
    promises()


def test_open_plans_wait_at_a_customer_of_the_pool_for_whoever_takes_it(alice, root, pool, now):
    customer = make_customer(alice)
    create_plan(customer=customer, data=PlanData("p", date(2026, 11, 1), date(2026, 12, 1)), by=alice, now=now)
    plan = {"customers": [{"way": "pool", "target": pool.pk}], "plans": [{"way": "party"}, to(root)]}
    depart(alice, plan, root, now)
    assert left(alice) == {}
    assert Plan.objects.get().customer.pool == pool
    assert Series.objects.count() == 0
    assert Pool.objects.filter(pk=pool.pk).exists()


def test_a_series_over_a_segment_goes_on_for_whoever_has_it_now(alice, bob, root, now):
    customer = make_customer(alice)
    at = datetime(2026, 12, 20)  # noqa: DTZ001  wall time
    create_series(data=SeriesData("fair", "FREQ=YEARLY", at, "Asia/Shanghai", segment="country=DE"), by=alice, now=now)
    depart(alice, plan_to(bob, alice), root, now)
    begins = datetime(2026, 12, 19, 16, tzinfo=UTC)
    run_series(now=begins)
    run_due(lambda: begins)
    task = Task.objects.get()
    assert (task.customer, task.assignee) == (customer, bob)


def test_nothing_goes_to_who_left_since_the_preview(alice, bob, charlie, root, now, promises):
    make_customer(alice)
    departure = plan_departure(person=alice, plan=plan_to(bob, alice), by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    depart(bob, plan_to(charlie, bob), root, now)
    with pytest.raises(departures.HoldsOtherThings):
        carry_out(departure=departure, by=root, now=now)
    assert left(bob) == {}
    carry_out(departure=try_departure(departure=departure, now=now), by=root, now=now)
    assert Customer.objects.get().pool is not None
    promises()


def test_nothing_goes_into_a_pool_that_is_out_of_use_by_now(alice, root, pool, now):
    other = Pool.objects.create(name_en="Other", is_for_all=True)
    make_customer(alice)
    plan = {"customers": [{"way": "pool", "target": other.pk}]}
    departure = try_departure(departure=plan_departure(person=alice, plan=plan, by=root, now=now), now=now)
    Pool.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(departures.HoldsOtherThings):
        carry_out(departure=departure, by=root, now=now)
    carry_out(departure=try_departure(departure=departure, now=now), by=root, now=now)
    assert Customer.objects.get().pool == pool


def test_a_call_of_before_that_was_written_down_since_is_work(alice, bob, root, now):
    customer, lead = make_customer(alice), make_lead(alice)
    say_to_lead(lead, alice, now - 2 * DAY)
    departure = depart(alice, plan_to(bob, alice), root, now)
    before, later = now - timedelta(hours=1), now + timedelta(hours=1)
    say(customer, bob, before, now=later)
    say_to_lead(Lead.objects.get(pk=lead.pk), bob, before, now=later)
    stay = take_back(departure=departure, by=root, now=later)
    assert {(one.kind, one.stays) for one in stay} == {("customers", "touched"), ("leads", "touched")}
    assert left(alice) == {}


def test_what_somebody_left_to_the_background_stops(alice, bob, root, now):
    """An import that went on would make customers of somebody who is gone."""
    kind = next(iter(JOBS))
    waits, runs, theirs = (enqueue(kind, by=by, now=now) for by in (alice, alice, bob))
    Job.objects.filter(pk=runs.pk).update(state=Job.State.RUNNING)
    depart(alice, {}, root, now)
    found = Job.objects.in_bulk()
    assert found[waits.pk].state == Job.State.CANCELLED
    assert found[runs.pk].is_cancel_asked
    assert (found[theirs.pk].state, found[theirs.pk].is_cancel_asked) == (Job.State.QUEUED, False)


def test_out_of_a_pool_nothing_comes_back_to_others_who_left_meanwhile(alice, bob, charlie, root, pool, now, promises):
    customer = make_customer(alice, at=now - DAY)
    for colleague in (bob, charlie):
        Collaborator.objects.create(customer=customer, user=colleague, added_by=alice, added_at=now - DAY)
    create_opportunity(data=OpportunityData(title="d", customer=customer), by=charlie, now=now - DAY)
    departure = depart(alice, {"customers": [{"way": "pool", "target": pool.pk}]}, root, now)
    depart(charlie, {}, root, now)
    assert take_back(departure=departure, by=root, now=now) == []
    assert [one.user for one in Collaborator.objects.all()] == [bob]
    assert Opportunity.objects.get().owner == alice
    assert left(charlie) == {}
    promises()


# --- in the background --------------------------------------------------------------------------------------


def queued(alice: User, bob: User, root: User, now: datetime) -> tuple[Departure, Job]:
    """Two customers, the preview seen, carrying out asked for but not begun."""
    make_customer(alice)
    make_customer(alice)
    departure = plan_departure(person=alice, plan=plan_to(bob, alice), by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    return departure, ask(DO, departure, by=root, now=now)


def test_in_the_background_what_was_seen_is_done(alice, bob, root, now):
    departure, job = queued(alice, bob, root, now)
    run_due(lambda: now)
    job.refresh_from_db()
    assert (job.state, Departure.objects.get(pk=departure.pk).state) == ("done", "done")
    assert left(bob) == {"customers": 2}


def test_another_preview_than_the_one_that_was_seen_is_not_carried_out(alice, bob, charlie, root, now):
    """It was asked for, but another admin made another plan before a worker came to it."""
    departure, job = queued(alice, bob, root, now)
    plan_departure(person=alice, plan=plan_to(charlie, alice), by=root, now=now)
    try_departure(departure=departure, now=now + timedelta(minutes=1))
    run_due(lambda: now + timedelta(minutes=2))
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", str(departures.HoldsOtherThings.message))
    assert left(alice) == {"customers": 2}
    alice.refresh_from_db()
    assert alice.is_active
    assert Departure.objects.get(pk=departure.pk).state == "planned"


def test_what_came_before_a_worker_did_stops_it(alice, bob, root, now):
    departure, job = queued(alice, bob, root, now)
    make_customer(alice)
    run_due(lambda: now)
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", str(departures.HoldsOtherThings.message))
    assert left(alice) == {"customers": 3}
    assert Departure.objects.get(pk=departure.pk).state == "planned"
