"""One thing done to the selected customers: a form that says how many, then a result for each row."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core import jobs
from core.forms import Submitted
from core.pages.selection import kept_selection, selected

from .. import words
from ..bulk import IN_REQUEST, MOST_ROWS, apply
from ..bulk_forms import FORMS, BulkForm, FieldForm
from ..models import Customer
from ..registries import BULK_ACTS
from .listing import CustomerList
from .verbs import receivers

TITLES = {"tag": _("Tag"), "status": _("Change the status"), "field": _("Set a field"), "transfer": _("Transfer")}


@require_POST
def bulk(request: SignedInRequest, verb: str) -> HttpResponse:
    """First answer with the verb's form; sent with it (``go``), do it and answer with what became of each row."""
    more = BULK_ACTS.get(verb)
    if verb not in FORMS and more is None:
        raise Http404
    user = request.user
    ids = selected(request, CustomerList, MOST_ROWS)
    form, is_sent = make_form(request, verb)
    context: dict[str, Any] = {
        "title": more.label if more else TITLES[verb],
        "verb": verb,
        "form": form,
        "number": len(ids),
        "too_many": len(ids) > MOST_ROWS,
        "in_job": len(ids) > IN_REQUEST,
        "kept": kept_selection(request),
        "submission": Submitted(request).token,
        "next_step": isinstance(form, FieldForm) and form.asks_for_field,
        "is_last_step": isinstance(form, FieldForm) and not form.asks_for_field,
        "list_url": reverse("customers:list"),
    }
    if not is_sent or not ids or len(ids) > MOST_ROWS or not form.is_valid():
        return render(request, "customers/bulk.html", context, status=422 if form.errors else 200)
    values = form.values()
    if len(ids) <= IN_REQUEST:
        results = apply(verb, ids, values, user, now := timezone.now())
        refused = [one for one in results if one.refusal]
        done = [one.pk for one in results if not one.refusal]
        if more and more.done and done:
            more.done(request, done, now)
        seen = set(Customer.objects.visible_to(user).filter(pk__in=done).values_list("pk", flat=True))
        context |= {"results": results, "refused": refused, "done": len(done), "seen": seen}
        return render(request, "customers/bulk_result.html", context)

    def start() -> str:
        params = {"verb": verb, "ids": ids, "values": values}
        job = jobs.enqueue("customers.bulk", by=user, now=timezone.now(), params=params, total=len(ids))
        return reverse("core:job", args=[job.pk])

    context["job_url"] = Submitted(request).once(start)
    return render(request, "customers/bulk_result.html", context)


def make_form(request: SignedInRequest, verb: str) -> tuple[BulkForm, bool]:
    """The verb's form, and whether it was sent whole: a field and its value are asked for one after the other."""
    is_sent = "go" in request.POST and (verb != "field" or "value_asked" in request.POST)
    if verb in BULK_ACTS:
        return BULK_ACTS[verb].form(request.POST if is_sent else None, user=request.user), is_sent
    extra: dict[str, Any] = {}
    if verb == "transfer":
        extra["people"] = receivers(request.user)
    if verb == "field":
        extra |= words.defined() | {"field": request.POST.get("field", "")}
    return FORMS[verb](request.POST if is_sent else None, **extra), is_sent
