"""How fast does a file come in through the importer, beside COPY and the bare statements for the same rows?"""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Max, Model
from django.utils import timezone

from accounts.models import User
from core import jobs
from core.importing import services
from core.importing.column_form import samples
from core.importing.mapping import suggest
from core.importing.readers import Shape, preview
from core.models import ImportRow, ImportRun
from core.registries import IMPORT_TARGETS
from customers.importing.judging import CustomerWork
from customers.models import (
    Contact,
    ContactPoint,
    Customer,
    CustomerName,
    Event,
    IdentityKey,
    OwnershipPeriod,
    Status,
    StatusChange,
)
from runner.console import say

from .client import WrongAnswer
from .figures import Figures
from .place import Place, memory_mb
from .stage import timed
from .writing import new_name

PAIRS = 3
HEAD = ("Company", "Country", "City", "Website", "Contact", "Email", "Phone")
# Of a hundred rows: firms that the database has already, which must be found and not entered again.
KNOWN = 5
# Names of which SQL makes the same key as the product: what it takes to read the others is the product's own affair.
PLAIN_NAME = r"^[A-Z][a-z]+( [A-Z][a-z]+)+ GmbH$"
# The second pass of a dry run, which compares names letter by letter, has a bar of its own and is timed on so many.
COMPARED = 1000


