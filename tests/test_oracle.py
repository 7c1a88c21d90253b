"""Do lists and search show everybody exactly what the rules allow? Plain SQL, written apart, knows in random worlds.

The rules of access.md: own = owner or named collaborator; team = owner in the manager's team or one below it; an
admin all that somebody holds; pooled and archived customers nobody; a deactivated person nothing; a child by its
customer; a group by any of its members; an archived customer by who held it last; a lead by its own owner, one
without an owner by the managers of its team; a deal by its own owner, those named on it, and its customer, one that
nobody holds at a customer that nobody holds not even by an admin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Team, User
from communications.models import Communication
from core.search import matching
from customers import facts, permissions
from customers.models import (
    Collaborator,
    Contact,
    ContactPoint,
    Customer,
    CustomerGroup,
    CustomerName,
    Event,
    KeyDate,
    Note,
    OwnershipPeriod,
    Pool,
    Revenue,
    Status,
    StatusChange,
)
from followups.models import Task
from opportunities.models import Lead, Opportunity, OpportunityLine, Order, Stage

AT = datetime(2026, 1, 1, tzinfo=UTC)
WORD = "lighthouse"

# --- the rules, in SQL --------------------------------------------------------------------------------

# Parameters: the person's id.
BELOW = """
    WITH RECURSIVE me AS (SELECT id, role, team_id FROM accounts_user WHERE id = %s AND is_active),
    below AS (
        SELECT team_id AS id FROM me WHERE role = 'manager' AND team_id IS NOT NULL
        UNION
        SELECT child.id FROM accounts_team child JOIN below ON child.parent_id = below.id
    ),
"""
SEEN = (
    BELOW
    + """
    seen AS (
        SELECT c.id, c.group_id, c.name FROM customers_customer c
        JOIN accounts_user holder ON holder.id = c.owner_id
        CROSS JOIN me
        WHERE c.archived_at IS NULL AND c.pool_id IS NULL AND (
            me.role = 'admin'
            OR holder.id = me.id
            OR holder.team_id IN (SELECT id FROM below)
            OR EXISTS (
                SELECT FROM customers_collaborator named WHERE named.customer_id = c.id AND named.user_id = me.id
            )
        )
    )
"""
)
ARCHIVED = (
    BELOW
    + """
    last AS (
        SELECT DISTINCT ON (p.customer_id) p.customer_id, holder.team_id
        FROM customers_ownershipperiod p LEFT JOIN accounts_user holder ON holder.id = p.owner_id
        ORDER BY p.customer_id, p.started_at DESC
    )
    SELECT c.id FROM customers_customer c JOIN last ON last.customer_id = c.id CROSS JOIN me
    WHERE c.archived_at IS NOT NULL AND (me.role = 'admin' OR last.team_id IN (SELECT id FROM below))
"""
)
CHILDREN = (
    Contact,
    ContactPoint,
    CustomerName,
    Event,
    OwnershipPeriod,
    StatusChange,
    KeyDate,
    Collaborator,
    Order,
    Revenue,
)
LEADS = (
    BELOW
    + """
    leads AS (
        SELECT l.id, l.company, l.archived_at FROM opportunities_lead l
        LEFT JOIN accounts_user holder ON holder.id = l.owner_id
        CROSS JOIN me
        WHERE me.role = 'admin' OR (
            (holder.id = me.id OR holder.team_id IN (SELECT id FROM below)
                OR (l.owner_id IS NULL AND l.team_id IN (SELECT id FROM below)))
            AND NOT EXISTS (SELECT FROM opportunities_conversion became
                JOIN customers_customer c ON c.id = became.customer_id
                WHERE became.lead_id = l.id AND became.undone_at IS NULL AND l.state = 'converted'
                    AND c.pool_id IS NOT NULL)
        )
    )
"""
)
DEALS = (
    SEEN
    + """,
    deals AS (
        SELECT o.id, o.title, o.archived_at FROM opportunities_opportunity o
        LEFT JOIN accounts_user holder ON holder.id = o.owner_id
        LEFT JOIN customers_customer c ON c.id = o.customer_id
        CROSS JOIN me
        WHERE CASE me.role WHEN 'admin' THEN o.owner_id IS NOT NULL OR o.customer_id IS NULL OR c.owner_id IS NOT NULL
            ELSE holder.id = me.id OR holder.team_id IN (SELECT id FROM below) OR o.customer_id IN (SELECT id FROM seen)
                OR EXISTS (SELECT FROM opportunities_opportunity_collaborators named
                    WHERE named.opportunity_id = o.id AND named.user_id = me.id)
            END
    )
