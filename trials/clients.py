"""What do the clients of the soak do at random, and is all that they were told to be done still there at the end?"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from django.utils import timezone

from accounts.departing import WAYS
from accounts.models import Departure, User
from accounts.services.departures import carry_out, plan_departure, take_back, try_departure
from communications.inputs import CommunicationData
from communications.models import Communication
from communications.services import log_communication
from core.exceptions import DomainError
from customers.inputs import CustomerData
from customers.models import Customer, Event, OwnershipPeriod
from customers.services import archive_customer, transfer_customer
from customers.services.bulk import create_customers
from customers.services.status import protect
from publicpool.models import Claim, ReclaimRule, Release, ReleaseReason, Rotation, RotationEntry
from publicpool.services import assign_customers, claim_customers, release_customer, undo_release
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.rotating import run_rotation
from publicpool.services.rotations import set_weights
from publicpool.services.warning import warn_due


@dataclass(frozen=True)
class Client:
    """One person who works at random until ``ends`` (monotonic seconds), and writes down what was acknowledged."""

    number: int
    user: int
    admin: int
    people: tuple[int, ...]
    ends: float
    journal: Path


def work(client: Client) -> Counter[str]:
    """Act until the time is over; how often which act was acknowledged, refused or failed, by its name."""
    dice, answers = random.Random(client.number), Counter[str]()  # noqa: S311
    with client.journal.open("a", encoding="utf-8") as journal:
        while time.monotonic() < client.ends:
            name = dice.choices(list(ACTS), [weight for weight, _act in ACTS.values()])[0]
            try:
                for line in ACTS[name][1](client, dice):
                    journal.write(json.dumps([name, *line]) + "\n")
                journal.flush()
                answers[f"{name} done"] += 1
            except DomainError:
                answers[f"{name} refused"] += 1
            except (Customer.DoesNotExist, Release.DoesNotExist):
                answers[f"{name} found nothing"] += 1
            except DatabaseError as error:
                state = getattr(error.__cause__, "sqlstate", "")
                answers[f"{name} failed: {state or type(error).__name__}"] += 1
            time.sleep(dice.random() * 0.1)
    connection.close()
    return answers


def work_together(clients: Sequence[Client]) -> Counter[str]:
    """As many threads as there are clients, in this process."""
    with ThreadPoolExecutor(len(clients)) as threads:
        return sum(threads.map(work, clients), Counter[str]())


# --- what they do: each gives the lines to keep, (id of a row, id of what it says) -----------------------


Lines = list[tuple[int, int]]


def _any(dice: random.Random, **wanted: object) -> Customer:
    """Some customer; of the first ones rather, so that many meet."""
    ids = list(Customer.objects.filter(**wanted).order_by("pk").values_list("pk", flat=True)[: dice.choice((5, 300))])
    if not ids:
        raise Customer.DoesNotExist
    return Customer.objects.get(pk=dice.choice(ids))


def _user(pk: int) -> User:
    return User.objects.get(pk=pk)


def _claim(client: Client, dice: random.Random) -> Lines:
    ids = {_any(dice, pool__isnull=False).pk for _one in range(dice.choice((1, 1, 3)))}
    results = claim_customers(ids=ids, by=_user(client.user), now=timezone.now())
    return [(one.claim.pk, one.customer.pk) for one in results if one.claim]


def _release(client: Client, dice: random.Random) -> Lines:
    customer, reason = _any(dice, owner=client.user), ReleaseReason.objects.get(key="no_need")
    release = release_customer(customer=customer, reason=reason, by=_user(client.user), now=timezone.now())
    return [(release.pk, customer.pk)]


def _undo(client: Client, dice: random.Random) -> Lines:
    release = Release.objects.filter(by=client.user, undone_at=None).latest("pk")
    undo_release(release=release, by=_user(client.user), now=timezone.now())
    return [(release.pk, release.customer_id)]


def _assign(client: Client, dice: random.Random) -> Lines:
    to = _user(dice.choice(client.people))
    ids = {_any(dice, pool__isnull=False).pk for _one in range(2)}
    now = timezone.now()
    results = assign_customers(ids=ids, to=to, by=_user(client.admin), now=now, reason="Fair")
    return [(to.pk, one.customer.pk) for one in results if one.refusal is None]


def _transfer(client: Client, dice: random.Random) -> Lines:
    customer, to = _any(dice, owner__isnull=False), _user(dice.choice(client.people))
    transfer_customer(customer=customer, to=to, by=_user(client.admin), now=timezone.now())
    return [(to.pk, customer.pk)]


def _protect(client: Client, dice: random.Random) -> Lines:
    customer, now = _any(dice, owner__isnull=False), timezone.now()
    until = (now + timedelta(days=2)).date()
    protect(customer=customer, until=until, reason="Fair", by=_user(client.admin), now=now)
    return [(client.admin, customer.pk)]


def _follow_up(client: Client, dice: random.Random) -> Lines:
    customer, now = _any(dice, owner=client.user), timezone.now()
    data = CommunicationData(channel="phone", direction="out", happened_at=now)
    said = log_communication(customer=customer, data=data, by=_user(client.user), now=now)
    return [(said.pk, customer.pk)]


def _archive(client: Client, dice: random.Random) -> Lines:
    customer = _any(dice, owner__isnull=False)
    archive_customer(customer=customer, reason="Double", by=_user(client.admin), now=timezone.now())
    return [(client.admin, customer.pk)]


def _import(client: Client, dice: random.Random) -> Lines:
    """Held for weeks already and told of it, so that a rule may take them."""
    owner = _user(client.user)
    items = [(CustomerData(name=f"Import {dice.getrandbits(64):x} GmbH", country="DE"), owner) for _one in range(4)]
    now = timezone.now()
    with transaction.atomic():
        ids = create_customers(items, by=owner, now=now - timedelta(days=40), are_told_apart=True)
    warn_due(now - timedelta(days=5))
    return [(owner.pk, pk) for pk in ids]


def _reclaim(client: Client, dice: random.Random) -> Lines:
    now = timezone.now()
    warn_due(now)
    reclaim_due(now)
    return []


def _change_rule(client: Client, dice: random.Random) -> Lines:
    rule = ReclaimRule.objects.order_by("pk").last()
    if rule is not None:
        ReclaimRule.objects.filter(pk=rule.pk).update(days=dice.choice((10, 15, 20)), is_active=dice.random() < 0.9)
    return []


def _rotate(client: Client, dice: random.Random) -> Lines:
    rotation = Rotation.objects.get()
    most = dice.choice((1, 5, 40))
    run = run_rotation(rotation=rotation, by=_user(client.admin), now=timezone.now(), most=most)
    return [(run.pk, run.done)] if run and run.done else []


def _weigh(client: Client, dice: random.Random) -> Lines:
    weights = {dice.choice(client.people): dice.randrange(4)}
    set_weights(rotation=Rotation.objects.get(), weights=weights, by=_user(client.admin), now=timezone.now())
    return []


def _depart(client: Client, dice: random.Random) -> Lines:
    """Somebody leaves, everything goes to a colleague; taken back at once, or only the account is opened again."""
    leaver, heir = dice.sample(client.people, 2)
    by, now = _user(client.admin), timezone.now()
    plan = {kind: [{"way": "person", "target": heir}] for kind in WAYS} | {"rotations": [{"way": "leave"}]}
    departure = plan_departure(person=_user(leaver), plan=plan, by=by, now=now)
    done = carry_out(departure=try_departure(departure=departure, now=now), by=by, now=now)
    take_back(departure=done, by=by, now=timezone.now(), units=dice.choice((None, ())), reactivates=True)
    return [(done.pk, leaver)]


ACTS: dict[str, tuple[int, Callable[[Client, random.Random], Lines]]] = {
    "claim": (30, _claim),
    "release": (12, _release),
    "undo": (6, _undo),
    "assign": (5, _assign),
    "transfer": (6, _transfer),
    "protect": (3, _protect),
    "follow_up": (20, _follow_up),
    "archive": (2, _archive),
    "import": (6, _import),
    "reclaim": (3, _reclaim),
    "change_rule": (1, _change_rule),
    "rotate": (6, _rotate),
    "weigh": (2, _weigh),
    "depart": (2, _depart),
}

# --- what must be there at the end ------------------------------------------------------------------------


def lost(lines: Sequence[tuple[str, int, int]]) -> list[str]:
    """What was acknowledged and is not there, or is there more or less often, in words."""
    kept: dict[str, Counter[tuple[int, int]]] = {name: Counter() for name in ACTS}
    for name, row, says in lines:
        kept[name][row, says] += 1
    periods = OwnershipPeriod.objects.filter
    began = {
        name: Counter(periods(reason=reason).values_list("owner", "customer"))
        for name, reason in (("assign", "assigned"), ("transfer", "transferred"), ("import", "imported"))
    }
    events = {
        name: Counter(Event.objects.filter(kind=kind).values_list("by", "customer"))
        for name, kind in (("protect", "customer.protected"), ("archive", "customer.archived"))
    }
    there: dict[str, Counter[tuple[int, int]]] = {
        "claim": Counter(Claim.objects.values_list("pk", "customer")),
        "release": Counter(Release.objects.filter(by__isnull=False).values_list("pk", "customer")),
        "undo": Counter(Release.objects.filter(undone_at__isnull=False).values_list("pk", "customer")),
        "rotate": Counter(RotationEntry.objects.exclude(run=None).values_list("run").annotate(n=Count("pk"))),
        "depart": Counter(Departure.objects.filter(state="done").values_list("pk", "person")),
        "follow_up": Counter(Communication.objects.filter(deleted_at=None).values_list("pk", "customer")),
        **began,
        **events,
    }
    found = []
    for name, wanted in kept.items():
        # Twice the same click, protection or departure is one; all else is there as often as it was acknowledged.
        many = Counter(dict.fromkeys(wanted, 1)) if name in ("claim", "protect", "depart") else wanted
        found += [f"{name} {row} of customer {pk} is lost" for (row, pk), _n in (many - there.get(name, many)).items()]
    return found
