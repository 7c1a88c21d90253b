"""The pages of an import: upload, how it is read, what the columns mean, dry run, result; and the list of imports."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import jobs
from .exceptions import DomainError
from .forms import Submitted, refuse
from .ids import ids_of
from .importing import pages, services, undo
from .importing.column_form import ColumnsForm, samples
from .importing.downloads import error_lines, verdict_book, verdict_lines
from .importing.engine import targets_for
from .importing.forms import ShapeForm, UploadForm, asked_shape
from .importing.mapping import suggest
from .importing.readers import Shape, preview
from .importing.targets import Target
from .models import ImportRow, ImportRun
from .pages.gate import allow, get_visible_or_404
from .paging import Order, paginate
from .registries import IMPORT_TARGETS

if TYPE_CHECKING:
    from accounts.requests import SignedInRequest

PARTS = ("created_by", "check_job", "write_job", "undo_job")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNS_PER_PAGE = 25
ROWS_PER_PAGE = 50
SHOWN_LINES = 20
# So many lines decide how a column writes dates and numbers; a later line that differs is an error, never swapped.
SAMPLES = 20_000
show_or_send = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def imports(request: SignedInRequest) -> HttpResponse:
    """List the files a person brought in, finished or not; an admin sees everybody's."""
    runs = ImportRun.objects.visible_to(request.user).select_related("created_by", "check_job", "write_job", "undo_job")
    page = Paginator(runs, RUNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [pages.summary(run) for run in page], "targets": targets_for(request.user)}
    return render(request, "core/import_list.html", context)


@show_or_send
def import_new(request: SignedInRequest, target: str) -> HttpResponse:
    """Take a file in."""
    found = _target(target)
    allow(found.may(request.user))
    form = UploadForm(request.POST or None, request.FILES or None)
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                return HttpResponseRedirect(
                    Submitted(request).once(
                        lambda: reverse(
                            "core:import_shape",
                            args=[
                                services.start_run(target=found, upload=upload, by=request.user, now=timezone.now()).pk
                            ],
                        )
                    )
                )
            except DomainError as error:
                refuse(form, error)
                status, refusal = error.status, None if error.field else error
    context = {"form": form, "target": found, "submission": Submitted(request).token, "refusal": refusal}
    return render(request, "core/import_new.html", context | pages.steps(1), status=status)


