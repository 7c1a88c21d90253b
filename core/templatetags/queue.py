"""How is a line drawn that wants somebody, and how its urgency with the reasons? Today has a hundred of them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..registries import TodayLine
from .ui import due, flag, icon, local_time

register = template.Library()

_NONE = SafeString("")


def urgency(line: TodayLine) -> SafeString:
    """How urgent in a word and a number that unfold into the reasons; '' where nothing is told."""
    if not line.why:
        return _NONE
    reasons = format_html_join("", "<li>{}{}</li>", ((one.words, _number(one.number)) for one in line.why))
    return format_html(
        '<details class="menu menu-start why"><summary title="{}"><b class="badge badge-{}">{} {}</b></summary>'
        "<ul class=menu-panel>{}</ul></details>",
        _("Urgency, and why"),
        line.level.tone,
        line.level.label,
        line.points,
        reasons,
    )


def _number(number: int) -> SafeString:
    return format_html("<b>+{}</b>", number) if number else _NONE


@register.simple_tag
def who_and_why(line: TodayLine, words: str) -> SafeString:
    """Whom the line is about and how urgent it is; below it what is to be done."""
    return format_html(
        '<div class=who><div class=name>{}<a href="{}"><bdi>{}</bdi></a>{}</div>'
        "<div class=words><bdi>{}</bdi></div></div>",
        flag(line.country),
        line.url,
        line.title,
        urgency(line),
        words,
    )


@register.simple_tag
def act(line: TodayLine, is_main: bool = False) -> SafeString:
    """The one thing to press beside a line."""
    if not line.act_url:
        return _NONE
    return format_html(
        '<a class="btn{}" href="{}"{}>{}{}</a>',
        " btn-tint" if is_main else "",
        line.act_url,
        SafeString(" data-dialog") if line.act_in_dialog else "",
        icon(line.act_icon),
        line.act_label,
    )


@register.simple_tag
def queue_row(line: TodayLine, is_first: bool = False) -> SafeString:
    """One line of the queue."""
    return format_html(
        '<div class=queue-row>{}{}<div class=when>{}<span class="due{}">{}</span></div>{}</div>',
        icon(line.icon),
        who_and_why(line, line.text),
        local_time(line.zone, line.place),
        f" text-{line.tone}" if line.tone else "",
        due(line.due_at) if line.due_at else line.due_label,
        act(line, is_first),
    )
