"""Does a new installation begin with words, and does it leave alone what an admin made of them?"""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import translation

from customers.models import Category, CategoryDimension, Pool, Source, Status

pytestmark = pytest.mark.django_db


def test_words_are_there_in_both_languages():
    assert list(Status.objects.values_list("key", flat=True)) == [
        "potential",
        "contacted",
        "proposal",
        "won",
        "retained",
        "dormant",
        "lost",
    ]
    for model in (Status, Source, CategoryDimension, Category, Pool):
        assert model.objects.exists()
        assert not model.objects.filter(name_en="").exists()
        assert not model.objects.filter(name_zh="").exists()
    assert Pool.objects.get(is_default=True).is_active
    lost = Status.objects.get(key="lost")
    with translation.override("zh-hans"):
        assert str(lost) == "流失"
    with translation.override("en"):
        assert str(lost) == "Lost"


def test_each_dimension_has_its_categories():
    for dimension in CategoryDimension.objects.all():
        assert dimension.categories.count() > 5


def test_what_an_admin_changed_stays_through_the_next_migrate():
    Status.objects.filter(key="won").update(name_en="Ordered", is_active=False, position=9)
    Source.objects.exclude(key="visit").delete()
    Category.objects.filter(dimension__key="industry").exclude(key="lighting").delete()
    before = [list(model.objects.order_by("pk").values()) for model in (Status, Source, Category, Pool)]
    call_command("migrate", verbosity=0)
    assert [list(model.objects.order_by("pk").values()) for model in (Status, Source, Category, Pool)] == before


@pytest.mark.django_db(transaction=True)
def test_words_come_back_after_a_flush():
    call_command("flush", interactive=False, verbosity=0)
    assert Status.objects.count() == 7
    assert Pool.objects.filter(is_default=True).count() == 1