@require_safe
def import_run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lead to the step at which an import stands."""
    run = _run(request, pk)
    return redirect(pages.step_of(run), pk=run.pk)


@show_or_send
def import_shape(request: SignedInRequest, pk: int) -> HttpResponse:
    """How is the file read? Encoding, separator, sheet, column names, with the rows as they would come."""
    run = _run(request, pk)
    may = services.can_change(request.user, run)
    shape, seen, refusal = Shape.from_json(run.shape), None, None
    asked = request.POST if request.method == "POST" else request.GET
    try:
        if "guessed_for" in asked:
            shape = asked_shape(asked, shape, run.path)
        seen = preview(run.path, shape, n=SAMPLES)
    except DomainError as error:
        refusal = error
    if request.method == "POST":
        allow(may)
        if seen is not None and "show" not in request.POST:
            fields = IMPORT_TARGETS[run.target].fields(request.user)
            columns = [samples(seen, place) for place in range(shape.columns)]
            last = services.remembered(run, seen.headers)
            services.confirm_shape(
                run=run,
                shape=shape,
                headers=seen.headers,
                mapping=last.mapping if last else [{"field": key} for key in suggest(fields, seen.headers, columns)],
                plan=last.plan if last else None,
                by=request.user,
            )
            return redirect("core:import_columns", pk=run.pk)
    context = {
        "run": run,
        "form": ShapeForm(shape),
        "shape": shape,
        "seen": seen,
        "shown": seen.rows[:SHOWN_LINES] if seen else [],
        "names": pages.names_of(seen),
        "refusal": refusal,
        "may": may,
    }
    part = "#reading" if request.htmx else ""
    status = refusal.status if refusal else 200
    return render(request, f"core/import_shape.html{part}", context | pages.steps(2), status=200 if part else status)


@show_or_send
def import_columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """What does each column mean, and what holds for all rows?"""
    run = _run(request, pk)
    if not run.is_shaped:
        return redirect("core:import_shape", pk=run.pk)
    target = _target(run.target)
    seen = preview(run.path, Shape.from_json(run.shape), n=SAMPLES)
    data = request.POST if request.method == "POST" else None
    form = ColumnsForm(data, run=run, target=target, user=request.user, seen=seen)
    options = target.options_form(request.user, data, initial=run.options)
    status, refusal = 200, None
    if data is not None:
        allow(services.can_change(request.user, run))
    is_asked = data is not None and "show" not in data
    if is_asked:
        status = 422
        if form.is_valid() and (options is None or options.is_valid()):
            chosen = options.cleaned_data if options is not None else {}
            try:
                services.confirm_mapping(
                    run=run,
                    mapping=form.mapping(),
                    options=chosen,
                    plan=form.plan(),
                    new_fields=form.new_fields(),
                    by=request.user,
                    now=timezone.now(),
                )
                return redirect("core:import_check", pk=run.pk)
            except DomainError as error:
                status, refusal = error.status, error
    context = {
        "run": run,
        "form": form,
        "is_asked": is_asked,
        "options": options,
        "refusal": refusal,
        "may": services.can_change(request.user, run),
    }
    part = "#columns" if request.htmx else ""
    return render(request, f"core/import_columns.html{part}", context | pages.steps(3), status=status)


@require_safe
def import_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the dry run: how far it is, then a verdict for each row."""
    run = _run(request, pk)
    if run.check_job is None:
        return redirect(pages.step_of(run), pk=run.pk)
    if not run.is_checked:
        return _progress(request, run, run.check_job, 4)
    return _verdicts(request, run, 4)


