"""What does the list of leads show to whom, how is it narrowed, and what is done to many at once?"""

from datetime import UTC, datetime, timedelta

import pytest

from core.models import CustomField
from customers.models import Source
from opportunities import services
from opportunities.models import DisqualifyReason, Lead
from opportunities.tables.leads import LeadTable
from tests.factories import make_lead

URL = "/leads/"


def names(answer) -> list[str]:
    return [row.record.company for row in answer.context["rows"]]


@pytest.fixture
def some(alice, bob, charlie, team):
    make_lead(alice, "Alpha")
    make_lead(bob, "Beta")
    make_lead(charlie, "Gamma")
    make_lead(None, "Waits", team=team)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("alice", {"Alpha"}),
        ("charlie", {"Gamma"}),
        ("dana", {"Alpha", "Beta", "Waits"}),
        ("root", {"Alpha", "Beta", "Gamma", "Waits"}),
    ],
)
def test_everybody_sees_their_own_and_managers_their_teams(some, cast, signed_in, who, sees):
    answer = signed_in(cast[who]).get(f"{URL}?view=all")
    assert set(names(answer)) == sees


def test_filters_narrow_it(alice, signed_in, now):
    source = Source.objects.create(name_en="Fair", name_zh="展会", key="fair-x")
    make_lead(alice, "Alpha", product="Hinges", source=source, asked_at=datetime(2026, 3, 1, tzinfo=UTC))
    late = make_lead(alice, "Beta", country="AT")
    Lead.objects.filter(pk=late.pk).update(next_task_title="Call", next_task_at=now - timedelta(days=30))
    spam = make_lead(alice, "Gamma", country="")
    services.disqualify_lead(lead=spam, reason=DisqualifyReason.objects.get(key="spam"), by=alice, now=now)
    client = signed_in(alice)
    for query, found in {
        "state=open": {"Alpha", "Beta"},
        "state=disqualified": {"Gamma"},
        f"source={source.pk}": {"Alpha"},
        "source=none": {"Beta", "Gamma"},
        "country=AT": {"Beta"},
        "country=none": {"Gamma"},
        "product=hing": {"Alpha"},
        "asked_after=2026-02-27&asked_before=2026-03-02": {"Alpha"},
        "next_step=late": {"Beta"},
        "next_step=none": {"Alpha"},
        "q=alph": {"Alpha"},
        "whose=nobody": set(),
        f"owner={alice.pk}": {"Alpha", "Beta", "Gamma"},
        "owner=none": set(),
        "contacted=never": {"Alpha", "Beta", "Gamma"},
    }.items():
        assert set(names(client.get(f"{URL}?m=1&{query}"))) == found, query


def test_own_fields_are_columns_and_filters(alice, signed_in):
    CustomField.objects.create(target="opportunities.lead", key="moq", kind="number", name_en="MOQ")
    make_lead(alice, "Alpha", custom={"moq": 500})
    make_lead(alice, "Beta", custom={"moq": 5})
    answer = signed_in(alice).get(f"{URL}?m=1&custom_moq_min=100&cols=custom_moq")
    assert names(answer) == ["Alpha"]
    assert "500" in answer.content.decode()


def test_thirty_rows_cost_what_one_costs_and_weigh_little(alice, signed_in, statements):
    client = signed_in(alice)
    make_lead(alice, message="We look for 5,000 hinges. " * 200)
    client.get(URL)
    every = f"{URL}?m=1&cols={','.join(column.key for column in LeadTable.columns)}"
    one, one_every = statements(lambda: client.get(f"{URL}?m=1")), statements(lambda: client.get(every))
    for _number in range(29):
        make_lead(alice, message="We look for 5,000 hinges. " * 200, person="Roland Mendel", product="Hinges")
    assert statements(lambda: client.get(f"{URL}?m=1")) == one == 12
    assert statements(lambda: client.get(every)) == one_every
    for _number in range(20):
        make_lead(alice, message="We look for 5,000 hinges. " * 200, person="Roland Mendel", product="Hinges")
    assert len(client.get(f"{URL}?m=1").content) < 60_000


# --- many at once ----------------------------------------------------------------------------------------


def test_a_manager_gives_many_away_and_each_row_says_what_became_of_it(some, dana, bob, charlie, signed_in):
    client = signed_in(dana)
    ids = list(Lead.objects.order_by("company").values_list("pk", flat=True))
    asked = client.post("/leads/bulk/assign/", {"pk": ids})
    assert "3 leads" in asked.content.decode()
    done = client.post("/leads/bulk/assign/", {"pk": ids, "go": "1", "to": bob.pk})
    assert done.context["done"] == 2
    assert done.context["refused"] == 1
    assert Lead.objects.filter(owner=bob).count() == 3
    assert Lead.objects.get(company="Gamma").owner == charlie
    wrong = client.post("/leads/bulk/assign/", {"pk": ids, "go": "1", "to": charlie.pk})
    assert wrong.status_code == 422


def test_all_that_the_filter_shows_can_be_disqualified(some, alice, signed_in):
    reason = DisqualifyReason.objects.get(key="spam")
    data = {"all": "1", "query": "state=new", "go": "1", "reason": reason.pk, "words": ""}
    done = signed_in(alice).post("/leads/bulk/disqualify/", data)
    assert done.context["done"] == 1
    assert list(Lead.objects.filter(state="disqualified").values_list("company", flat=True)) == ["Alpha"]


def test_archiving_many_is_the_managers(some, alice, dana, signed_in):
    ids = list(Lead.objects.values_list("pk", flat=True))
    refused = signed_in(alice).post("/leads/bulk/archive/", {"pk": ids, "go": "1"})
    assert (refused.context["done"], refused.context["refused"]) == (0, 1)
    assert signed_in(dana).post("/leads/bulk/archive/", {"pk": ids, "go": "1"}).context["done"] == 3
    assert set(Lead.objects.filter(archived_at=None).values_list("company", flat=True)) == {"Gamma"}
    assert signed_in(dana).post("/leads/bulk/nothing/", {"pk": ids}).status_code == 404