"""
)


# Of no customer or lead: what one has to do oneself or in one's teams.
TASKS = (
    BELOW
    + """
    mine AS (
        SELECT t.id FROM followups_task t
        LEFT JOIN accounts_user doer ON doer.id = t.assignee_id
        CROSS JOIN me
        WHERE me.role = 'admin' OR doer.id = me.id OR doer.team_id IN (SELECT id FROM below)
            OR t.team_id IN (SELECT id FROM below) OR (t.assignee_id IS NULL AND t.team_id = me.team_id)
    )
    SELECT id FROM mine
"""
)
# Nobody's, the admins' neither: they name whom and what is masked.
POOLED_TASKS = """
    SELECT t.id FROM followups_task t JOIN customers_customer c ON c.id = t.customer_id
    WHERE c.pool_id IS NOT NULL AND %s IS NOT NULL
"""


def ids(sql: str, user: User) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk])
        return {row[0] for row in cursor.fetchall()}


def of(model: type[Model], customers: set[int], condition: str = "true") -> list[int]:
    """Ids of the rows of these customers."""
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(
            f"SELECT id FROM {table} WHERE customer_id = ANY(%s) AND {condition} ORDER BY id",
            [list(customers)],
        )
        return [row[0] for row in cursor.fetchall()]


def of_leads(model: type[Model], leads: set[int], condition: str = "true") -> list[int]:
    """Ids of the rows of these leads that have no customer."""
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(
            f"SELECT id FROM {table} WHERE customer_id IS NULL AND lead_id = ANY(%s) AND {condition}", [list(leads)]
        )
        return [row[0] for row in cursor.fetchall()]


def told(queryset) -> list[int]:
    """Ids in order, each as often as the list would show it."""
    return sorted(queryset.values_list("pk", flat=True))


# --- random worlds ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A world as numbers: people and teams by their place."""

    parents: tuple[int | None, ...]  # of each team: an earlier one, or none
    people: tuple[tuple[str, int | None, bool], ...]  # role, team, is active
    # owner; held, pooled or archived; former owner or None (came out of a pool); collaborators; group; lit
    customers: tuple[tuple[int, str, int | None, tuple[int, ...], int | None, bool], ...]


@st.composite
def plans(draw) -> Plan:
    teams = draw(st.integers(1, 5))
    parents = tuple(draw(st.none() | st.integers(0, place - 1)) if place else None for place in range(teams))
    role = st.sampled_from(["salesperson", "salesperson", "manager", "manager", "admin"])
    active = st.sampled_from([True, True, True, False])
    team = st.none() | st.integers(0, teams - 1)
    people = tuple(draw(st.lists(st.tuples(role, team, active), min_size=2, max_size=7)))
    person = st.integers(0, len(people) - 1)
    state = st.sampled_from(["held", "held", "held", "pooled", "archived"])
    collaborators = st.lists(person, max_size=3, unique=True).map(tuple)
    group = st.none() | st.integers(0, 2)
    one = st.tuples(person, state, st.none() | person, collaborators, group, st.booleans())
    return Plan(parents, people, tuple(draw(st.lists(one, min_size=1, max_size=9))))