@require_safe
def import_result(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the writing: how far it is, then what became of each row."""
    run = _run(request, pk)
    if run.write_job is None:
        return redirect(pages.step_of(run), pk=run.pk)
    job = run.undo_job or run.write_job
    if not job.is_over:
        return _progress(request, run, job, 5)
    return _verdicts(request, run, 5)


def _progress(request: SignedInRequest, run: ImportRun, job: Any, step: int) -> HttpResponse:
    """htmx asks again every second; when the job is over the whole page comes anew."""
    may = services.can_change(request.user, run)
    context = {"run": run, "job": job, "may": may, "is_undoing": job == run.undo_job} | pages.steps(step)
    if request.htmx:
        return render(request, "core/import_progress.html#progress", context)
    return render(request, "core/import_progress.html", context)


def _verdicts(request: SignedInRequest, run: ImportRun, step: int) -> HttpResponse:
    if request.htmx and request.GET.get("progress"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    target = _target(run.target)
    chosen = request.GET.get("verdict", "")
    page = paginate(pages.chosen_rows(run, chosen), Order("line", "line"), request.GET, ROWS_PER_PAGE)
    said = target.say(page.rows, run, request.user)
    context = {
        "run": run,
        "target": target,
        "page": page,
        "size": ROWS_PER_PAGE,
        "lines": pages.lines(page.rows, said, target, request.user),
        "chosen": chosen,
        "may": services.can_change(request.user, run),
        "outcomes": pages.outcomes(run),
        "undone": pages.undone(run.undone),
        "may_go_on": step == 5 and services.can_change(request.user, run) and services.may_go_on(run),
        "may_undo": step == 5 and undo.may_undo(request.user, run) and undo.refusal(run, timezone.now()) is None,
        "undo_until": undo.until(run),
        "list_url": target.imported_url(run) if run.written.get(ImportRow.Outcome.MADE) else "",
        **pages.counts(run, chosen),
    }
    template = "core/import_check.html" if step == 4 else "core/import_result.html"
    return render(request, template, context | pages.steps(step))


@require_POST
def import_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave rows out, put them back, or create them although something warned: chosen ones, or all of a verdict."""
    run = _run(request, pk)
    allow(services.can_change(request.user, run))
    decision = request.POST.get("decision", "")
    if decision not in ImportRow.Decision.values:
        raise Http404
    rows = pages.chosen_rows(run, request.POST.get("verdict", ""))
    if "all" not in request.POST:
        wanted = ids_of(request.POST.getlist("pk"))
        rows = run.rows.filter(pk__in=wanted)
        if rows.count() != len(wanted):
            raise Http404
    services.decide(run=run, rows=rows, decision=decision, by=request.user)
    query = request.POST.get("query", "")
    return HttpResponseRedirect(f"{reverse('core:import_check', args=[run.pk])}?{query}")


@require_POST
def import_write(request: SignedInRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    if services.can_change(request.user, run):
        _target(run.target).guard(request)
    services.start_writing(run=run, by=request.user, now=timezone.now())
    return redirect("core:import_result", pk=run.pk)


@require_POST
def import_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop the dry run or the writing after its present batch."""
    run = _run(request, pk)
    allow(services.can_change(request.user, run))
    job = run.job
    if job is not None:
        jobs.cancel(job, now=timezone.now())
    return redirect("core:import", pk=run.pk)


@show_or_send
def import_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would undoing take back and what must it leave? Then do it."""
    run = _run(request, pk)
    now = timezone.now()
    if request.method == "POST":
        undo.start_undo(run=run, by=request.user, now=now)
        return redirect("core:import_result", pk=run.pk)
    refusal = undo.refusal(run, now)
    if refusal or not undo.may_undo(request.user, run):
        return redirect("core:import", pk=run.pk)
    foreseen = undo.foresee(run, by=request.user, now=now)
    target = _target(run.target)
    said = target.say(foreseen.left, run, request.user)
    context = {
        "run": run,
        "may": services.can_change(request.user, run),
        "foreseen": pages.foreseen(foreseen.counts),
        "target": target,
        "beyond": foreseen.beyond,
        "looked_at": foreseen.counts.total(),
        "goes": foreseen.beyond or foreseen.counts.total() - foreseen.counts[ImportRow.Undone.STAYS],
        "lines": [
            line | {"shown": pages.FORESEEN[line["row"].undone]}
            for line in pages.lines(foreseen.left, said, target, request.user)
        ],
        "days": undo.WINDOW.days,
    }
    return render(request, "core/import_undo.html", context | pages.steps(5))


@require_POST
def import_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    services.discard(run=run, by=request.user)
    return redirect("core:imports")


@require_safe
def import_errors(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The rows that do not come in, with their own columns and the reason, to be mended and imported again."""
    run = _run(request, pk)
    return _download(error_lines(run, _target(run.target), request.user), run, _("mend"))


@require_safe
def import_verdicts(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Every row with its verdict and reason, as CSV or XLSX."""
    run = _run(request, pk)
    if request.GET.get("format") == "xlsx":
        file = TemporaryFile()  # noqa: SIM115  the response closes it
        verdict_book(run, _target(run.target), request.user, file)
        file.seek(0)
        return _send(FileResponse(file, content_type=XLSX), run, _("verdicts"), "xlsx")
    return _download(verdict_lines(run, _target(run.target), request.user), run, _("verdicts"))


def _download(lines: Any, run: ImportRun, word: Any) -> HttpResponseBase:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return _send(response, run, word, "csv")


def _send(response: HttpResponseBase, run: ImportRun, word: Any, ending: str) -> HttpResponseBase:
    name = f"{run.filename.rpartition('.')[0] or run.filename} - {word}.{ending}"
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


def _run(request: SignedInRequest, pk: int) -> ImportRun:
    runs = ImportRun.objects.select_related(*PARTS)  # unscoped: the gate adds the scope
    return get_visible_or_404(runs, request.user, pk)


def _target(key: str) -> Target:
    if key not in IMPORT_TARGETS:
        raise Http404
    return IMPORT_TARGETS[key]
