"""What is asked when a text template is written?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from core.languages import spoken_languages

from .channels import CHANNELS
from .placeholders import PLACEHOLDERS, unknown_in


def _body_help() -> str:
    return " · ".join(f"{{{key}}} {words}" for key, words in PLACEHOLDERS.items())


class TextTemplateForm(Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), required=False)
    channel = forms.ChoiceField(label=_("By which way"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(label=_("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 10}))
    is_shared = forms.BooleanField(label=_("Everybody uses it"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("any")), *spoken_languages()]  # type: ignore[attr-defined]
        channels = [(key, one.label) for key, one in CHANNELS.items() if key in ("email", "whatsapp")]
        self.fields["channel"].choices = [("", _("any")), *channels]  # type: ignore[attr-defined]
        self.fields["body"].help_text = _body_help()
        if not may_share:
            del self.fields["is_shared"]

    def clean_subject(self) -> str:
        return self._known("subject")

    def clean_body(self) -> str:
        return self._known("body")

    def _known(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if unknown := unknown_in(text):
            known = ", ".join(f"{{{key}}}" for key in PLACEHOLDERS)
            words = ", ".join(f"{{{word}}}" for word in unknown[:5])
            raise forms.ValidationError(
                _("%(words)s is not known. Known are: %(known)s"), params={"words": words, "known": known}
            )
        return text
