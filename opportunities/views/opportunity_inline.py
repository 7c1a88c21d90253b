"""Amount, expected close and next step, written in the row of the list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.tables import Reading

from ..forms.opportunities import AmountForm, ExpectedForm, NextStepForm
from ..models import Opportunity
from ..registries import NEXT_STEP
from ..services import update_opportunity
from ..tables.opportunities import OpportunityTable, today_of
from .opportunity_verbs import OpportunityVerb, with_relations

FORMS: dict[str, Any] = {"amount": AmountForm, "expected": ExpectedForm, "next_step": NextStepForm}
TITLES = {"amount": _("Amount"), "expected": _("Expected close"), "next_step": _("Next step")}


class InlinePage(OpportunityVerb):
    """One value of one row. To htmx the cell is answered, with its form or as it is now; else it is a page."""

    template_name = "opportunities/verb.html"

    def may(self, user: Any, record: Any) -> bool:
        return super().may(user, record) and record.is_open

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.what = kwargs["what"]
        if self.what not in FORMS or (self.what == "next_step" and "plan" not in NEXT_STEP):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def title(self) -> Any:  # type: ignore[override]
        return TITLES[self.what]

    def form(self, data: Any = None, files: Any = None) -> Any:
        deal = self.record
        first: dict[str, Any] = {"amount": deal.amount, "currency": deal.currency, "expected_on": deal.expected_on}
        if self.what == "amount":
            first["currency"] = first["currency"] or (deal.customer.currency if deal.customer else "")
            first["currency"] = first["currency"] or settings.BASE_CURRENCY
            first["amount"] = None if deal.amount is None else f"{deal.amount.normalize():f}"
            lines = list(deal.lines.all())
            is_sum = bool(lines) and all(None not in (line.quantity, line.price) for line in lines)
            return AmountForm(data, initial=first, is_sum=is_sum)
        return FORMS[self.what](data, initial=first)

    def save(self, form: Any) -> str:
        user, now, given = self.request.user, timezone.now(), form.cleaned_data
        if self.what == "next_step":
            on: date | None = given["on"]
            NEXT_STEP["plan"](self.record, given["title"], on, user, now)
        else:
            update_opportunity(opportunity=self.record, changes=given, by=user, now=now)
        return self.done_url()

    def get_queryset(self) -> QuerySet[Any]:
        return with_relations()

    def show(self, form: Any, status: int = 200, refusal: Any = None) -> HttpResponse:
        if not self.request.htmx:
            return super().show(form, status, refusal)
        context = {"form": form, "what": self.what, "record": self.record, "title": self.title}
        return render(self.request, "opportunities/_inline.html", context, status=status)

    def answer(self, form: Any) -> HttpResponse:
        response = super().answer(form)
        if self.request.htmx and response.status_code == 302:
            return HttpResponse(self.cell())
        return response

    def cell(self) -> str:
        """The cell as the list shows it now."""
        row: Opportunity = self.get_queryset().get(pk=self.record.pk)
        reading = Reading(self.request.user, timezone.now())
        reading.extra = {"today": today_of(reading)}
        return OpportunityTable(reading).all[self.what].cell(row, reading)
