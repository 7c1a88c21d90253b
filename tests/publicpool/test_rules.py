"""How are rules written, changed and switched, and who may?"""

from __future__ import annotations

import pytest

from core.exceptions import NotAllowed
from customers.models import Tag
from publicpool import errors
from publicpool.inputs import RuleData
from publicpool.models import ReclaimRule, ReclaimRuleVersion
from publicpool.rules import Spec, active_specs
from publicpool.services.rules import reorder_rules, save_rule, switch_rule
from tests.factories import make_customer

pytestmark = pytest.mark.django_db

TYPED = {"name_en": "Idle Germans", "name_zh": "", "kind": "idle", "days": "20", "countries": ["DE"]}


def data(days: int = 20, *, seen: int = 0, is_for_all: bool = False, **conditions) -> RuleData:
    return RuleData("Idle", "", Spec("idle", days, **conditions), is_for_all, seen)


@pytest.fixture
def germans(root, now):
    return save_rule(rule=None, data=data(countries=("DE",)), by=root, now=now)


def test_a_rule_is_made_switched_off_and_stands_last(root, germans):
    assert (germans.is_active, germans.version) == (False, 1)
    assert ReclaimRule.objects.order_by("position").last() == germans
    version = germans.versions.get()
    assert (version.made_by, version.is_active, version.data["countries"]) == (root, False, ["DE"])
    assert active_specs() == ()


def test_each_change_of_meaning_and_each_switch_is_a_version(root, germans, now):
    save_rule(rule=germans, data=data(30, countries=("DE",), seen=1), by=root, now=now)
    switch_rule(rule=germans, is_active=True, by=root, now=now)
    switch_rule(rule=germans, is_active=True, by=root, now=now)
    renamed = RuleData("Idle in Germany", "德国", Spec("idle", 30, countries=("DE",)), seen=3)
    save_rule(rule=germans, data=renamed, by=root, now=now)
    germans.refresh_from_db()
    assert (germans.version, germans.name_zh) == (3, "德国")
    told = germans.versions.order_by("number").values_list("number", "data__days", "is_active")
    assert list(told) == [(1, 20, False), (2, 30, False), (3, 30, True)]
    assert [(one.rule_id, one.version, one.days) for one in active_specs()] == [(germans.pk, 3, 30)]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (data(), errors.RuleWithoutConditions),
        (data(is_for_all=True, grades=("A",)), errors.RuleWithConditionsForAll),
        (RuleData(" ", "", Spec("idle", 3), is_for_all=True), errors.RuleWithoutName),
    ],
)
def test_a_rule_without_conditions_must_say_that_it_is_for_all(root, now, wrong, error):
    with pytest.raises(error):
        save_rule(rule=None, data=wrong, by=root, now=now)
    save_rule(rule=None, data=data(is_for_all=True), by=root, now=now)


def test_who_saves_what_somebody_else_changed_is_told(root, germans, now):
    save_rule(rule=germans, data=data(30, countries=("DE",), seen=1), by=root, now=now)
    with pytest.raises(errors.RuleChangedMeanwhile):
        save_rule(rule=germans, data=data(10, countries=("DE",), seen=1), by=root, now=now)


def test_nobody_but_an_admin_touches_a_rule(alice, dana, germans, now):
    for person in (alice, dana):
        with pytest.raises(NotAllowed):
            save_rule(rule=germans, data=data(5, is_for_all=True, seen=1), by=person, now=now)
        with pytest.raises(NotAllowed):
            switch_rule(rule=germans, is_active=True, by=person, now=now)
        with pytest.raises(NotAllowed):
            reorder_rules(ids=[germans.pk], by=person)


def test_a_rule_that_lost_its_condition_takes_nobody_more(root, alice, now):
    """The tag it asked for was joined with another one: the rule must not widen to every customer."""
    tag = Tag.objects.create(name="Fair")
    made = save_rule(rule=None, data=data(tags=(tag.pk,)), by=root, now=now)
    switch_rule(rule=made, is_active=True, by=root, now=now)
    gone = tag.pk
    tag.delete()
    (spec,) = active_specs()
    assert spec.tags == (gone,)
    ReclaimRuleVersion.objects.filter(rule=made).delete()
    assert active_specs() == ()
    switch_rule(rule=made, is_active=False, by=root, now=now)
    ReclaimRuleVersion.objects.filter(rule=made).delete()
    with pytest.raises(errors.RuleWithoutConditions):
        switch_rule(rule=made, is_active=True, by=root, now=now)


