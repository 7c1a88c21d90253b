"""How is one thing done to many customers, each row with its own result?

The same service and the same permission as for one customer, row by row, each in a transaction of
its own: one refusal never stops the others. Few rows are done in the request, many as a job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.exceptions import DomainError
from core.models import CustomField
from core.registries import JOBS, JobKind

from . import services
from .models import Category, Customer, Status
from .registries import BULK_ACTS

if TYPE_CHECKING:
    from core.jobs import Progress
    from core.models import Job

IN_REQUEST = 200
JOB_BATCH = 50
MOST_ROWS = 20_000
# So many refusals are kept with their words; the rest are counted.
MOST_KEPT = 500


@dataclass(frozen=True)
class Result:
    """What became of one row; ``refusal`` is '' where it was done."""

    pk: int
    name: str
    refusal: str = ""


def apply(verb: str, ids: Iterable[int], values: dict[str, Any], by: User, now: datetime) -> list[Result]:
    """Do ``verb`` with ``values`` (plain, as JSON holds them) to each customer; one result a row, in id order.

    A row that ``by`` does not see is reported by its number only.
    """
    act = VERBS[verb] if verb in VERBS else BULK_ACTS[verb].act
    wanted = sorted(set(ids))
    visible = Customer.objects.visible_to(by).in_bulk(wanted)
    results = []
    for pk in wanted:
        customer = visible.get(pk)
        if customer is None:
            results.append(Result(pk, f"#{pk}", _("Not found.")))
            continue
        try:
            with transaction.atomic():
                act(customer, values, by, now)
            results.append(Result(pk, customer.name))
        except DomainError as refusal:
            results.append(Result(pk, customer.name, str(refusal.message)))
    return results


def _tag(customer: Customer, values: dict[str, Any], by: User, now: datetime) -> None:
    if values.get("add"):
        services.add_tags(customer=customer, names=values["add"], by=by, now=now)
    if values.get("remove"):
        services.remove_tags(customer=customer, names=values["remove"], by=by, now=now)


def _status(customer: Customer, values: dict[str, Any], by: User, now: datetime) -> None:
    renewal = values.get("renewal_on")
    services.change_status(
        customer=customer,
        status=Status._default_manager.get(key=values["status"]),
        by=by,
        now=now,
        reason=values.get("reason", ""),
        lost_reason=values.get("lost_reason", ""),
        renewal_on=date.fromisoformat(renewal) if renewal else None,
    )


def _transfer(customer: Customer, values: dict[str, Any], by: User, now: datetime) -> None:
    services.transfer_customer(
        customer=customer,
        to=User.objects.get(pk=values["to"]),  # unscoped: the service asks whether ``by`` may give it to them
        by=by,
        now=now,
        reason=values.get("reason", ""),
        keep_collaborators=bool(values.get("keep_collaborators", True)),
    )


def _field(customer: Customer, values: dict[str, Any], by: User, now: datetime) -> None:
    """Set one field: a category dimension, a field of the firm's own, or one of ours."""
    key, value = values["field"], values["value"]
    if key.startswith("category:"):
        dimension = int(key.partition(":")[2])
        others = Category._default_manager.filter(customers=customer).exclude(dimension=dimension)
        services.update_customer(
            customer=customer, changes={}, categories=[*others.values_list("pk", flat=True), *value], by=by, now=now
        )
    elif key.startswith("custom:"):
        field = CustomField._default_manager.get(pk=int(key.partition(":")[2]))
        custom = {name: old for name, old in (customer.custom or {}).items() if name != field.key}
        if value not in (None, "", []):
            custom[field.key] = value
        services.update_customer(customer=customer, changes={"custom": custom}, by=by, now=now)
    else:
        raise KeyError(key)


VERBS: dict[str, Callable[[Customer, dict[str, Any], User, datetime], None]] = {
    "tag": _tag,
    "status": _status,
    "field": _field,
    "transfer": _transfer,
}


def register() -> None:
    JOBS["customers.bulk"] = JobKind(
        gettext_lazy("Change many customers"), run, url=lambda job: reverse("customers:list")
    )


def run(job: Job, progress: Progress) -> None:
    """The job of many rows: batch by batch, what was done stays done, the next run goes on behind it."""
    params = job.params
    ids: list[int] = params["ids"]
    start = int(job.cursor.get("at", 0))
    for at in range(start, len(ids), JOB_BATCH):
        batch = ids[at : at + JOB_BATCH]
        with transaction.atomic():
            by = User.objects.get(pk=job.created_by_id)  # unscoped: whoever asked
            results = apply(params["verb"], batch, params["values"], by, timezone.now())
            refused = [[one.pk, one.name, one.refusal] for one in results if one.refusal]
            old = job.result
            job.result = {
                "done": old.get("done", 0) + len(results) - len(refused),
                "refused": old.get("refused", 0) + len(refused),
                "refusals": (old.get("refusals", []) + refused)[:MOST_KEPT],
            }
            type(job)._default_manager.filter(pk=job.pk).update(result=job.result)
            progress.step(at + len(batch), total=len(ids), cursor={"at": at + len(batch)})
