"""Does every number of the board open its rows: as many as it says, where it counts; some, where it is an amount?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone, translation

from communications.models import Answer, Communication
from core.pages.listing import ListPage
from customers.models import Customer
from followups.models import Task
from opportunities.figures.cells import BASE, COUNT, HOURS, Cell
from opportunities.models import Opportunity, Order, Rhythm
from reports.questions import questions_for
from reports.questions.headline import headline

from .board_sums import Question

# Whom a row of each list is counted for.
WHOSE = {Opportunity: "owner", Order: "seller", Customer: "owner", Communication: "author", Task: "assignee",
         Rhythm: "customer__owner"}  # fmt: skip


def links_that_lie(question: Question, client: Client) -> list[str]:
    """Each number whose rows are others than it says; ``client`` is its reader's. Time must stand at the question's.

    Lists are asked through the page's own class, the first of each table as a page, and what is no list always.
    """
    # Days of lists are the reader's, those of figures the firm's: they agree for readers who live by its clock.
    with translation.override("en"), timezone.override(settings.BUSINESS_ZONE):
        found, pages = [], set[str]()
        for where, cell in linked(question):
            path = urlsplit(cell.url).path
            if (rows := in_list(question, cell.url)) is None or (where.split(",")[0] + path) not in pages:
                pages.add(where.split(",")[0] + path)
                answer = client.get(cell.url)
                assert answer.status_code == 200, (cell.url, answer.status_code)
                rows = on_page(client, answer, cell) if rows is None else rows
            if rows != cell.value if cell.kind == COUNT else rows <= 0:
                found.append(
                    f"{question.user} {question.scope} {question.period} {where}: {cell.value}, {rows} at {cell.url}"
                )
        return found


def linked(question: Question) -> list[tuple[str, Cell]]:
    """Every count or amount that opens something, with where it stands."""
    asked = question.asked
    found = [(f"headline, {one.label}", one.cell) for one in headline(asked)]
    for key, one in questions_for(question.user).items():
        sheet = one.sheet(asked)
        for row in sheet.rows:
            heads = (str(label) for label, _kind in sheet.headers)
            found += [
                (f"{key}, {row.cells[0].value}, {head}", cell) for head, cell in zip(heads, row.cells, strict=True)
            ]
    return [(where, cell) for where, cell in found if cell.url and cell.value and cell.kind in (COUNT, BASE, HOURS)]


def in_list(question: Question, url: str) -> int | None:
    """How many rows a list page has there; None for what is no list page."""
    parts = urlsplit(url)
    page = getattr(resolve(parts.path).func, "view_class", None)
    if page is None or not issubclass(page, ListPage):
        return None
    request: Any = RequestFactory().get(url)
    request.user = question.user
    shown = page.of_address(request, parts.query)
    rows = shown.get_queryset()
    if page.model in (Communication, Order, Answer):
        # Rules: a customer that changed hands since may hide some. They are counted here too.
        rows = page.model._default_manager.all()
        rows = rows.filter(deleted_at=None) if page.model is Communication else rows
    filters = shown.make_filters(rows)
    assert filters.form.is_valid(), (url, filters.form.errors)
    # A word that the list does not know is passed over: the list is too long, but of an amount nobody would see it.
    fields = filters.form.fields.items()
    ranges = {f"{name}_{end}" for name, field in fields for end in getattr(field.widget, "suffixes", ())}
    unknown = {*QueryDict(parts.query)} - {*filters.form.fields} - ranges - {"m", "cols", "sort"}
    if unknown:
        return -1
    found = filters.qs.distinct()
    # Nor has it rows of people who are not counted, or of nobody.
    whose = WHOSE.get(page.model)
    strange = whose and found.exclude(**{f"{whose}__in": question.values["people"]}).exists()
    return -1 if strange else found.count()


def on_page(client: Client, answer: Any, cell: Cell) -> int:
    """How many rows another page has; a page of sums (targets, kept forecasts) opens for what it says itself."""
    context = answer.context
    if "sections" in context and "kind" in context:  # what changed: a deal may have moved twice
        deals = set[int]()
        while True:
            deals |= {line["deal"].pk for *_of, lines in context["sections"] for line in lines}
            if not context["page"].next:
                return len(deals)
            context = client.get(f"{urlsplit(cell.url).path}{context['page'].next}").context
    if kind := turns_passed(cell.url):  # one decision may pass several turns of one member
        passed, path = 0, urlsplit(cell.url).path
        while True:
            passed += sum(
                [turn[0], str(turn[4])] == kind for row in context["page"].rows for turn in row.data["passed"]
            )
            if not context["page"].next:
                return passed
            context = client.get(f"{path}{context['page'].next}").context
    if "page" in context:
        # The page says of itself how many rows its reader does not see.
        return context["page"].count.number + context.get("hidden", 0)
    return int(cell.kind == BASE or str(replace(cell, url="").drawn) in answer.content.decode()) * cell.value


def turns_passed(url: str) -> list[str]:
    """Which effect and member a link to a rotation's ledger is about, where it asks for turns and not for decisions."""
    asked = QueryDict(urlsplit(url).query)
    return [asked["kind"], asked["person"]] if asked.get("kind") in ("skipped", "owed") else []
