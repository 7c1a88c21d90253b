"""How do staff look at exchange rates, enter their own and bring a newer file of the central bank?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .admin_forms import BankFileForm, ExchangeRateForm
from .currencies import currency_choices
from .ecb import Loaded, save_rates
from .models import ExchangeRate
from .money import rates_on

# A rate so far from the one before is mostly written the wrong way round, or has lost its point.
FAR = 0.2


class OfCurrency(admin.SimpleListFilter):
    """Either side of the rate: the bank's are all of the euro."""

    title = _("currency")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return currency_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        return queryset.filter(Q(currency=code) | Q(against=code)) if code else queryset


class RatesAdmin(admin.ModelAdmin):
    """Rates. The bank's stay as the bank gave them: one of the firm's own for the same day wins over it."""

    form = ExchangeRateForm
    change_list_template = "admin/core/exchangerate/change_list.html"
    list_display = ("on", "one", "shown_rate", "against", "source")
    list_filter = ("source", OfCurrency)
    fields = ("currency", "rate", "against", "on")
    actions = None

    @admin.display(description=_("one unit of"), ordering="currency")
    def one(self, rate: ExchangeRate) -> str:
        return f"1 {rate.currency}"

    @admin.display(description=_("is worth"), ordering="rate")
    def shown_rate(self, rate: ExchangeRate) -> str:
        return rate.plain_rate

    def has_change_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or obj.source == ExchangeRate.Source.ENTERED
        )

    def has_delete_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (
            obj is None or obj.source == ExchangeRate.Source.ENTERED
        )

    def save_model(self, request: HttpRequest, obj: ExchangeRate, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = obj.on - timedelta(days=1)
        one = rates_on([(obj.currency, before)], obj.against).get((obj.currency, before))
        if one and not (1 - FAR) < obj.rate / one.rate < 1 / (1 - FAR):
            said = _("The rate before it was %(rate)s (%(day)s). Is %(new)s the right way round?")
            numbers = {"rate": f"{one.rate:.4g}", "day": one.on, "new": obj.plain_rate}
            self.message_user(request, said % numbers, messages.WARNING)

    def get_urls(self) -> list[Any]:
        own = path("file/", self.admin_site.admin_view(self.bring_file), name="core_exchangerate_file")
        return [own, *super().get_urls()]

    def bring_file(self, request: HttpRequest) -> HttpResponse:
        """Read a newer file of the bank's and say what came of it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BankFileForm(request.POST, request.FILES) if request.method == "POST" else BankFileForm()
        if form.is_valid():
            loaded = save_rates(form.reading.rows)
            self._tell(request, loaded, form.reading.problems)
            return HttpResponseRedirect(reverse("admin:core_exchangerate_changelist"))
        words = {"title": _("Rates of the European Central Bank"), "form": form, "opts": self.opts}
        page = {**self.admin_site.each_context(request), **words}
        return render(request, "admin/core/exchangerate/file.html", page)

    def _tell(self, request: HttpRequest, loaded: Loaded, problems: list[str]) -> None:
        said = ngettext("%(number)d new rate.", "%(number)d new rates.", loaded.new) % {"number": loaded.new}
        if loaded.changed:
            corrected = ngettext("%(number)d corrected.", "%(number)d corrected.", loaded.changed)
            said += " " + corrected % {"number": loaded.changed}
        if loaded.last:
            said += " " + _now("The last ones are of %(day)s.") % {"day": loaded.last}
        self.message_user(request, said, messages.SUCCESS if loaded.last else messages.WARNING)
        if problems:
            self.message_user(request, _now("Left out:") + " " + " · ".join(problems), messages.WARNING)
