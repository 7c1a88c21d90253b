"""Which columns has the list of customers?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, F, Func, IntegerField, JSONField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core.custom_fields import CustomColumn
from core.labels import name_of
from core.tables import CallColumn, Column, Reading, Table, two_lines
from core.templatetags.ui import (
    base_money,
    day,
    day_words,
    due,
    flag,
    grade_square,
    icon,
    money,
    status_dot,
    time_there,
)
from core.zones import is_zone

from .clock import local_clock
from .querysets import SORT_LAST_CONTACT, SORT_NEXT_TASK
from .reach import best

FAR = date(9999, 12, 31)
DASH = "—"


def children(queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
    """The rows behind the reverse relation ``name`` of the customer at hand, for a subquery."""
    model = queryset.model._meta.get_field(name).related_model
    return model._default_manager.filter(customer=OuterRef("pk"))  # unscoped: of a visible customer


class Annotated(CallColumn):
    """A column whose value comes with the row, as an annotation made by ``annotate``."""

    annotate: Callable[[QuerySet[Any]], dict[str, Any]] | None = None

    def prepare(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        queryset = super().prepare(queryset)
        return queryset.annotate(**self.annotate(queryset)) if self.annotate else queryset


class CategoryColumn(Column):
    """The values of one category dimension."""

    rank = 4
    is_default = False

    def __init__(self, dimension: Any) -> None:
        self.dimension = dimension
        super().__init__(f"category_{dimension.key}", dimension.name, sort=None)

    @property
    def attribute(self) -> str:
        return f"_{self.key.replace('-', '_')}"

    def prepare(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        categories = queryset.model._meta.get_field("categories").related_model
        names = (
            categories._default_manager.filter(  # unscoped: of a visible customer
                customers=OuterRef("pk"), dimension=self.dimension.pk
            )
            .annotate(_shown=name_of())
            .values("_shown")
        )
        return queryset.annotate(**{self.attribute: ArraySubquery(names)})

    def value(self, row: Any) -> str:
        return ", ".join(getattr(row, self.attribute))


# --- what the cells show ----------------------------------------------------------------------------


def named(row: Any, reading: Reading) -> str:
    return format_html(
        '{}<a href="{}"><bdi>{}</bdi></a>',
        flag(row.country) if row.country else "",
        row.get_absolute_url(),
        row.name,
    )


def here(row: Any, reading: Reading) -> str:
    clock = local_clock(row, reading.now)
    if clock is None:
        return ""
    return time_there(clock.zone, row.city, str(_("holiday")) if clock.holiday else "", reading.now)


def next_step(row: Any, reading: Reading) -> str:
    """What comes next and when; overdue in its colour, and nothing planned said as such."""
    if not row.next_task_title:
        return two_lines(_("None planned"), tone="text-warn")
    tone = "text-bad" if row.next_task_at and row.next_task_at <= reading.now else ""
    return two_lines(row.next_task_title, due(row.next_task_at) if row.next_task_at else _("No date"), tone)


def held(row: Any, reading: Reading) -> str:
    contacted = day_words(row.last_followed_at) if row.last_followed_at else _("Contact: never")
    return two_lines(row.owner or DASH, contacted)


def first_contact(row: Any, reading: Reading) -> str:
    person = row._contact
    if not person:
        return DASH
    if person["closed"]:
        return two_lines(person["name"], _("do not contact"), "text-3")
    return two_lines(person["name"], person["title"])


def next_date(row: Any, reading: Reading) -> str:
    return day(row._next_date) if row._next_date else DASH


def tag_names(row: Any, reading: Reading) -> str:
    if not row._tags:
        return DASH
    more = format_html(" <span class=text-3>+{}</span>", len(row._tags) - 2) if len(row._tags) > 2 else ""
    return format_html(
        "<span class=l1>{}{}</span>",
        format_html_join(" ", "<bdi class=badge>{}</bdi>", ((name,) for name in row._tags[:2])),
        more,
    )


def protection(row: Any, reading: Reading) -> str:
    if not row.protected_until:
        return DASH
    return format_html('<span class="l1">{} {}</span>', icon("lock"), day(row.protected_until))


def completeness(row: Any, reading: Reading) -> str:
    return f"{row.completeness} %"


def country(row: Any, reading: Reading) -> str:
    return format_html("{} {}", flag(row.country, False), countries.name(str(row.country))) if row.country else DASH


def purchase(row: Any, reading: Reading) -> str:
    return money(row.annual_purchase, row.currency)


def website(row: Any, reading: Reading) -> str:
    return format_html('<bdi class="l1">{}</bdi>', row.website) if row.website else DASH


def acts(points: Any) -> str:
    """Call, chat and mail as buttons of the card on the phone."""
    reach = best(points)
    buttons = ((reach.call, _("Call")), (reach.chat, _("Chat")), (reach.mail, _("Mail")))
    # Their icons come from the style sheet: three sprites a row would be a fifth of the page's weight.
    return format_html_join("", '<a class="btn" href="{}">{}</a>', (button for button in buttons if button[0]))


def zone_shown(row: Any) -> str:
    return row.time_zone if is_zone(row.time_zone) else ""


def _contact(queryset: QuerySet[Any]) -> dict[str, Any]:
    people = children(queryset, "contacts").filter(archived_at=None).order_by("-is_primary", "-is_decision_maker", "pk")
    facts = JSONObject(name="name", title="title", closed="is_do_not_contact")
    return {"_contact": Subquery(people.values(_json=facts)[:1])}


def _points(queryset: QuerySet[Any]) -> dict[str, Any]:
    points = (
        children(queryset, "contact_points")
        .filter(contact__archived_at=None)
        .exclude(contact__is_do_not_contact=True)
        .order_by(F("contact__is_primary").desc(nulls_last=True), "position", "pk")
    )
    rows = ArraySubquery(points.values(_json=JSONObject(kind="kind", value="value", normal="normal"))[:12])
    # One document a customer: reading each point's own took a tenth of Today.
    return {"_points": Func(rows, function="to_jsonb", output_field=JSONField())}


def with_points(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Customers with ``_points``, by which ``reach.best`` finds how to reach them; no statement of its own."""
    return queryset.annotate(**_points(queryset)).defer("search_text", "search_public")


