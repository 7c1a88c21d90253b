"""Is a form that is sent twice done once, and is what people type cleaned before anybody stores it?"""

from __future__ import annotations

import uuid

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from core.exceptions import DomainError
from core.forms import Form, Submitted, refuse
from core.models import SavedView, Submission
from tests.together import at_once

TOKEN = str(uuid.UUID(int=7))


def submitted(user, token: str = TOKEN) -> Submitted:
    request = RequestFactory().post("/", {"submission": token})
    request.user = user
    return Submitted(request)


def make(user, now) -> str:
    view = SavedView.objects.create(page="p", owner=user, name=str(uuid.uuid4()), created_at=now)
    return f"/views/{view.pk}/"


@pytest.mark.django_db
class TestSentTwice:
    def test_a_replay_makes_one_record_and_leads_to_it(self, alice, now):
        first = submitted(alice).once(lambda: make(alice, now))
        assert submitted(alice).once(lambda: make(alice, now)) == first
        assert SavedView.objects.count() == 1

    def test_another_form_makes_another_record(self, alice, now):
        first = submitted(alice).once(lambda: make(alice, now))
        assert submitted(alice, str(uuid.uuid4())).once(lambda: make(alice, now)) != first

    def test_nobody_is_led_to_what_somebody_else_made_with_the_same_token(self, alice, charlie, now):
        first = submitted(alice).once(lambda: make(alice, now))
        assert submitted(charlie).once(lambda: make(charlie, now)) != first

    def test_what_was_refused_may_be_sent_again(self, alice, now):
        def fail() -> str:
            raise DomainError("no")

        with pytest.raises(DomainError):
            submitted(alice).once(fail)
        assert not Submission.objects.exists()
        assert submitted(alice).once(lambda: make(alice, now)).startswith("/views/")

    @pytest.mark.parametrize("token", ["", "no-uuid", "\0", "9" * 5000])
    def test_a_broken_token_is_as_good_as_a_new_one(self, alice, now, token):
        assert submitted(alice, token).once(lambda: make(alice, now)).startswith("/views/")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_record(alice, now):
    urls = at_once([lambda: submitted(alice).once(lambda: make(alice, now))] * 5)
    assert len(set(urls)) == 1
    assert SavedView.objects.count() == 1


class Typed(Form):
    line = forms.CharField()
    lines = forms.CharField(widget=forms.Textarea)


def test_invisible_and_reordering_characters_are_gone():
    form = Typed(QueryDict("line=ab%00c%E2%80%AEgpj&lines=a%0D%0Ab"))
    assert form.is_valid()
    assert form.cleaned_data == {"line": "abcgpj", "lines": "a\nb"}


def test_a_refusal_stands_at_its_field_or_above_the_form():
    form = Typed(QueryDict("line=a&lines=b"))
    assert form.is_valid()
    refuse(form, DomainError("taken", field="line"))
    refuse(form, DomainError("closed", field="nowhere"))
    assert (form.errors["line"], form.non_field_errors()) == (["taken"], ["closed"])
