"""What do all forms share? Clean text, refusals at their field, and a token that makes sending twice harmless."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from .exceptions import DomainError
from .models import Submission
from .text import clean

TOKEN_FIELD = "submission"  # noqa: S105  no secret: it only tells one filled form from another


class CleanText:
    """A mixin: text comes without characters that reorder, hide or break (core.text.clean)."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(cleaned_data(data), *args, **kwargs)  # type: ignore[call-arg]  # a form follows


class Form(CleanText, forms.Form):
    """A plain form of this product."""


class ModelForm(CleanText, forms.ModelForm):
    """A model form of this product. It validates; a service writes."""


def cleaned_data(data: Any) -> Any:
    """A copy of submitted data with each text cleaned; None and other mappings pass as they are."""
    if not isinstance(data, QueryDict):
        return data
    copy = data.copy()
    for name, values in copy.lists():
        copy.setlist(name, [clean(value, newlines=True) if isinstance(value, str) else value for value in values])
    return copy


def refuse(form: Any, refusal: DomainError) -> None:
    """Show a service's refusal at its field, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))


class Submitted:
    """The token of the form in a request: a replay of the same form returns the first result."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        try:
            self.token = uuid.UUID(request.POST.get(TOKEN_FIELD, ""))
        except ValueError:
            self.token = uuid.uuid4()

    def once(self, save: Callable[[], str]) -> str:
        """Do ``save`` in a transaction with the token; return its URL, or the first one on a replay.

        Two at once: the second waits for the first's commit, then finds its row.
        """
        user = self.request.user
        assert user.is_authenticated
        with transaction.atomic():
            row = self._claim(user.pk)
            if row.url and row.user_id == user.pk:
                return row.url
            row.url = save()
            row.save(update_fields=["url"])
        return row.url

    def _claim(self, user: int) -> Submission:
        """The token's row, new or of the first time, locked; one statement, as every form asks it."""
        (row,) = Submission.objects.raw(  # unscoped: a token, no record; its user is compared by the caller
            """
            INSERT INTO core_submission (token, user_id, url, created_at) VALUES (%s, %s, '', %s)
            ON CONFLICT (token) DO UPDATE SET token = excluded.token RETURNING *
            """,
            [self.token, user, timezone.now()],
        )
        return row
