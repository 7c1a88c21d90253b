"""What do staff look at and repair on the ground floor: own fields, rates, jobs, mails, imports, exports, views?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .admin_forms import CustomFieldForm, records_with
from .admin_rates import RatesAdmin
from .exceptions import DomainError
from .jobs import cancel, retry
from .mail import send_again
from .models import CustomField, ExchangeRate, ExportLog, Heartbeat, ImportRun, Job, OutgoingMail, SavedView
from .querysets import COUNT_LIMIT, bounded_count
from .registries import EXPORTS, JOBS
from .saved_views import can_change_view, delete_view

admin.site.site_header = _("Administration")
admin.site.site_title = _("Gonghai")
admin.site.index_title = _("Administration")
admin.site.empty_value_display = "—"
admin.site.enable_nav_sidebar = True


# --- how lists and pages of staff behave -------------------------------------------------------------


class BoundedPaginator(Paginator):
    """Counts stop at COUNT_LIMIT: an exact count of a big table is no price for a page."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return bounded_count(self.object_list).number or COUNT_LIMIT
        return len(self.object_list)


class BoundedList(admin.ModelAdmin):
    """A list of a table that may be big."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count the table once for every choice
    list_per_page = 50
    list_max_show_all = 200


class ReadOnly(BoundedList):
    """Rows are looked at; what can be done with them is done by actions, which call services."""

    actions: Any = None

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Actions(ReadOnly):
    """Read-only rows with actions of their own, which ask the services for leave row by row."""

    AT_ONCE = 500

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def each(self, request: HttpRequest, rows: QuerySet[Any], act: Any) -> None:
        """Do ``act(row)`` with each row and say how many it was done with, and why not with the others."""
        rows, done = rows[: self.AT_ONCE + 1], 0
        if len(rows) > self.AT_ONCE:
            said = _("Choose at most %(number)d rows at once.") % {"number": self.AT_ONCE}
            self.message_user(request, said, messages.WARNING)
            return
        for row in rows:
            try:
                act(row)
                done += 1
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal.message}", messages.WARNING)
        if done:
            said = ngettext("Done with %(number)d row.", "Done with %(number)d rows.", done) % {"number": done}
            self.message_user(request, said, messages.SUCCESS)


def among(column: str, label: Any, known: Callable[[], Iterable[tuple[str, Any]]]) -> type[admin.SimpleListFilter]:
    """A filter by one of the values that code knows; Django's own would search the whole table for them."""

    class Among(admin.SimpleListFilter):
        title = label
        parameter_name = column

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            return list(known())

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{column: self.value()}) if self.value() else queryset

    return Among


def is_used(row: Model) -> bool:
    """Does any other row point to this one?"""
    relations: list[Any] = row._meta.get_fields(include_hidden=True)
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: row.pk}).exists()
        for relation in relations
        if relation.is_relation and relation.auto_created and not relation.concrete and relation.field is not None
    )


