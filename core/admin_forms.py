"""What does an admin enter: fields of the firm's own with their options, and exchange rates?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import JSONField
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .currencies import currency_choices
from .ecb import NotTheBanksFile, read_rates
from .models import CustomField, ExchangeRate

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
OPTION_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
BLANK_ROWS = 3


def records_with(column: str) -> list[tuple[str, Any]]:
    """(label of the model, its name) of every kind of record that has this JSONB column."""
    return [
        (model._meta.label_lower, model._meta.verbose_name)
        for model in apps.get_models()
        if "pgh_id" not in {field.name for field in model._meta.fields}
        and any(field.name == column and isinstance(field, JSONField) for field in model._meta.fields)
    ]


def key_of(name: str, form: re.Pattern[str] = KEY) -> str:
    """The key that a name suggests: lower-case letters, digits and underscores; '' where it gives none."""
    key = slugify(name).replace("-", "_").strip("_")[:40]
    return key if form.fullmatch(key) else ""


class OptionsWidget(forms.Widget):
    """A row per option: key, English, Chinese; empty rows are left out. The script only adds further rows."""

    template_name = "admin/widgets/options.html"
    PARTS = ("key", "en", "zh")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) else []
        context["widget"]["rows"] = [*rows, *[{}] * BLANK_ROWS]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        columns = [data.getlist(f"{name}_{part}") for part in self.PARTS]
        rows = [
            {part: text.strip() for part, text in zip(self.PARTS, row, strict=True)}
            for row in zip(*columns, strict=False)
        ]
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_key" not in data


class OptionsField(forms.Field):
    """A list of {"key", "en", "zh"}; a missing key is made from the English words."""

    widget = OptionsWidget

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != (data or [])

    def clean(self, value: Any) -> list[dict[str, str]]:
        rows = [dict(row) for row in value or []]
        for number, row in enumerate(rows, 1):
            row["key"] = row["key"] or key_of(row["en"], OPTION_KEY) or f"option_{number}"
            if not OPTION_KEY.fullmatch(row["key"]):
                raise ValidationError(
                    _("Row %(number)s: a key has lower-case letters, digits and underscores only.") % {"number": number}
                )
            if not (row["en"] or row["zh"]):
                raise ValidationError(_("Row %(number)s: give a name in at least one language.") % {"number": number})
        keys = [row["key"] for row in rows]
        if doubled := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValidationError(_("These keys stand twice: %(keys)s.") % {"keys": ", ".join(doubled)})
        return rows


class CustomFieldForm(forms.ModelForm):
    target = forms.ChoiceField(label=_("Belongs to"))
    options = OptionsField(
        label=_("Options"),
        required=False,
        help_text=_("For choices only. The key stays when the words change; left empty, it is made from the English."),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False, help_text=_("For money only."))

    class Meta:
        model = CustomField
        fields = (
            "target",
            "key",
            "kind",
            "name_en",
            "name_zh",
            "options",
            "currency",
            "help_en",
            "help_zh",
            "is_required",
            "is_active",
            "position",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "target" in self.fields:
            self.fields["target"].choices = records_with("custom")  # type: ignore[attr-defined]
        if "key" in self.fields:
            self.fields["key"].required = False
            self.fields["key"].help_text = _("Left empty, it is made from the English name. %(usual)s") % {
                "usual": self.fields["key"].help_text
            }
        if "currency" in self.fields:
            self.fields["currency"].choices = [("", "—"), *currency_choices()]  # type: ignore[attr-defined]

    def clean_options(self) -> list[dict[str, str]]:
        options = self.cleaned_data["options"]
        gone = {row["key"] for row in self.instance.options} - {row["key"] for row in options}
        if self.instance.pk and gone and (number := self._records_with_any(gone)):
            raise ValidationError(
                ngettext(
                    "%(number)d record has an option that you removed: %(keys)s.",
                    "%(number)d records have an option that you removed: %(keys)s.",
                    number,
                )
                % {"number": number, "keys": ", ".join(sorted(gone))}
            )
        return options

    def _records_with_any(self, keys: set[str]) -> int:
        rows = apps.get_model(self.instance.target)._default_manager.all()
        several = self.instance.kind == CustomField.Kind.MULTI_CHOICE
        name = self.instance.key
        return sum(rows.filter(custom__contains={name: [key] if several else key}).count() for key in keys)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("name_en") or data.get("name_zh")):
            self.add_error("name_en", _("Give a name in at least one language."))
        if "key" in self.fields and not data.get("key") and "key" not in self.errors:
            data["key"] = key_of(data.get("name_en", ""))
            if not data["key"]:
                self.add_error("key", _("Give a key: the English name makes none."))
        kind = data.get("kind", self.instance.kind)
        if kind not in (CustomField.Kind.CHOICE, CustomField.Kind.MULTI_CHOICE) and "options" in data:
            data["options"] = []
        if kind != CustomField.Kind.MONEY and "currency" in data:
            data["currency"] = ""
        return data


class ExchangeRateForm(forms.ModelForm):
    """A rate that the firm enters: 1 of this currency was worth so many of that one."""

    class Meta:
        model = ExchangeRate
        fields = ("currency", "rate", "against", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("currency", "against"):
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=currency_choices)
        self.fields["against"].initial = settings.BASE_CURRENCY
        self.fields["on"].initial = timezone.localdate(timezone=settings.BUSINESS_ZONE)
        self.fields["rate"].widget.attrs["step"] = "any"
        if self.instance.pk:
            self.initial["rate"] = self.instance.plain_rate

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("currency") and cleaned["currency"] == cleaned.get("against"):
            raise ValidationError({"against": _("Choose two different currencies.")})
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The source is not asked for, but is part of what may be there only once."""
        return super()._get_validation_exclusions() - {"source"}  # type: ignore[misc]

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate(timezone=settings.BUSINESS_ZONE) + timedelta(days=366):
            raise ValidationError(_("This day is more than a year ahead."))
        return day


class BankFileForm(forms.Form):
    """A file of the European Central Bank's rates that somebody brought."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("eurofxref-hist.zip or .csv of the European Central Bank."),
        widget=forms.FileInput(attrs={"accept": ".zip,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.reading = read_rates(file, today=timezone.localdate(timezone=settings.BUSINESS_ZONE))
        except NotTheBanksFile as refusal:
            raise ValidationError(str(refusal)) from None
        return file
