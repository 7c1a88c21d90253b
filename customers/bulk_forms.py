"""What is asked before something is done to many customers? Each form gives plain values that a job can keep."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.custom_fields import form_field, stored
from core.forms import Form
from core.models import CustomField

from . import words
from .forms import ENHANCED, StatusForm, TransferForm, split_tags
from .models import CategoryDimension


class TagForm(Form):
    add = forms.CharField(label=_("Add tags"), required=False, max_length=400, help_text=_("Separated by commas."))
    remove = forms.CharField(label=_("Remove tags"), required=False, max_length=400)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("add") and not data.get("remove"):
            raise forms.ValidationError(_("Name at least one tag to add or remove."))
        return data

    def values(self) -> dict[str, Any]:
        return {word: split_tags(self.cleaned_data[word]) for word in ("add", "remove")}


class BulkStatusForm(StatusForm):
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        renewal = data["renewal_on"]
        return {
            "status": data["status"].key,
            "lost_reason": data["lost_reason"],
            "reason": data["reason"],
            "renewal_on": renewal.isoformat() if renewal else "",
        }


class BulkTransferForm(TransferForm):
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"to": data["to"].pk, "reason": data["reason"], "keep_collaborators": data["keep_collaborators"]}


class FieldForm(Form):
    """Which field, then its new value: two steps, so that it works without JavaScript."""

    field = forms.ChoiceField(label=_("Field"))

    def __init__(
        self,
        *args: Any,
        dimensions: list[CategoryDimension],
        custom_fields: list[CustomField],
        field: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        own = {f"custom:{one.pk}": one for one in custom_fields}
        by_key = {f"category:{one.pk}": one for one in dimensions}
        choices = [(key, one.name) for key, one in [*by_key.items(), *own.items()]]
        cast(forms.ChoiceField, self.fields["field"]).choices = choices
        self.definition, self.dimension = own.get(field), by_key.get(field)
        if self.definition:
            self.fields["value"] = form_field(self.definition)
            self.fields["value"].required = False
        elif self.dimension:
            values = words.categories(self.dimension, in_use=True)
            self.fields["value"] = (
                forms.ModelMultipleChoiceField(
                    values, label=self.dimension.name, required=False, widget=forms.SelectMultiple(attrs=ENHANCED)
                )
                if self.dimension.is_multiple
                else forms.ModelChoiceField(values, label=self.dimension.name, required=False)
            )
        if "value" in self.fields:
            self.fields["field"].widget = forms.HiddenInput()
            self.initial["field"] = field
            self.fields["value"].help_text = _("Empty takes the value away.")

    @property
    def asks_for_field(self) -> bool:
        """Is the first step on show?"""
        return "value" not in self.fields

    def values(self) -> dict[str, Any]:
        value = self.cleaned_data["value"]
        if self.definition:
            value = stored(self.definition, value)
        elif self.dimension and self.dimension.is_multiple:
            value = [one.pk for one in value]
        else:
            value = [value.pk] if value else []
        return {"field": self.cleaned_data["field"], "value": value}


BulkForm: TypeAlias = TagForm | BulkStatusForm | FieldForm | BulkTransferForm
FORMS: dict[str, Any] = {"tag": TagForm, "status": BulkStatusForm, "field": FieldForm, "transfer": BulkTransferForm}
