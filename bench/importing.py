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


def imports(here: Place, rows: int) -> list[Figures]:
    """[import]: raw and product in turn, three pairs, each on the database as it was loaded."""
    figures = Figures("import", f"{rows:,} rows, exact conflict check", 4.0, rows=rows, unit="s")
    lines = _lines(rows)
    for pair in range(PAIRS):
        connection.close()
        here.reset()
        raw = timed(lambda: _raw(lines)) / 1000
        connection.close()
        here.reset()
        with _watched() as sizes:
            product = timed(lambda: _through_importer(lines)) / 1000
        figures.add(product, [raw])
        grown = sizes[-1] - sizes[len(sizes) // 4]
        figures.note = (
            f"raw {rows / raw:,.0f} rows/s, product {rows / product:,.0f}; memory {grown:+.0f} MB from a quarter on"
        )
        say(f"  import {pair + 1}: {figures.note}")
    connection.close()
    return [figures]


def _lines(rows: int) -> list[tuple[str, ...]]:
    """Firms that nobody has, and some that are there."""
    random = Random("import")  # noqa: S311  no secret
    known = list(
        Customer.objects.filter(kind="company", country="DE").values_list("name", flat=True)[: rows * KNOWN // 100]
    )
    taken = set(known)
    lines: list[tuple[str, ...]] = []
    for number in range(rows - len(known)):
        while (name := new_name(random)) in taken:
            continue
        taken.add(name)
        domain = f"{name.split()[0].lower()}-{number}.example"
        contact = (f"Anna {name.split()[1]}", f"anna@{domain}", f"+4930{number:08}")
        lines.append((name, "Germany", "Berlin", f"www.{domain}", *contact))
    lines += [(name, "Germany", "Berlin", "", "", "", "") for name in known]
    random.shuffle(lines)
    return lines


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


def _through_importer(lines: Sequence[tuple[str, ...]]) -> None:
    """The file from its upload to its last row, as a person and the worker do it. Raises WrongAnswer."""
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
    jobs.run_due(timezone.now)
    services.start_writing(run=run, by=by, now=now)
    jobs.run_due(timezone.now)
    made = ImportRun.objects.get(pk=run.pk).rows.filter(outcome=ImportRow.Outcome.MADE).count()
    if made < len(lines) * (95 - KNOWN) // 100:
        raise WrongAnswer(f"Of {len(lines):,} rows only {made:,} came in")


# --- raw ----------------------------------------------------------------------------------------------


@transaction.atomic
def _raw(lines: Sequence[tuple[str, ...]]) -> None:
    """COPY, normalise, look for the keys, insert: set-based, with all constraints, indexes, ledger and periods."""
    by, status = User.objects.get(username="alice").pk, Status.objects.get(key="potential").pk
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE raw (line int, name text, country text, city text, website text, person text,"
            " email text, phone text, key text) ON COMMIT DROP"
        )
        with cursor.copy("COPY raw (line, name, country, city, website, person, email, phone) FROM STDIN") as copy:
            for number, (name, _country, *rest) in enumerate(lines, 1):
                copy.write_row((number, name, "DE", *rest))
        cursor.execute("UPDATE raw SET key = lower(regexp_replace(name, '[^[:alnum:]]+', ' ', 'g'))")
        cursor.execute(
            "DELETE FROM raw USING customers_identitykey k WHERE k.kind = 'name' AND k.country = raw.country"
            " AND k.is_blocking AND k.value = raw.key"
        )
        same = {"owner_id": f"{by}", "customer_id": f"{_last(Customer)} + line", "by_id": f"{by}"}
        texts = {
            "search_text": "lower(concat_ws(' ', name, person, email, phone, website))",
            "search_public": "lower(name)",
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
        _insert(cursor, Event, {**held, **about, "kind": "'customer.imported'", "at": "now()", "by_id": f"{by}"})
        person = {"id": f"{_last(Contact)} + line"}
        _insert(cursor, Contact, {**held, **person, "name": "person", "is_primary": "true", "created_at": "now()"})
        for kind in ("email", "phone"):
            point = {"kind": f"'{kind}'", "value": kind, "normal": kind, "contact_id": person["id"]}
            _insert(cursor, ContactPoint, {**held, **point})
        key = {
            **held,
            "name_shown": "name",
            "owner_id": f"{by}",
            "target_label": "''",
            "target_id": same["customer_id"],
        }
        for kind, value in (("name", "key"), ("mail", "email"), ("phone", "phone"), ("domain", "website")):
            blocking = {"country": "country", "is_blocking": "true"} if kind == "name" else {}
            _insert(cursor, IdentityKey, {**key, "kind": f"'{kind}'", "value": value, **blocking})


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