class KeptWhileUsed(admin.ModelAdmin):
    """Words of the firm: what rows point to is taken out of use, not deleted.

    Django's own page would first collect everything that hangs on it, which may be every customer.
    """

    list_per_page = 100
    show_facets = admin.ShowFacets.NEVER

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not is_used(obj)

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes in the list's cells are named after their column, which only the sighted see above them."""
        formset: Any = super().get_changelist_formset(request, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs["aria-label"] = field.label
        return formset

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    @admin.action(description=_("Take out of use"))
    def take_out(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        rows.update(is_active=False)

    @admin.action(description=_("Use again"))
    def use_again(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        rows.update(is_active=True)


class KeyedWords(KeptWhileUsed):
    """Words with a key in both languages, in the firm's order, in and out of use."""

    list_display_links = ("name_en", "name_zh")
    list_editable = ("is_active", "position")
    search_fields = ("name_en", "name_zh", "key")
    prepopulated_fields = {"key": ("name_en",)}


def state_badge(tone: str, words: Any) -> SafeString:
    """A word of state in its colour: ok, warn, bad, accent or '' for none."""
    return format_html('<span class="badge {}">{}</span>', f"badge-{tone}" if tone else "", words)


# --- own fields --------------------------------------------------------------------------------------


@admin.register(CustomField)
class CustomFieldAdmin(KeptWhileUsed):
    """Fields that the firm added. While values exist, key, type and record stay and nothing is deleted."""

    form = CustomFieldForm
    list_display = ("name_en", "name_zh", "record", "kind", "key", "is_required", "is_active", "position")
    list_display_links = ("name_en", "name_zh")
    list_editable = ("is_active", "position")
    list_filter = (among("target", _("belongs to"), lambda: records_with("custom")), "kind", "is_active")
    search_fields = ("name_en", "name_zh", "key")
    actions = ("take_out", "use_again")
    fieldsets = (
        (None, {"fields": (("name_en", "name_zh"), "target", "kind", "key")}),
        (_("What may be entered"), {"fields": ("options", "currency")}),
        (_("In forms"), {"fields": (("help_en", "help_zh"), "is_required", "is_active", "position")}),
    )

    class Media:
        js = ("js/admin_custom_field.js",)

    @admin.display(description=_("belongs to"), ordering="target")
    def record(self, field: CustomField) -> str:
        return str(dict(records_with("custom")).get(field.target, field.target))

    def get_readonly_fields(self, request: HttpRequest, obj: CustomField | None = None) -> tuple[str, ...]:
        return ("record", "kind", "key") if obj is not None and has_values(obj) else ()

    def get_fieldsets(self, request: HttpRequest, obj: CustomField | None = None) -> Any:
        (title, what), *others = self.fieldsets
        if obj is not None and has_values(obj):
            what = {"fields": tuple("record" if field == "target" else field for field in what["fields"])}
        return ((title, what), *others)

    def has_delete_permission(self, request: HttpRequest, obj: CustomField | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not has_values(obj)


def has_values(field: CustomField) -> bool:
    """Has any record a value of this field?"""
    model = apps.get_model(field.target)
    return model._default_manager.filter(custom__has_key=field.key).exists()


# --- money ------------------------------------------------------------------------------------------


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RatesAdmin, BoundedList):
    pass


# --- work in the background --------------------------------------------------------------------------

STATE_TONES = {"done": "ok", "sent": "ok", "failed": "bad", "parked": "bad", "cancelled": "", "running": "accent"}


@admin.register(Job)
class JobAdmin(Actions):
    list_display = ("number", "label", "shown_state", "created_by", "created_at", "ended_at", "progress", "attempts")
    list_filter = ("state", among("kind", _("kind"), lambda: [(key, kind.label) for key, kind in JOBS.items()]))
    list_select_related = ("created_by",)
    search_fields = ("kind", "created_by__name", "created_by__username")
    actions = ("start_again", "stop")
    fields = (
        "kind",
        ("state", "attempts", "leased_until"),
        "created_by",
        ("created_at", "started_at", "ended_at"),
        ("done", "total"),
        "message",
        "params",
        "cursor",
        "result",
    )

    @admin.display(description=_("number"), ordering="pk")
    def number(self, job: Job) -> str:
        return f"#{job.pk}"

    @admin.display(description=_("kind"), ordering="kind")
    def label(self, job: Job) -> str:
        return str(JOBS[job.kind].label) if job.kind in JOBS else job.kind

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, job: Job) -> SafeString:
        return state_badge(STATE_TONES.get(job.state, ""), job.get_state_display())

    @admin.display(description=_("done"))
    def progress(self, job: Job) -> str:
        return f"{job.done:,} / {job.total:,}" if job.total is not None else f"{job.done:,}"

    @admin.action(description=_("Start failed ones again"))
    def start_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self.each(request, jobs, lambda job: retry(job, now=timezone.now()))

    @admin.action(description=_("Stop"))
    def stop(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self.each(request, jobs, lambda job: cancel(job, now=timezone.now()))


@admin.register(OutgoingMail)
class OutgoingMailAdmin(Actions):
    """Mails and what became of them. Their text is nobody's reading: it holds links that open doors."""

    list_display = ("subject", "to", "shown_state", "created_at", "sent_at", "attempts", "error")
    list_filter = ("state", "created_at")
    search_fields = ("to", "subject", "message_id")
    actions = ("send_again",)
    fields = (
        "to",
        "subject",
        ("state", "attempts"),
        "error",
        ("created_at", "not_before", "sent_at"),
        "message_id",
        "key",
    )

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, mail: OutgoingMail) -> SafeString:
        return state_badge(STATE_TONES.get(mail.state, ""), mail.get_state_display())

    @admin.action(description=_("Send those set aside again"))
    def send_again(self, request: HttpRequest, mails: QuerySet[OutgoingMail]) -> None:
        number = send_again(mails, now=timezone.now())
        said = ngettext("%(number)d mail is sent again.", "%(number)d mails are sent again.", number)
        self.message_user(request, said % {"number": number}, messages.SUCCESS if number else messages.WARNING)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly):
    list_display = ("name", "at")


# --- what people brought, took and saved -------------------------------------------------------------


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    list_display = ("filename", "target", "created_by", "created_at", "size", "found", "became")
    list_filter = ("created_at",)
    list_select_related = ("created_by",)
    search_fields = ("filename", "created_by__name", "created_by__username")
    fields = ("filename", "target", "created_by", "created_at", "size", "counts", "written", "check_job", "write_job")

    @admin.display(description=_("rows found"))
    def found(self, run: ImportRun) -> int:
        return run.total

    @admin.display(description=_("rows written"))
    def became(self, run: ImportRun) -> int:
        return sum(run.written.values())

    def get_view_on_site_url(self, obj: ImportRun | None = None) -> str | None:
        return obj.get_absolute_url() if obj else None


@admin.register(ExportLog)
class ExportLogAdmin(ReadOnly):
    list_display = ("at", "by", "page", "kind", "rows")
    list_filter = (among("page", _("list"), lambda: [(key, one.page.title) for key, one in EXPORTS.items()]), "at")
    list_select_related = ("by",)
    search_fields = ("by__name", "by__username", "page")
    fields = ("at", "by", "page", "kind", "rows", "columns", "query", "job")


@admin.register(SavedView)
class SavedViewAdmin(ReadOnly):
    """Views of lists. Shared ones can be tidied up; private ones are their author's."""

    list_display = ("name", "page", "owner", "is_shared", "created_at")
    list_filter = ("is_shared",)
    list_select_related = ("owner",)
    search_fields = ("name", "owner__name", "owner__username")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and can_change_view(request.user, obj)  # type: ignore[arg-type]

    def delete_model(self, request: HttpRequest, obj: SavedView) -> None:
        delete_view(view=obj, by=request.user)  # type: ignore[arg-type]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly):
    """What was done in this administration."""

    list_display = ("action_time", "user", "what", "content_type", "object_repr", "message")
    list_filter = ("action_flag", "action_time")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__name", "user__username")
    WORDS = {ADDITION: _("added"), CHANGE: _("changed"), DELETION: _("deleted")}

    @admin.display(description=_("action"))
    def what(self, entry: LogEntry) -> str:
        return str(self.WORDS.get(entry.action_flag, entry.action_flag))

    @admin.display(description=_("details"))
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message()