def imports(here: Place, rows: int) -> list[Figures]:
    """[import]: raw and product in turn, three pairs, each on the database as it was loaded.

    From the upload to the last row, with the exact conflict check; how fast names are compared stands in the note.
    """
    figures = Figures("import", f"{rows:,} rows, exact conflict check", 4.0, rows=rows, unit="s")
    lines = _lines(rows)
    for pair in range(PAIRS):
        connection.close()
        here.reset()
        raw = timed(lambda: _raw(lines)) / 1000
        connection.close()
        here.reset()
        with _watched() as sizes:
            product = timed(lambda: _write(_check(lines), len(lines))) / 1000
        figures.add(product, [raw])
        grown = sizes[-1] - sizes[len(sizes) // 4]
        figures.note = (
            f"raw {rows / raw:,.0f} rows/s, product {rows / product:,.0f}; memory {grown:+.0f} MB from a quarter on"
        )
        say(f"  import {pair + 1}: {figures.note}")
    connection.close()
    here.reset()
    compared = lines[:COMPARED]
    plain = timed(lambda: _check(compared)) / 1000
    figures.note += (
        f"; names compared {len(compared) / (timed(lambda: _check(compared, warns=True)) / 1000 - plain):,.0f}/s"
    )
    connection.close()
    return [figures]


def _lines(rows: int) -> list[tuple[str, ...]]:
    """Firms that nobody has, and some that are there."""
    random = Random("import")  # noqa: S311  no secret
    names = Customer.objects.filter(kind="company", country="DE", name__regex=PLAIN_NAME).order_by("pk")
    blocking = IdentityKey.objects.filter(kind="name", country="DE", is_blocking=True)
    keys = frozenset(blocking.values_list("value", flat=True))
    there = [name for name in names.values_list("name", flat=True) if _key(name) in keys]
    known = sorted(set(there[: rows * KNOWN // 100]))
    taken = set(known)
    lines: list[tuple[str, ...]] = []
    for number in range(rows - len(known)):
        while (name := new_name(random)) in taken:
            continue
        taken.add(name)
        domain = f"{name.split()[0].lower()}-{number}.example"
        contact = (f"Anna {name.split()[1]}", f"anna@{domain}", f"+4930{20_000_000 + number}")
        lines.append((name, "Germany", "Berlin", f"www.{domain}", *contact))
    lines += [(name, "Germany", "Berlin", "", "", "", "") for name in known]
    random.shuffle(lines)
    return lines


def _key(name: str) -> str:
    """As ``_raw`` makes it in SQL."""
    return "".join(filter(str.isalnum, name.removesuffix(" GmbH").lower())) + "|GmbH"


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Memory of this process in MB, looked at twice a second."""
    sizes, over = [memory_mb(os.getpid())], threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            sizes.append(memory_mb(os.getpid()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield sizes
    finally:
        over.set()
        watcher.join()


def _check(lines: Sequence[tuple[str, ...]], warns: bool = False) -> ImportRun:
    """The file from its upload to the end of the dry run, as a person and the worker do it.

    ``warns``: with the comparison of names.
    """
    now, by = timezone.now(), User.objects.get(username="alice")
    target = IMPORT_TARGETS["customers"]
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *lines])
    upload = SimpleUploadedFile("bench.csv", text.getvalue().encode())
    run = services.start_run(target=target, upload=upload, by=by, now=now)
    shape = Shape.from_json(run.shape)
    seen = preview(run.path, shape, n=50)
    columns = [samples(seen, place) for place in range(shape.columns)]
    mapping = [{"field": key} for key in suggest(target.fields(by), seen.headers, columns)]
    services.confirm_shape(run=run, shape=shape, headers=seen.headers, mapping=mapping, by=by)
    services.confirm_mapping(run=run, mapping=mapping, options={}, by=by, now=now)
    with mock.patch.object(CustomerWork, "warns", warns):
        jobs.run_due(timezone.now)
    return ImportRun.objects.get(pk=run.pk)


def _write(run: ImportRun, rows: int) -> None:
    """Write what was found new. Raises WrongAnswer."""
    services.start_writing(run=run, by=run.created_by, now=timezone.now())
    jobs.run_due(timezone.now)
    made = run.rows.filter(outcome=ImportRow.Outcome.MADE).count()
    if made != run.counts["new"] or made < rows * (100 - KNOWN) // 100:
        raise WrongAnswer(f"Of {rows:,} rows only {made:,} came in")


# --- raw ----------------------------------------------------------------------------------------------


@transaction.atomic
def _raw(lines: Sequence[tuple[str, ...]]) -> None:
    """COPY, normalise, look for the keys, insert: set-based, with all constraints, indexes, ledger and periods.

    The rows are those that the product writes for these lines, so that both fill the same indexes.
    """
    by, status = User.objects.get(username="alice").pk, Status.objects.get(key="potential").pk
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE raw (line int, name text, country text, city text, website text, person text,"
            " email text, phone text, wide text, key text) ON COMMIT DROP"
        )
        with cursor.copy("COPY raw (line, name, country, city, website, person, email, phone) FROM STDIN") as copy:
            for number, (name, _country, *rest) in enumerate(lines, 1):
                copy.write_row((number, name, "DE", *rest))
        bare = _plain("regexp_replace(name, ' GmbH$', '')")
        cursor.execute(f"UPDATE raw SET wide = {bare}")  # noqa: S608  our own
        cursor.execute("UPDATE raw SET key = wide || '|GmbH'")
        cursor.execute(
            "DELETE FROM raw USING customers_identitykey k WHERE k.kind = 'name' AND k.country = raw.country"
            " AND k.is_blocking AND k.value = raw.key"
        )
        same = {"owner_id": f"{by}", "customer_id": f"{_last(Customer)} + line", "by_id": f"{by}"}
        texts = {
            "search_text": f"concat_ws(' ', {', '.join(map(_plain, ('name', 'person', 'website', 'email', 'phone')))})",
            "search_public": _plain("name"),
        }
        dates = dict.fromkeys(("status_at", "owned_since", "idle_since", "created_at", "updated_at"), "now()")
        who = {"owner_id": f"{by}", "created_by_id": f"{by}", "status_id": f"{status}"}
        plain = {name: name for name in ("name", "country", "city", "website")}
        _insert(cursor, Customer, {"id": same["customer_id"], **plain, **texts, **dates, **who})
        held = {"customer_id": same["customer_id"]}
        _insert(
            cursor,
            CustomerName,
            {**held, "name": "name", "country": "country", "is_main": "true", "created_at": "now()"},
        )
        period = {"id": f"{_last(OwnershipPeriod)} + line", "owner_id": f"{by}", "by_id": f"{by}"}
        _insert(cursor, OwnershipPeriod, {**held, **period, "started_at": "now()", "reason": "'imported'"})
        _insert(cursor, StatusChange, {**held, "after_id": f"{status}", "by_id": f"{by}", "at": "now()"})
        about = {"target_label": "'customers.ownershipperiod'", "target_id": period["id"]}
        about["payload"] = f"jsonb_build_object('owner', {by})"
        _insert(cursor, Event, {**held, **about, "kind": "'customer.imported'", "at": "now()", "by_id": f"{by}"})
        person = {"id": f"{_last(Contact)} + line"}
        _insert(cursor, Contact, {**held, **person, "name": "person", "is_primary": "true", "created_at": "now()"})
        for kind in ("email", "phone"):
            point = {"kind": f"'{kind}'", "value": kind, "normal": kind, "contact_id": person["id"]}
            _insert(cursor, ContactPoint, {**held, **point})
        key = {**held, "name_shown": "name", "owner_id": f"{by}", "target_id": same["customer_id"]}
        of_header = {**key, "target_label": "'customers.customername'", "country": "country"}
        of_customer = {**key, "target_label": "'customers.customer'"}
        _insert(cursor, IdentityKey, {**of_header, "kind": "'name'", "value": "key", "is_blocking": "true"})
        _insert(cursor, IdentityKey, {**of_header, "kind": "'like'", "value": "wide", "grams": GRAMS})
        for kind, value in (("mail", "email"), ("phone", "phone")):
            _insert(cursor, IdentityKey, {**of_customer, "kind": f"'{kind}'", "value": value})


# Each three neighbouring letters of a name, its ends marked.
GRAMS = (
    "(SELECT array_agg(DISTINCT substr(marked, place, 3)) FROM (SELECT '^' || wide || '$' AS marked) AS ends,"
    " generate_series(1, length(wide)) AS place)"
)


def _plain(text: str) -> str:
    """SQL for letters and digits only, in lower case."""
    return f"lower(regexp_replace({text}, '[^[:alnum:]]+', '', 'g'))"


def _last(model: type[Model]) -> int:
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0


def _insert(cursor: Any, model: type[Model], columns: dict[str, str]) -> None:
    """Insert a row for each line of the file; columns that are not named get what the model gives them."""
    values, given = dict(columns), []
    for field in model._meta.concrete_fields:
        if field.attname not in values and not field.primary_key and not field.null:
            values[field.attname] = "%s"
            given.append(field.get_db_prep_save(field.get_default(), connection))
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM raw",  # noqa: S608
        given,
    )