def build(plan: Plan) -> list[User]:
    """Make the rows of a world; services would refuse half of these, and scope must hold for all of them."""
    teams: list[Team] = []
    for number, parent in enumerate(plan.parents):
        teams.append(Team.objects.create(name_en=f"T{number}", parent=None if parent is None else teams[parent]))
    people = [
        User.objects.create(
            username=f"p{number}",
            name=f"P{number}",
            email=f"p{number}@example.com",
            role=role,
            team=None if team is None else teams[team],
            is_active=active,
        )
        for number, (role, team, active) in enumerate(plan.people)
    ]
    groups = [CustomerGroup.objects.create(name=f"G{n}", created_by=people[0], created_at=AT) for n in range(3)]
    status, pool = Status.objects.first(), Pool.objects.get(is_default=True)
    stage = Stage.objects.select_related("pipeline").earliest("pipeline", "position")
    children: list[Model] = []
    for number, (owner, state, former, collaborators, group, lit) in enumerate(plan.customers):
        name = f"{WORD if lit else 'Cave'} {number}"
        customer = Customer.objects.create(
            name=name,
            status=status,
            status_at=AT,
            owner=people[owner] if state == "held" else None,
            pool=pool if state == "pooled" else None,
            archived_at=AT if state == "archived" else None,
            group=None if group is None else groups[group],
            created_at=AT,
            created_by=people[0],
            updated_at=AT,
        )
        begun = AT - timedelta(days=9)
        children.append(
            OwnershipPeriod(  # before: somebody else, or a pool
                customer=customer,
                owner=None if former is None else people[former],
                pool=pool if former is None else None,
                started_at=begun - timedelta(days=9),
                ended_at=begun,
                reason="claimed",
            )
        )
        if state != "archived" or number % 2:  # of some archived ones the former was the last
            children.append(
                OwnershipPeriod(
                    customer=customer,
                    owner=people[owner] if state != "pooled" else None,
                    pool=pool if state == "pooled" else None,
                    started_at=begun,
                    ended_at=AT if state == "archived" else None,
                    reason="transferred",
                )
            )
        children += [
            Collaborator(customer=customer, user=people[user], role="collaborator", added_by=people[0], added_at=AT)
            for user in collaborators
        ]
        children += one_of_each(customer, people[0])
        for place, at in enumerate((customer, None)):
            # Held by somebody else than the customer, by nobody, put away: every third.
            turn = number + place
            deal = Opportunity.objects.create(
                title=name,
                search_text=name.lower(),
                customer=at,
                owner=people[(owner + 1) % len(people)] if turn % 3 else None,
                pipeline=stage.pipeline,
                stage=stage,
                reached=stage,
                stage_at=AT,
                archived_at=AT if turn % 4 == 3 else None,
                created_by=people[0],
                created_at=AT,
                updated_at=AT,
            )
            deal.collaborators.set([people[-1 - user] for user in collaborators])
            children.append(OpportunityLine(opportunity=deal, product=name))
        children.append(
            Lead(
                company=name,
                search_text=name.lower(),
                owner=None if state == "pooled" else people[owner],
                team=teams[number % len(teams)] if number % 3 else None,
                archived_at=AT if state == "archived" else None,
                state_at=AT,
                created_at=AT,
                updated_at=AT,
            )
        )
    for model in {type(child): None for child in children}:
        model._default_manager.bulk_create(child for child in children if type(child) is model)
    hang(people, teams)
    facts.refresh_search(Customer.objects.values_list("pk", flat=True))
    return people


def hang(people: list[User], teams: list[Team]) -> None:
    """Tasks and communications of each lead, of each lead that went to each customer; a task of each deal."""
    doers = [{"assignee": one} for one in people] + [{"team": one} for one in teams]
    when = {"created_at": AT, "updated_at": AT}
    tasks = [
        Task(title="x", opportunity=deal, customer=deal.customer, **doers[-1 - number % len(doers)], **when)
        for number, deal in enumerate(Opportunity.objects.order_by("pk"))
    ]
    said = []
    for number, lead in enumerate(Lead.objects.order_by("pk")):
        for customer in (None, Customer.objects.order_by("pk")[number]):
            tasks.append(Task(title="x", lead=lead, customer=customer, **doers[number % len(doers)], **when))
            words = {"channel": "phone", "direction": "out", "happened_at": AT, "logged_at": AT}
            said.append(Communication(lead=lead, customer=customer, author=people[0], **words))
            said.append(Communication(lead=lead, customer=customer, author=people[0], deleted_at=AT, **words))
    Task.objects.bulk_create(tasks)
    Communication.objects.bulk_create(said)


