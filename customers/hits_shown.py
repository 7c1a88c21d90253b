"""How is a hit of the conflict check told to somebody who may or may not see the customer?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import permissions
from .conflicts import Hit, Probe, Reason
from .identity_keys import Kind
from .models import Customer
from .registries import HitLine, pooled_pages
from .reveals import LIMIT, is_known, lines_of_others, named_today, reveal

if TYPE_CHECKING:
    from accounts.models import User

SALT = "customers.hit"
# So long may a request follow the hit.
TOKEN_AGE_S = 24 * 3600

FIELDS: dict[str, str | Promise] = {
    Kind.CODE: gettext_lazy("Tax or credit code"),
    Kind.NAME: gettext_lazy("Name"),
    Kind.DOMAIN: gettext_lazy("Own domain"),
    Kind.MAIL: gettext_lazy("E-mail"),
    Kind.PHONE: gettext_lazy("Phone"),
    Kind.ACCOUNT: gettext_lazy("Account"),
}
HOW: dict[str, str | Promise] = {
    "same": gettext_lazy("the same"),
    "same_name": gettext_lazy("the same name"),
    "same_without_form": gettext_lazy("the same without its legal form"),
    "form_differs": gettext_lazy("another legal form"),
    "form_missing": gettext_lazy("one without a legal form"),
    "same_own_words": gettext_lazy("the same name of its own"),
    "similar": gettext_lazy("similar"),
    "same_but_order": gettext_lazy("the same words in another order"),
    "one_contains_other": gettext_lazy("one name holds the other"),
    "more_words": gettext_lazy("one says more"),
    "other_words": gettext_lazy("other words beside"),
    "numbers_differ": gettext_lazy("other numbers"),
    "acronym": gettext_lazy("initials of the other"),
    "transliteration": gettext_lazy("sounds the same in another script"),
    "same_sound": gettext_lazy("sounds the same"),
    "other_country": gettext_lazy("another country"),
    "no_country": gettext_lazy("country not known of both"),
    "codes_differ": gettext_lazy("with another code"),
    "a_person": gettext_lazy("a person trading alone"),
}


@dataclass
class Card:
    """One hit as its reader may know it. ``customer`` and ``other`` (a record of a floor above) are both None beyond
    the day's number of strangers' records."""

    hit: Hit
    customer: Customer | None
    is_mine: bool
    may_edit: bool
    may_tell_apart: bool
    reasons: list[tuple[str, str, str]]
    probe: Probe
    reader: User
    other: HitLine | None = None
    # Where the reader sees what lies in a pool.
    pool_url: str = ""

    @cached_property
    def token(self) -> str:
        """Proves later that this reader met the customer while entering that; "" where nothing can be asked."""
        if self.customer is None or self.customer.is_archived:
            return ""
        return token_of(self.customer.pk, self.reader, self.probe)

    @property
    def tone(self) -> str:
        if self.hit.is_block:
            return "bad"
        return "accent" if self.customer is not None and self.customer.pool_id else "warn"


@dataclass(frozen=True)
class Cards:
    """All hits of one probe for one reader."""

    cards: Sequence[Card]
    shown_today: int
    limit: int = LIMIT

    @property
    def blocks(self) -> int:
        return sum(card.hit.is_block for card in self.cards)

    @property
    def warnings(self) -> int:
        return len(self.cards) - self.blocks

    @property
    def ids(self) -> list[str]:
        return [card.hit.key for card in self.cards]

    def news(self, seen: str) -> bool:
        """Is one of the hits not among the ids that the form says were seen?"""
        return not set(self.ids) <= set(seen.split(","))

    @property
    def summary(self) -> str:
        """One line above the button that saves."""
        parts = []
        if self.blocks:
            parts.append(ngettext("%(n)d record stands in the way", "%(n)d records stand in the way", self.blocks))
            parts[-1] %= {"n": self.blocks}
        if self.warnings:
            parts.append(ngettext("%(n)d similar record", "%(n)d similar records", self.warnings))
            parts[-1] %= {"n": self.warnings}
        return _(", ").join(parts)


def show(
    found: Sequence[tuple[Probe, Sequence[Hit]]], *, to: User, now: datetime, is_noted: bool = True
) -> list[Cards]:
    """The hits of several probes as ``to`` may know them; strangers' records are counted and noted (reveals).

    Without ``is_noted`` nothing is written: only those are named that were named today already. A fixed number of
    statements.
    """
    hits_found = [hit for _probe, hits in found for hit in hits]
    ids = {hit.customer_id for hit in hits_found if hit.customer_id}
    rows = Customer.objects.select_related("owner", "status", "pool").prefetch_related("collaborators")
    customers = rows.in_bulk(ids)
    mine = set(Customer.objects.visible_to(to).filter(pk__in=ids).values_list("pk", flat=True))
    others = lines_of_others(hits_found, to)
    far = [hit.subject for hit in hits_found if not is_known(hit, mine, others)]
    named = reveal(far, by=to, now=now) if is_noted else named_today(to, now)
    pooled = [pk for pk, customer in customers.items() if customer.pool_id and pk in named]
    pages = pooled_pages(pooled, to) if pooled else {}

    def card(probe: Probe, hit: Hit) -> Card:
        pk = hit.customer_id
        customer = customers.get(pk) if pk and (pk in mine or pk in named) else None
        other = others.get(hit.subject)
        return Card(
            hit,
            customer,
            is_mine=is_known(hit, mine, others),
            may_edit=customer is not None and pk in mine and permissions.can_edit(to, customer),
            may_tell_apart=customer is not None and permissions.can_tell_apart(to, customer),
            reasons=[said(reason) for reason in hit.reasons],
            probe=probe,
            reader=to,
            other=other if other is not None and (other.url or hit.subject in named) else None,
            pool_url=pages.get(pk, "") if pk else "",
        )

    return [Cards([card(probe, hit) for hit in hits], len(named)) for probe, hits in found]


def said(reason: Reason) -> tuple[str, str, str]:
    """(field, how it agrees, figure) in the reader's words; a value is what the reader typed."""
    words = _("; ").join(str(HOW[code]) for code in reason.how if code in HOW)
    value = reason.value.partition(":")[2] if reason.field == Kind.ACCOUNT else reason.value
    if value:
        words = _("%(words)s: %(value)s") % {"words": words, "value": value}
    figure = _("same") if reason.score >= 1 else f"{reason.score:.2f}"
    return str(FIELDS[reason.field]), words, figure


def token_of(customer_id: int, user: User, probe: Probe) -> str:
    typed = {"name": probe.name[:300], "country": probe.country, "code": probe.code[:40]}
    return signing.dumps({"customer": customer_id, "user": user.pk, "typed": typed}, salt=SALT, compress=True)


def read_token(token: str, user: User) -> Mapping[str, Any] | None:
    """What a hit's token proves to this person: ``customer`` (id) and ``typed``; None for a false or old one."""
    try:
        told = signing.loads(token, salt=SALT, max_age=TOKEN_AGE_S)
    except signing.BadSignature:
        return None
    return told if told["user"] == user.pk else None
