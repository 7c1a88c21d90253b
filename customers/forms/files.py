"""How are files chosen in a form: one or several, dropped, pasted, or taken by a phone's camera?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import Form

from ..files import ACCEPTED, KINDS, MOST_FILES, FileData, sorted_out


class FilesInput(forms.FileInput):
    """A place for files: ``parts/files.html`` around it takes what is dropped, pasted or photographed."""

    allow_multiple_selected = True
    template_name = "parts/files.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ACCEPTED, **(attrs or {})})


class FilesField(forms.FileField):
    """Files as a list of FileData; what may not be kept is named with its reason."""

    widget = FilesInput

    def __init__(self, **said: Any) -> None:
        super().__init__(**{"required": False, "label": _("Files"), **said})

    def clean(self, data: Any, initial: Any = None) -> list[FileData]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if self.required and not given:
            raise ValidationError(_("Choose a file."), code="required")
        if len(given) > MOST_FILES:
            raise ValidationError(_("At most %(most)s files at once.") % {"most": MOST_FILES})
        good, refused = sorted_out(FileData(one.name, one) for one in given)
        if refused:
            raise ValidationError([f"{name}: {refusal.message}" for name, refusal in refused])
        return good


class FileForm(Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *KINDS.items()], required=False)
    expires_on = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
