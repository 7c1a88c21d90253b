"""Which opportunities want somebody today?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, FloatField, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.registries import TODAY, Day, TodayLine, TodaySection
from core.templatetags.ui import money
from core.urgency import Point
from core.zones import business_day
from customers.next_steps import AHEAD, SOON
from customers.own import MOST_WEIGHED
from customers.today import graded

from .models import Opportunity

if TYPE_CHECKING:
    from accounts.models import User

# One more than a section shows.
MOST_LINES = 6
NEEDED = (
    "title", "amount", "currency", "expected_on", "stage_at", "outcome", "archived_at", "customer__name",
    "customer__country", "customer__grade", "stage__name_en", "stage__name_zh",
    "stage__stalls_after", "stage__probability", "stage__kind", "amount_base", "next_task_at",
)  # fmt: skip


class Middle(Aggregate):
    """The median."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def past_close(day: Day) -> Sequence[TodayLine]:
    """One's own open opportunities whose expected day is over, the oldest first."""
    today, lines = business_day(day.now), []
    for one in [deal for deal in day.once(deals_of) if deal.is_past_close(today)][:MOST_LINES]:
        assert one.expected_on is not None  # is_past_close asks for it
        days = (today - one.expected_on).days
        words = ngettext("%(n)s day past its close date", "%(n)s days past its close date", days) % {"n": days}
        lines.append(line_of(one, Point(35 + min(days, 20), words), _late(days), "bad"))
    return lines


def stalled(day: Day) -> Sequence[TodayLine]:
    """One's own open opportunities too long in their stage; those past their close stand above already."""
    today, lines = business_day(day.now), []
    still = [one for one in day.once(deals_of) if one.is_stalled(day.now) and not one.is_past_close(today)]
    for one in sorted(still, key=lambda deal: (deal.stage_at, deal.pk))[:MOST_LINES]:
        days = {"days": (day.now - one.stage_at).days}
        words = _("%(days)s days in its stage, where %(most)s are usual") % {**days, "most": one.stage.stalls_after}
        lines.append(line_of(one, Point(30, words), _("%(days)s d in the stage") % days, "warn"))
    return lines


def closing(day: Day) -> Any:
    """One's own open deals past their close or within a week of it with nothing planned by tomorrow, the next last."""
    rows = Opportunity.objects.open().filter(owner=day.user, expected_on__lte=business_day(day.now) + AHEAD)
    return rows.exclude(next_task_at__lte=day.now + SOON).order_by("-expected_on", "pk")


def deals_of(day: Day) -> Sequence[Opportunity]:
    """The first deals of both kinds, and of those that close, by their expected day. One statement."""
    today = business_day(day.now)
    late = Opportunity.objects.past_close(today).filter(owner=day.user).order_by("expected_on", "pk")
    still = Opportunity.objects.stalled(day.now).filter(owner=day.user).exclude(expected_on__lt=today)
    wanted = ((late, MOST_LINES), (still.order_by("stage_at", "pk"), MOST_LINES), (closing(day), MOST_WEIGHED))
    ids, *more = (rows.values("pk")[:most] for rows, most in wanted)
    chosen: Any = ids.union(*more, all=True)
    rows = Opportunity.objects.filter(pk__in=chosen)  # unscoped: by owner
    rows = with_middle(rows, day.user).select_related("customer", "stage").only(*NEEDED)
    return list(rows.order_by("expected_on", "pk"))


def near(day: Day) -> Sequence[tuple[date, Opportunity]]:
    """The deals of ``closing``, in its order, with the day of their close."""
    today = business_day(day.now)
    free = [one for one in day.once(deals_of) if not (one.next_task_at and one.next_task_at <= day.now + SOON)]
    near = [(one.expected_on, one) for one in free if one.expected_on and one.expected_on <= today + AHEAD]
    return sorted(near, key=lambda pair: (today - pair[0], pair[1].pk))[:MOST_WEIGHED]


def _late(days: int) -> str:
    return ngettext("%(n)s day over", "%(n)s days over", days) % {"n": days}


def with_middle(rows: Any, user: User) -> Any:
    """Deals with ``_middle``, the median worth of this person's open ones; no statement of its own."""
    worths = Opportunity.objects.open().filter(owner=user, amount_base__isnull=False).order_by().values("owner")
    return rows.annotate(_middle=Subquery(worths.annotate(middle=Middle("amount_base")).values("middle")))


def worth(deal: Any) -> list[Point]:
    """What a deal counts by itself: how near it is to its end, whether it is one of the bigger ones."""
    points = []
    if deal.stage.probability >= 50:
        words = _("%(stage)s, %(n)s %%") % {"stage": deal.stage.name, "n": deal.stage.probability}
        points.append(Point(15 if deal.stage.probability >= 70 else 10, words))
    if deal.amount_base is not None and deal._middle is not None and deal.amount_base > deal._middle:
        points.append(Point(10, _("bigger than the middle of your open deals")))
    return points


def line_of(deal: Opportunity, point: Point, due: str, tone: str) -> TodayLine:
    price = money(deal.amount, deal.currency) if deal.amount is not None else ""
    words = [deal.title if deal.customer else "", price, deal.stage.name]
    return TodayLine(
        title=deal.customer.name if deal.customer else deal.title,
        url=deal.get_absolute_url(),
        why=(point, *worth(deal), *(graded(deal.customer) if deal.customer else ())),
        text=" · ".join(filter(None, words)),
        icon="layout-kanban",
        country=str(deal.customer.country) if deal.customer else "",
        due_label=due,
        tone=tone,
        act_label=_("Change stage"),
        act_url=reverse("opportunities:move", args=[deal.pk]),
        act_icon="arrows-exchange",
        act_in_dialog=True,
    )


def register() -> None:
    """Add this floor's sections to the Today page."""
    mine = "whose=mine&outcome=open&m=1"
    TODAY["past_close"] = TodaySection(
        gettext_lazy("Past their close date"),
        5,
        past_close,
        url_name="opportunities:list",
        url_query=f"{mine}&past_close=1&sort=expected",
        most=5,
    )
    TODAY["stalled"] = TodaySection(
        gettext_lazy("Stalled opportunities"),
        6,
        stalled,
        url_name="opportunities:list",
        url_query=f"{mine}&stalled=1",
        most=5,
    )
