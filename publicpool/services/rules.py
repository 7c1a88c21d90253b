"""How does a reclaim rule come to be, change, and go in and out of use? Rules are never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from customers.services.locking import require

from .. import errors, permissions
from ..models import ReclaimRule, ReclaimRuleVersion
from ..rules import MANY, spec_of

if TYPE_CHECKING:
    from accounts.models import User

    from ..inputs import RuleData

# Between two rules' positions, as in the other lists of the firm's words.
STEP = 10


@transaction.atomic
def save_rule(*, rule: ReclaimRule | None, data: RuleData, by: User, now: datetime) -> ReclaimRule:
    """Make a rule, switched off at first, or change what it says from now on: a change is a new version.

    Raises RuleWithoutName, RuleWithoutConditions, RuleWithConditionsForAll, RuleChangedMeanwhile, NotAllowed.
    """
    require(permissions.can_edit_rules(by))
    if not data.name_en.strip() and not data.name_zh.strip():
        raise errors.RuleWithoutName(field="name_en")
    if data.spec.is_for_all and not data.is_for_all:
        raise errors.RuleWithoutConditions(field="is_for_all")
    if data.is_for_all and not data.spec.is_for_all:
        raise errors.RuleWithConditionsForAll(field="is_for_all")
    before = None
    if rule is None:
        rule = ReclaimRule(created_at=now, version=0, position=_last() + STEP)
    else:
        rule = ReclaimRule.objects.select_for_update().get(pk=rule.pk)
        before = spec_of(rule)
        if data.seen != rule.version:
            raise errors.RuleChangedMeanwhile
    rule.name_en, rule.name_zh = data.name_en.strip(), data.name_zh.strip()
    rule.kind, rule.days, rule.is_for_all = data.spec.kind, data.spec.days, data.is_for_all
    rule.grades, rule.countries = list(data.spec.grades), ",".join(data.spec.countries)
    rule.updated_at = now
    rule.save()
    for name in MANY:
        getattr(rule, name).set(getattr(data.spec, name))
    if before is None or before.as_data() != data.spec.as_data():
        _add_version(rule, data.spec.as_data(), by, now)
    return rule


@transaction.atomic
def switch_rule(*, rule: ReclaimRule, is_active: bool, by: User, now: datetime, seen: int | None = None) -> ReclaimRule:
    """Put a rule into use or out of it, as a new version; where it is so already, nothing changes.

    ``seen`` is the version whose consequences were looked at. Raises RuleChangedMeanwhile where it is another one,
    RuleWithoutConditions where all that it asked for is gone, NotAllowed.
    """
    require(permissions.can_edit_rules(by))
    rule = ReclaimRule.objects.select_for_update().get(pk=rule.pk)
    if seen is not None and seen != rule.version:
        raise errors.RuleChangedMeanwhile
    spec = spec_of(rule)
    if is_active and spec.is_for_all and not rule.is_for_all:
        raise errors.RuleWithoutConditions
    if rule.is_active != is_active:
        rule.is_active, rule.updated_at = is_active, now
        rule.save(update_fields=["is_active", "updated_at"])
        _add_version(rule, spec.as_data(), by, now)
    return rule


@transaction.atomic
def reorder_rules(*, ids: Sequence[int], by: User) -> None:
    """Put the rules into this order, which decides where two name the same day; those not named come behind.

    Raises NotAllowed.
    """
    require(permissions.can_edit_rules(by))
    rules = {rule.pk: rule for rule in ReclaimRule.objects.select_for_update().order_by("pk")}
    rest = sorted(rules.values(), key=lambda rule: (rule.position, rule.pk))
    wanted = dict.fromkeys([*(pk for pk in ids if pk in rules), *(rule.pk for rule in rest)])
    for place, pk in enumerate(wanted, 1):
        rules[pk].position = place * STEP
    ReclaimRule.objects.bulk_update(rules.values(), ["position"])


def _last() -> int:
    return ReclaimRule.objects.aggregate(last=Max("position"))["last"] or 0


def _add_version(rule: ReclaimRule, data: dict[str, object], by: User, now: datetime) -> None:
    rule.version += 1
    rule.save(update_fields=["version"])
    ReclaimRuleVersion.objects.create(
        rule=rule, number=rule.version, data=data, is_active=rule.is_active, made_at=now, made_by=by
    )
