"""What do the mails about accounts say? One text file each: the first line is the subject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from core.mail import queue_mail

if TYPE_CHECKING:
    from .models import User


@contextmanager
def read_by(person: User) -> Iterator[None]:
    """Words and times are those of this reader: their language (else the house's) and zone."""
    with translation.override(person.language or settings.LANGUAGE_CODE), timezone.override(ZoneInfo(person.time_zone)):
        yield


def write_mail(
    template: str,
    *,
    to: str,
    language: str = "",
    context: dict[str, Any] | None = None,
    key: str | None = None,
    now: datetime | None = None,
    in_html: str = "",
) -> None:
    """Render a mail in ``language`` (empty: the house's) and put it into the outbox, in this transaction.

    ``in_html`` is a template that says the same with words for links, for programs that show it.
    """
    words = {"house": settings.PUBLIC_URL, **(context or {})}
    with translation.override(language or settings.LANGUAGE_CODE):
        content = render_to_string(template, words).strip()
        html = render_to_string(in_html, words) if in_html else ""
    subject, _, text = content.partition("\n")
    queue_mail(to=to, subject=subject, text=text.strip() + "\n", html=html, key=key, now=now)


def link(url_name: str, *args: Any) -> str:
    """The full address of a page, for readers who are not on it."""
    return settings.PUBLIC_URL + reverse(url_name, args=args)
