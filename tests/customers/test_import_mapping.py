"""Can columns be divided, joined, replaced, made up and made into new fields, and is all of it remembered?"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import jobs
from core.importing import columns, own_fields
from core.importing.mapping import suggest
from core.models import CustomField, ImportRun
from customers.importing.fields import all_fields
from customers.inputs import ContactData, CustomerData
from customers.models import Contact, Customer, Source
from customers.services import create_customer
from tests.customers.test_import import broken_promises

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(alice, signed_in):
    """Upload as a person does, and answer the page of columns; returns the answer and the run."""

    def bring(text: str, who: Any = None, **answers: Any) -> tuple[Any, ImportRun]:
        client = signed_in(who or alice)
        client.post("/imports/new/customers/", {"file": SimpleUploadedFile("list.csv", text.encode())})
        run = ImportRun.objects.latest("pk")
        client.post(f"/imports/{run.pk}/reading/")
        run.refresh_from_db()
        fields = {f"field_{place}": entry["field"] for place, entry in enumerate(run.mapping)}
        answer = client.post(f"/imports/{run.pk}/columns/", fields | answers)
        if answer.status_code == 302:
            jobs.run_due(timezone.now)
            client.post(f"/imports/{run.pk}/write/")
            jobs.run_due(timezone.now)
        run.refresh_from_db()
        return answer, run

    return bring


@pytest.mark.parametrize(
    ("text", "by", "parts"),
    [
        ("Jo Doe / Acme GmbH", "slash", ["Jo Doe", "Acme GmbH"]),
        ("Jo Doe (Acme GmbH)", "bracket", ["Jo Doe", "Acme GmbH"]),
        ("德国，汉堡", "comma", ["德国", "汉堡"]),
        ("A, B, C, D", "comma", ["A", "B, C, D"]),
        ("Hamburg - Germany", "dash", ["Hamburg", "Germany"]),
        ("Vogel, Karl", columns.LAST_FIRST, ["Karl Vogel"]),
        ("Karl Vogel", columns.LAST_FIRST, ["Karl Vogel"]),
        ("one", "semicolon", ["one"]),
    ],
)
def test_a_cell_is_divided(text, by, parts):
    assert columns.divided(text, by, 2) == parts


def test_one_column_feeds_several_fields(bring):
    text = "Who,Place\nJo Doe / Acme GmbH,Hamburg - Germany\n,\n"
    answer, run = bring(
        text,
        field_0="split", by_0="slash", part0_0="contact.name", part1_0="name",
        field_1="split", by_1="dash", part0_1="city", part1_1="country",
    )  # fmt: skip
    assert answer.status_code == 302
    assert run.written == {"made": 1}
    firm = Customer.objects.get()
    assert (firm.name, firm.city, str(firm.country)) == ("Acme GmbH", "Hamburg", "DE")
    assert Contact.objects.get().name == "Jo Doe"


def test_first_and_last_names_are_joined_by_themselves(bring):
    _answer, run = bring("Company,Country,First Name,Last Name\nAcme GmbH,Germany,Karl,Vogel\n")
    assert [entry["field"] for entry in run.mapping] == ["name", "country", "contact.name", "contact.name"]
    _answer, run = bring("公司,国家,姓,名\n深圳华强,中国,王,小明\n")
    assert set(Contact.objects.values_list("name", flat=True)) == {"Karl Vogel", "王小明"}


def test_words_of_taiwan_are_known(bring):
    _answer, run = bring(
        "公司名稱,統一編號,國家,聯絡人,職稱,行動電話,電子信箱\n遠東貿易,,臺灣,林一,經理,+886 912 345 678,a@b.tw\n"
    )
    keys = ["name", "code", "country", "contact.name", "contact.title", "contact.mobile", "contact.email"]
    assert [entry["field"] for entry in run.mapping] == keys


def test_several_columns_as_several_values_or_joined(bring, alice):
    text = "Company,Country,Street 1,Street 2,Tag,Tag 2\nAcme GmbH,Germany,Weg 1,Tor 2,a,b\n"
    answer, _run = bring(
        text, field_2="address", field_3="address", join_address="comma", field_4="tags", field_5="tags"
    )
    assert answer.status_code == 302
    firm = Customer.objects.get()
    assert firm.address == "Weg 1, Tor 2"
    assert set(firm.tags.values_list("name", flat=True)) == {"a", "b"}


def test_a_full_name_leaves_its_parts_alone():
    headers = ["Company", "Contact", "First name"]
    assert suggest(all_fields(), headers, [["A"], ["B"], ["C"]])[1:] == ["contact.name", ""]


def test_constants_fill_what_the_file_does_not_say(bring):
    text = "Company,City\nAcme GmbH,Ulm\nBeta GmbH,\n"
    _answer, run = bring(
        text, const_field_0="country", const_text_0="Germany", const_field_1="city", const_text_1="Bonn"
    )
    assert run.plan["constants"] == {"country": "Germany", "city": "Bonn"}
    assert set(Customer.objects.values_list("name", "country", "city")) == {
        ("Acme GmbH", "DE", "Ulm"), ("Beta GmbH", "DE", "Bonn")
    }  # fmt: skip


def test_values_are_replaced_by_the_words_that_are_known(bring, alice, signed_in):
    source = Source.objects.get(key="exhibition")
    text = "Company,Country,Source\nAcme GmbH,Vaterland,展会2024\nBeta GmbH,Germany,x\nGamma GmbH,Vaterland,\n"
    client = signed_in(alice)
    client.post("/imports/new/customers/", {"file": SimpleUploadedFile("list.csv", text.encode())})
    run = ImportRun.objects.get()
    client.post(f"/imports/{run.pk}/reading/")
    page = client.get(f"/imports/{run.pk}/columns/").content.decode()
    assert "not all understood" in page
    assert page.index("Vaterland</bdi>") < page.index("Germany</bdi>"), "what is not understood stands first"
    _answer, run = bring(text, value_1_0="Germany", value_2_0="-", value_2_1=source.name_en)
    assert run.mapping[1]["values"] == {"vaterland": "Germany"}
    assert set(Customer.objects.values_list("name", "country", "source__key", "remarks")) == {
        ("Acme GmbH", "DE", "exhibition", ""),
        ("Beta GmbH", "DE", None, ""),
        ("Gamma GmbH", "DE", None, ""),
    }


def test_how_numbers_are_written_can_be_corrected(bring):
    text = "Company,Country,Annual purchase\nAcme GmbH,Germany,1.234\nBeta GmbH,Germany,5.678\n"
    bring(text, decimal_2=",")
    assert sorted(map(int, Customer.objects.values_list("annual_purchase", flat=True))) == [1234, 5678]


def test_an_admin_makes_fields_on_the_way(bring, root, alice):
    text = "Company,Country,行业等级,Shoe size\nAcme GmbH,Germany,A类,44\nBeta GmbH,Germany,B类,45\n"
    new = {"field_2": "new:customers.customer", "name_2": "行业等级", "kind_2": "choice",
           "field_3": "new:customers.customer", "name_3": "Shoe size", "kind_3": "number"}  # fmt: skip
    answer, run = bring(text, alice, **new)
    assert answer.status_code == 422, "only admins define fields"
    assert not CustomField.objects.exists()
    answer, run = bring(text, root, **new)
    assert answer.status_code == 302
    assert set(CustomField.objects.values_list("key", "kind")) == {("hydj", "choice"), ("shoe_size", "number")}
    assert [entry["field"] for entry in run.mapping[2:]] == ["custom:hydj", "custom:shoe_size"]
    acme = Customer.objects.get(name="Acme GmbH")
    assert acme.custom["shoe_size"] == 44
    assert acme.custom["hydj"] in [one["key"] for one in CustomField.objects.get(key="hydj").options]


def test_keys_of_new_fields_are_free_and_plain():
    assert own_fields._key("Größe (cm)", "field") == "grosse_cm"
    assert own_fields._key("2024", "field") == "field_2024"
    assert own_fields._key("รหัส", "field").startswith("field")
    assert own_fields._free("a", {"a", "a_2"}) == "a_3"


def test_only_chosen_fields_are_overwritten_and_undoing_brings_them_back(bring, alice, now):
    data = CustomerData(
        name="Old Ltd", country="GB", city="Leeds", region="Kent", contacts=[ContactData("Kay", title="Buyer")]
    )
    old = create_customer(data=data, by=alice, now=now)
    text = "Company,Country,City,Region,Contact,Job title\nOld Ltd,UK,York,Essex,Kay,Head\n"
    _answer, run = bring(text, overwrite=["city", "contact.title"])
    old.refresh_from_db()
    assert (old.city, old.region, Contact.objects.get().title) == ("York", "Kent", "Head")
    assert run.written == {"updated": 1}
    assert run.rows.get().before["fields"] == {"city": ["Leeds", "York"]}
    _answer, again = bring(text)
    assert again.mapping == run.mapping
    assert again.plan == {}, "each run decides anew"
    assert broken_promises() == {}


def test_choices_are_remembered_for_files_of_the_same_columns(bring, alice, signed_in):
    _answer, run = bring(
        "Firma X,Wo\nAcme GmbH,Ulm - Germany\n", field_0="name", field_1="split", by_1="dash", part0_1="city",
        part1_1="country", const_field_0="incoterm", const_text_0="FOB",
    )  # fmt: skip
    client = signed_in(alice)
    client.post(
        "/imports/new/customers/", {"file": SimpleUploadedFile("next.csv", b"Firma X,Wo\nB GmbH,Bonn - Germany\n")}
    )
    again = ImportRun.objects.latest("pk")
    client.post(f"/imports/{again.pk}/reading/")
    again.refresh_from_db()
    assert (again.mapping, again.plan) == (run.mapping, run.plan)


def test_looking_again_shows_what_a_choice_asks_for_and_keeps_nothing(alice, signed_in):
    client = signed_in(alice)
    client.post("/imports/new/customers/", {"file": SimpleUploadedFile("list.csv", b"A,B\nAcme,03/04/1980\n")})
    run = ImportRun.objects.get()
    client.post(f"/imports/{run.pk}/reading/")
    answer = client.post(
        f"/imports/{run.pk}/columns/", {"show": "1", "field_0": "split", "field_1": "contact.birthday"},
        headers={"hx-request": "true"},
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith("<form")
    for words in ("Divided at", "Part 3", "How are dates written?"):
        assert words in page
    run.refresh_from_db()
    assert run.check_job is None
