"""Is the demo the same firm on another day, and does it keep off a database in use?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from core.demo import World, build
from customers.models import Contact, Customer, Event, Note

NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def shape() -> list[tuple]:
    customers = Customer.objects.order_by("pk")
    return [
        *customers.values_list("name", "country", "city", "status__key", "grade", "owner__username", "search_text"),
        *Contact.objects.order_by("pk").values_list("name", "title", "birthday"),
        *Note.objects.order_by("pk").values_list("body", "author__username"),
        *Event.objects.order_by("pk").values_list("kind", "customer__name", "by__username"),
    ]


def test_another_day_brings_the_same_firm_with_fresh_dates():
    build(World(60), NOW)
    first, newest = shape(), Customer.objects.order_by("-created_at").first().created_at
    call_command("flush", interactive=False, verbosity=0)
    later = NOW + timedelta(days=17)
    build(World(60), later)
    assert shape() == first
    assert Customer.objects.order_by("-created_at").first().created_at > newest


def test_loading_needs_an_empty_database():
    call_command("demo", "--customers", "50", "--now", "2026-11-26T15:20", verbosity=0)
    count = Customer.objects.count()
    with pytest.raises(CommandError):
        call_command("demo", "--customers", "50")
    call_command("demo", "--if-empty")
    assert Customer.objects.count() == count == 50
