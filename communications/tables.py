"""Which columns has the list of what was said?"""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_countries import countries

from core.highlight import marked
from core.tables import CallColumn, Reading, Table, two_lines
from core.templatetags.ui import flag, icon, moment, person
from core.text import search_query
from opportunities.figures.cells import lasted

from .channels import channel_of
from .excerpts import beginning, excerpt
from .models import Answer, Communication


def said_texts(said: Communication) -> list[str]:
    return [said.subject, said.body, said.feedback, said.agreement]


def _topic(said: Communication, reading: Reading) -> str:
    terms = search_query(reading.extra.get("text", ""))
    topic = said.subject or beginning([said.body, said.feedback, said.agreement])[:80] or channel_of(said.channel).label
    name = format_html('<a href="{}">{}</a>', said.get_absolute_url(), marked(str(topic), terms) if terms else topic)
    piece = excerpt([said.body, said.feedback, said.agreement, said.subject], terms) if terms else ""
    shown = marked(piece, terms) if piece else beginning([said.body, said.feedback, said.agreement])
    return two_lines(name, shown)


def _way(said: Communication, reading: Reading) -> str:
    channel = channel_of(said.channel)
    return two_lines(format_html("{} {}", icon(channel.icon), channel.label), said.get_direction_display())


def _customer(said: Communication, reading: Reading) -> str:
    party = said.party
    mark = format_html('<small class="text-3">{}</small> ', _("Lead")) if said.customer_id is None else ""
    name = format_html(
        '<span class=named>{}{}<a href="{}"><bdi>{}</bdi></a></span>',
        mark,
        flag(party.country),
        party.get_absolute_url(),
        party.name,
    )
    return two_lines(name, said.opportunity or "")


def _when(said: Communication, reading: Reading) -> str:
    return two_lines(moment(said.happened_at), _("automatic") if said.is_automatic else "")


class CommunicationTable(Table):
    columns = [
        CallColumn(
            "topic", gettext_lazy("What was said"), draw=_topic, plain=lambda said: said.subject, rank=1, css="name"
        ),
        CallColumn(
            "when",
            pgettext_lazy("moment", "When"),
            draw=_when,
            sort="happened_at",
            plain=lambda said: said.happened_at,
            rank=1,
            css="side",
        ),
        CallColumn(
            "customer",
            gettext_lazy("Customer or lead"),
            draw=_customer,
            plain=lambda said: said.party.name,
            rank=1,
            css="meta",
        ),
        CallColumn(
            "way", gettext_lazy("Channel"), draw=_way, plain=lambda said: str(channel_of(said.channel).label), rank=2
        ),
        CallColumn(
            "author",
            gettext_lazy("By"),
            joins=("author",),
            draw=lambda said, reading: person(said.author),
            plain=lambda said: str(said.author),
            rank=3,
        ),
    ]
    default_sort = "-when"


def _who_waits(row: Answer, reading: Reading) -> str:
    party = row.customer or row.lead
    mark = format_html('<small class="text-3">{}</small> ', _("Lead")) if row.customer is None else ""
    url = reverse("communications:detail", args=[row.asked_id])
    name = format_html(
        '<span class=named>{}{}<a href="{}"><bdi>{}</bdi></a></span>', mark, flag(row.country), url, party
    )
    return two_lines(name, countries.name(row.country))


def _took(row: Answer, reading: Reading) -> str:
    words = lasted(row.lasted(reading.now))
    return words if row.answered_at else format_html('<span class="text-warn">{}</span>', words)


def _answered(row: Answer, reading: Reading) -> str:
    if row.answered_at is None or row.answered_by is None:
        return two_lines(_("Waiting"), "", "text-warn")
    url = reverse("communications:detail", args=[row.answered_id])
    return two_lines(format_html('<a href="{}">{}</a>', url, moment(row.answered_at)), row.answered_by)


class AnswerTable(Table):
    columns = [
        CallColumn(
            "party", gettext_lazy("Customer or lead"), draw=_who_waits, rank=1, css="name",
            plain=lambda row: str(row.customer or row.lead),
        ),
        CallColumn(
            "asked_at", gettext_lazy("Wrote"), sort="asked_at", rank=2,
            draw=lambda row, reading: moment(row.asked_at),
        ),
        CallColumn("answered_at", gettext_lazy("Answered"), draw=_answered, rank=2),
        CallColumn("took", gettext_lazy("Took"), draw=_took, is_numeric=True, rank=1, css="side"),
    ]  # fmt: skip
    default_sort = "-asked_at"