def _tags(queryset: QuerySet[Any]) -> dict[str, Any]:
    model = queryset.model._meta.get_field("tags").related_model
    tags = model._default_manager.filter(customers=OuterRef("pk"))  # unscoped: of a visible customer
    return {"_tags": ArraySubquery(tags.order_by("name").values("name"))}


def _next_date(queryset: QuerySet[Any]) -> dict[str, Any]:
    coming = children(queryset, "key_dates").filter(on__gte=timezone.localdate())
    return {"_next_date": Subquery(coming.order_by("on").values("on")[:1])}


class CustomerTable(Table):
    """The list of customers; ``reading.extra`` brings the firm's own fields and dimensions, and columns of above."""

    columns = [
        CallColumn("name", _("Customer"), sort="name", draw=named, rank=1, css="name"),
        CallColumn(
            "grade",
            _("Grade"),
            sort=Coalesce(NullIf("grade", Value("")), Value("Z"), output_field=TextField()),
            draw=lambda row, reading: grade_square(row.grade),
            rank=1,
            css="meta",
        ),
        CallColumn(
            "status",
            _("Status"),
            sort="status__position",
            joins=("status",),
            draw=lambda row, reading: status_dot(row.status.shape, row.status.name),
            plain=lambda row: row.status.name,
            rank=1,
            css="meta",
        ),
        CallColumn("time", _("Local time"), draw=here, plain=zone_shown, rank=1, css="side"),
        Annotated(
            "contact",
            _("Contact"),
            draw=first_contact,
            plain=lambda row: (row._contact or {}).get("name", ""),
            annotate=_contact,
        ),
        CallColumn(
            "contacted",
            _("Owner, last contact"),
            sort=SORT_LAST_CONTACT,
            joins=("owner",),
            draw=held,
            plain=lambda row: row.last_followed_at,
        ),
        Annotated("tags", _("Tags"), draw=tag_names, plain=lambda row: ", ".join(row._tags), annotate=_tags, rank=4),
        CallColumn(
            "owner",
            _("Owner"),
            sort="owner__name",
            joins=("owner",),
            plain=lambda row: str(row.owner or ""),
            is_default=False,
        ),
        CallColumn(
            "country", _("Country"), sort="country", draw=country, plain=lambda row: str(row.country), is_default=False
        ),
        Column("region", _("State or province"), sort="region", is_default=False, rank=4),
        Column("city", _("City"), sort="city", is_default=False, rank=4),
        CallColumn(
            "source",
            _("Source"),
            sort=name_of("source"),
            joins=("source",),
            plain=lambda row: row.source.name if row.source else "",
            is_default=False,
            rank=4,
        ),
        CallColumn("size", _("Size"), sort="size", plain=lambda row: row.get_size_display(), is_default=False, rank=4),
        CallColumn("kind", _("Kind"), sort="kind", plain=lambda row: row.get_kind_display(), is_default=False, rank=4),
        CallColumn(
            "group",
            _("Group"),
            sort=Coalesce("group__name", Value("")),
            joins=("group",),
            plain=lambda row: row.group.name if row.group else "",
            is_default=False,
            rank=4,
        ),
        Annotated(
            "key_date",
            _("Next key date"),
            sort=Coalesce("_next_date", Value(FAR, DateField())),
            annotate=_next_date,
            draw=next_date,
            plain=lambda row: row._next_date,
            is_default=False,
        ),
        CallColumn(
            "next_step",
            _("Next step"),
            sort=SORT_NEXT_TASK,
            draw=next_step,
            plain=lambda row: row.next_task_title,
            is_default=False,
            rank=2,
        ),
        CallColumn(
            "touches",
            _("Contacts and answers"),
            sort="touches",
            draw=lambda row, reading: f"{row.touches:,} / {row.replies:,}",
            plain=lambda row: f"{row.touches} / {row.replies}",
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "open_opportunities",
            _("Open opportunities"),
            sort="open_opportunities",
            draw=lambda row, reading: f"{row.open_opportunities:,}" if row.open_opportunities else DASH,
            plain=lambda row: row.open_opportunities,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "won_total",
            _("Won in all"),
            sort="won_total",
            draw=lambda row, reading: base_money(row.won_total) if row.won_total else DASH,
            plain=lambda row: row.won_total,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "protected",
            _("Protected until"),
            sort=Coalesce("protected_until", Value(date(1900, 1, 1), DateField())),
            draw=protection,
            plain=lambda row: row.protected_until,
            is_default=False,
        ),
        CallColumn(
            "completeness",
            _("Completeness"),
            sort="completeness",
            draw=completeness,
            plain=lambda row: row.completeness,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "status_since",
            _("In this status since"),
            sort="status_at",
            draw=lambda row, reading: day(row.status_at),
            plain=lambda row: row.status_at,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "created",
            _("Created"),
            sort="created_at",
            draw=lambda row, reading: day(row.created_at),
            plain=lambda row: row.created_at,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "website",
            _("Website"),
            sort="website",
            draw=website,
            plain=lambda row: row.website,
            is_default=False,
            rank=4,
        ),
        Column("currency", _("Currency"), sort="currency", is_default=False, rank=4),
        Column("incoterm", _("Usual incoterm"), sort="incoterm", is_default=False, rank=4),
        Column("payment_terms", _("Payment terms"), sort="payment_terms", is_default=False, rank=4),
        CallColumn(
            "annual_purchase",
            _("Annual purchase"),
            sort=Coalesce("annual_purchase", Value(0)),
            draw=purchase,
            plain=lambda row: row.annual_purchase,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "our_share",
            _("Our share in %"),
            sort=Coalesce("our_share", Value(0), output_field=IntegerField()),
            plain=lambda row: row.our_share,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "purchase_cycle",
            _("Purchase cycle in days"),
            sort=Coalesce("purchase_cycle_days", Value(0), output_field=IntegerField()),
            plain=lambda row: row.purchase_cycle_days,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        Column("external_id", _("External id"), sort="external_id", is_default=False, rank=4),
    ]
    default_sort = "-created"

    def extra_columns(self) -> list[Column]:
        dimensions = self.reading.extra.get("dimensions", ())
        fields = self.reading.extra.get("custom_fields", ())
        return [*self.reading.extra.get("columns", ()), *map(CategoryColumn, dimensions), *map(CustomColumn, fields)]