def one_of_each(customer: Customer, by: User) -> list[Model]:
    return [
        Contact(customer=customer, name="Eva", created_at=AT),
        ContactPoint(customer=customer, kind="email", value="eva@x.example"),
        CustomerName(customer=customer, name=customer.name, is_main=True, created_at=AT),
        Note(customer=customer, author=by, body="x", created_at=AT),
        Note(customer=customer, author=by, body="gone", created_at=AT, deleted_at=AT),
        Event(kind="customer.created", customer=customer, at=AT, by=by),
        StatusChange(customer=customer, after=customer.status, by=by, at=AT),
        KeyDate(customer=customer, kind="renewal", on=AT.date(), source="by_hand"),
        Revenue(customer=customer, on=AT.date(), source_label="opportunities.order", source_id=customer.pk),
        Order(
            customer=customer,
            number=f"PI-{customer.pk}",
            ordered_on=AT.date(),
            currency="USD",
            amount=1,
            created_by=by,
            created_at=AT,
            updated_at=AT,
        ),
    ]


class TestOracle(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(plans())
    def test_everybody_sees_what_the_rules_say(self, plan: Plan) -> None:
        people = build(plan)
        held = list(
            Customer.objects.filter(owner__isnull=False, archived_at=None)
            .select_related("owner")
            .prefetch_related("collaborators")
        )
        for user in people:
            seen = ids(SEEN + "SELECT id FROM seen", user)
            assert told(Customer.objects.visible_to(user)) == sorted(seen)
            assert told(matching(Customer.objects.visible_to(user), WORD)) == sorted(
                ids(SEEN + f"SELECT id FROM seen WHERE name ILIKE '%%{WORD}%%'", user)
            )
            assert told(Customer.objects.archived_for(user)) == sorted(ids(ARCHIVED, user))
            for model in CHILDREN:
                assert told(model.objects.visible_to(user)) == of(model, seen), model
            assert told(Note.objects.visible_to(user)) == of(Note, seen, "deleted_at IS NULL")
            groups = (
                SEEN + "SELECT g.id FROM customers_customergroup g, me"
                " WHERE me.role = 'admin' OR g.id IN (SELECT group_id FROM seen)"
            )
            assert told(CustomerGroup.objects.visible_to(user)) == sorted(ids(groups, user))
            living = LEADS + "SELECT id FROM leads WHERE archived_at IS NULL"
            assert told(Lead.objects.visible_to(user)) == sorted(ids(living, user))
            assert told(matching(Lead.objects.visible_to(user), WORD)) == sorted(
                ids(f"{living} AND company ILIKE '%%{WORD}%%'", user)
            )
            leads = ids(living, user)
            for visible, condition in (("visible_to", "deleted_at IS NULL"), ("deleted_for", "deleted_at IS NOT NULL")):
                words = [*of(Communication, seen, condition), *of_leads(Communication, leads, condition)]
                assert told(getattr(Communication.objects, visible)(user)) == sorted(words)
            archived = LEADS + "SELECT leads.id FROM leads, me WHERE archived_at IS NOT NULL AND role <> 'salesperson'"
            assert told(Lead.objects.archived_for(user)) == sorted(ids(archived, user))
            living = DEALS + "SELECT id FROM deals WHERE archived_at IS NULL"
            deals = ids(living, user)
            assert told(Opportunity.objects.visible_to(user)) == sorted(deals)
            assert told(matching(Opportunity.objects.visible_to(user), WORD)) == sorted(
                ids(f"{living} AND title ILIKE '%%{WORD}%%'", user)
            )
            shared = Task._base_manager.filter(opportunity__in=deals).values_list("pk", flat=True)
            mine = (ids(TASKS, user) | {*of(Task, seen), *of_leads(Task, leads), *shared}) - ids(POOLED_TASKS, user)
            assert told(Task.objects.visible_to(user)) == sorted(mine)
            lines = OpportunityLine.objects.visible_to(user).values_list("opportunity", flat=True)
            assert sorted(lines) == sorted(deals)
            archived = DEALS + "SELECT deals.id FROM deals, me WHERE archived_at IS NOT NULL AND role <> 'salesperson'"
            assert told(Opportunity.objects.archived_for(user)) == sorted(ids(archived, user))
            # Whoever sees a customer in full may work on it: own, team and all are one line of the table.
            assert {customer.pk for customer in held if permissions.can_edit(user, customer)} == seen


@pytest.mark.django_db
def test_the_worlds_are_not_empty():
    """The oracle would agree with anything in a world where nobody sees anything."""
    plan = Plan((None, 0), (("manager", 0, True), ("salesperson", 1, True)), ((1, "held", None, (), 0, True),))
    manager, _seller = build(plan)
    assert ids(SEEN + "SELECT id FROM seen", manager)