def test_the_order_decides_and_can_be_changed(root, germans):
    others = list(ReclaimRule.objects.exclude(pk=germans.pk).order_by("position"))
    reorder_rules(ids=[germans.pk], by=root)
    assert list(ReclaimRule.objects.order_by("position", "pk")) == [germans, *others]


# --- pages ----------------------------------------------------------------------------------------------


def test_everybody_reads_the_rules_in_plain_words(signed_in, alice, germans, statements):
    client = signed_in(alice)
    page = client.get("/pool/rules/").content.decode()
    assert "nobody contacted the customer for 20 days" in page
    assert "Country: Germany" in page
    assert "/pool/rules/new/" not in page
    assert client.get(germans.get_absolute_url()).status_code == 200
    assert client.get("/pool/rules/new/").status_code == 403
    few = statements(lambda: client.get("/pool/rules/"))
    for n in range(10):
        ReclaimRule.objects.create(
            kind="idle", days=n + 1, is_for_all=True, created_at=germans.created_at, updated_at=germans.updated_at
        )
    assert statements(lambda: client.get("/pool/rules/")) == few


def test_an_admin_writes_previews_saves_and_switches_a_rule_on(signed_in, root, alice, now):
    make_customer(alice, "Müller GmbH", at=now.replace(year=2025))
    client = signed_in(root)
    seen = client.post("/pool/rules/new/", TYPED | {"preview": "1"})
    page = seen.content.decode()
    assert seen.status_code == 200
    assert "Müller GmbH" in page
    assert 'value="Idle Germans"' in page
    assert '<option value="DE" selected>' in page
    assert not ReclaimRule.objects.filter(name_en="Idle Germans").exists()
    answer = client.post("/pool/rules/new/", TYPED)
    made = ReclaimRule.objects.get(name_en="Idle Germans")
    assert answer.url == made.get_absolute_url()
    asked = client.get(f"{answer.url}switch/").content.decode()
    assert "<b>1 customer</b>" in asked
    assert "<b>1 person</b>" in asked
    assert not ReclaimRule.objects.filter(is_active=True).exists()
    ReclaimRule.objects.filter(pk=made.pk).update(version=2)  # somebody else was quicker
    late = client.post(f"{answer.url}switch/", {"to": "on", "seen": "1"})
    assert (late.status_code, "Somebody changed this rule meanwhile" in late.content.decode()) == (409, True)
    ReclaimRule.objects.filter(pk=made.pk).update(version=1)
    client.post(f"{answer.url}switch/", {"to": "on", "seen": "1"})
    made.refresh_from_db()
    assert made.is_active
    told = client.get(answer.url).content.decode()
    assert "<ins>The rule is on</ins>" in told
    client.post(f"{answer.url}edit/", TYPED | {"days": "25", "seen": "2", "countries": ["DE", "FR"]})
    told = client.get(answer.url).content.decode()
    assert "<ins>nobody contacted the customer for 25 days</ins>" in told
    assert "<ins>Country: Germany, France</ins>" in told


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "99999"}, "less than or equal to 3660"),
        ({"days": "soon"}, "whole number"),
        ({"kind": "nothing"}, "Select a valid choice"),
        ({"countries": []}, "Without a condition it takes every customer"),
        ({"is_for_all": "on"}, "either for every customer or has conditions"),
        ({"statuses": ["0"]}, "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"preview": "1"}])
def test_what_is_wrong_is_said_in_place_and_nothing_typed_is_lost(signed_in, root, wrong, said, more):
    answer = signed_in(root).post("/pool/rules/new/", TYPED | {"name_zh": "德国客户"} | wrong | more)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="德国客户"' in page
    assert not ReclaimRule.objects.filter(name_zh="德国客户").exists()


def test_a_rule_moves_up_and_down(signed_in, root, germans):
    client = signed_in(root)
    client.post(f"/pool/rules/{germans.pk}/move/", {"to": "up"})
    assert list(ReclaimRule.objects.order_by("position"))[-2] == germans
    assert client.post(f"/pool/rules/{germans.pk}/move/", {"to": "aside"}).status_code == 404
