"""Colleagues write to each other on a customer's page: who is told, who may correct, what deleting leaves."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import Notification
from accounts.notices import lines_of
from core.exceptions import NotAllowed
from customers.models import Note
from customers.services import (
    add_collaborator,
    add_note,
    archive_customer,
    delete_note,
    edit_note,
    remove_collaborator,
    transfer_customer,
)
from customers.services.errors import CustomerIsArchived
from customers.services.notes import NoteIsEmpty, NoteIsGone, mentioned
from tests.factories import make_customer, make_user
from tests.refusals import refused, untouched

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(alice):
    return make_customer(alice, "Acme GmbH")


def told() -> set[tuple[str, str]]:
    return {(notice.kind, notice.recipient.username) for notice in Notification.objects.all()}


def test_written(customer, alice, now):
    before = customer.idle_since
    note = add_note(customer=customer, body="  Wants 5,000 pieces.\nCall on Monday. ", by=alice, now=now)

    assert (note.body, note.author, note.created_at) == ("Wants 5,000 pieces.\nCall on Monday.", alice, now)
    event = customer.events.first()
    assert (event.kind, event.by, event.target_label, event.target_id) == (
        "note.added",
        alice,
        "customers.note",
        note.pk,
    )
    assert event.payload == {}
    customer.refresh_from_db()
    assert (customer.last_followed_at, customer.idle_since) == (None, before)  # a note is no contact
    with refused(NoteIsEmpty, field="body"):
        add_note(customer=customer, body=" \n ", by=alice, now=now)


def test_only_people_who_may_see_the_customer_are_mentioned(customer, alice, bob, charlie, dana, root, now):
    note = add_note(customer=customer, body="@bob @charlie @dana @root @alice @nobody", by=alice, now=now)
    assert {person.username for person in note.mentions.all()} == {"dana", "root", "alice"}
    assert told() == {("mention", "dana"), ("mention", "root")}  # and nobody tells oneself
    assert Notification.objects.filter(mail_state="due").count() == 2


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@dana please look", ["dana"]),
        ("(@Dana), @BOB.", ["dana", "bob"]),
        ("请@dana看一下，再问@王芳。", ["dana", "王芳"]),
        ("＠dana", ["dana"]),
        ("@王芳看一下", ["王芳"]),
        ("@dana-lee and @dana.", ["dana-lee", "dana"]),
        ("dana@dana.example, mail.@bob, x/@bob, @@bob", []),
        ("@danae @dan @bob2", []),
        ("", []),
    ],
)
def test_whom_a_text_names(cast, body, names):
    make_user("dana-lee")
    make_user("王芳", email="wf@example.com")
    make_user("bob2", is_active=False)
    assert {person.username for person in mentioned(body, cast["alice"])} == set(names)


def test_a_mention_is_read_only_while_its_customer_is_seen(customer, alice, charlie, now):
    add_collaborator(customer=customer, user=charlie, role="collaborator", by=alice, now=now)
    note = add_note(customer=customer, body="@charlie the secret is 42", by=alice, now=now)
    notices = list(Notification.objects.filter(kind="mention", recipient=charlie))

    line = lines_of(notices, charlie)[0].line
    assert "Acme GmbH" in line.title
    assert "42" in line.text
    assert line.url.endswith(f"#note-{note.pk}")
    remove_collaborator(customer=customer, user=charlie, by=alice, now=now)
    assert lines_of(notices, charlie)[0].line is None


def test_edited(customer, alice, dana, root, now):
    note = add_note(customer=customer, body="@dana first", by=alice, now=now)
    edit_note(note=note, body=" @dana @root second ", by=alice, now=now)

    note.refresh_from_db()
    assert (note.body, note.edited_at) == ("@dana @root second", now)
    assert told() == {("mention", "dana"), ("mention", "root")}
    assert Notification.objects.filter(mail_state="due").count() == Notification.objects.count() == 2  # dana once
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM customers_notehistory WHERE pgh_obj_id = %s", [note.pk])
        assert cursor.fetchall() == [("@dana first",)]
    with untouched():
        edit_note(note=note, body="@dana @root second", by=alice, now=now)
    with refused(NoteIsEmpty, field="body"):
        edit_note(note=note, body=" ", by=alice, now=now)


def test_a_deleted_note_is_shown_to_nobody_and_kept(customer, alice, dana, root, now):
    note = add_note(customer=customer, body="@dana nonsense", by=alice, now=now)
    delete_note(note=note, by=alice, now=now)

    for person in (alice, dana, root):
        assert not Note.objects.visible_to(person).exists()
    assert lines_of(list(Notification.objects.all()), dana)[0].line is None
    note.refresh_from_db()
    assert (note.body, note.deleted_at) == ("@dana nonsense", now)
    event = customer.events.first()
    assert (event.kind, event.target_id) == ("note.deleted", note.pk)
    with untouched():
        delete_note(note=note, by=alice, now=now)
    with refused(NoteIsGone):
        edit_note(note=note, body="new", by=alice, now=now)


def test_who_may(customer, alice, bob, charlie, dana, root, now):
    note = add_note(customer=customer, body="mine", by=alice, now=now)
    for person in (charlie, bob):
        with refused(NotAllowed):
            add_note(customer=customer, body="x", by=person, now=now)
        with refused(NotAllowed):
            delete_note(note=note, by=person, now=now)
    add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)
    with refused(NotAllowed):
        delete_note(note=note, by=bob, now=now)
    for person in (bob, dana, root):  # nobody puts words into another's mouth
        with refused(NotAllowed):
            edit_note(note=note, body="x", by=person, now=now)
        add_note(customer=customer, body="x", by=person, now=now)
    delete_note(note=note, by=dana, now=now)


def test_an_author_who_sees_it_no_more_changes_nothing(customer, alice, bob, dana, root, now):
    note = add_note(customer=customer, body="mine", by=alice, now=now)
    other = add_note(customer=customer, body="mine too", by=alice, now=now)
    transfer_customer(customer=customer, to=bob, by=dana, now=now)
    with refused(NotAllowed):
        edit_note(note=note, body="x", by=alice, now=now)
    with refused(NotAllowed):
        delete_note(note=note, by=alice, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    for verb in (
        lambda: add_note(customer=customer, body="x", by=root, now=now),
        lambda: edit_note(note=note, body="x", by=alice, now=now),
        lambda: delete_note(note=other, by=root, now=now),
    ):
        with refused(CustomerIsArchived):
            verb()
