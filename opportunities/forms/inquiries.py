"""What may a stranger type on a public page, and what does an admin say of such a page?"""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from core.forms import Form, ModelForm
from customers.forms.fields import ENHANCED, Sections
from customers.words import sources

from .. import words
from ..inquiries import ASKED, FIRST, LONGEST_UTM, PAGES, REACHED, REQUIRED, SHOWN, UTM
from ..models import InquiryForm

_ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?")


class PublicForm(Form):
    """The fields that an inquiry form asks, in the visitor's language; errors stand at their field."""

    def __init__(self, data: Any, *, asked: dict[str, str], consent: str = "", **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ASKED:
            if name in asked:
                self.fields[name] = _field(name, is_required=asked[name] == REQUIRED)
        if consent:
            self.fields["consent"] = forms.BooleanField(label=consent, required=True)
        # Programs fill in every field; people do not see this one.
        self.fields["contact_me_by_fax"] = forms.CharField(label=_("Leave this empty"), required=False)
        for name in (*UTM, *PAGES):
            # Whatever a link carries keeps nobody from asking: it is cut, not refused.
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.use_required_attribute = False

    @property
    def asked(self) -> list[Any]:
        return [self[name] for name in ASKED if name in self.fields]

    @property
    def carried(self) -> list[Any]:
        return [self[name] for name in (*UTM, *PAGES) if self[name].value()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ways = [name for name in REACHED if name in self.fields]
        if ways and not any(data.get(name) or self.errors.get(name) for name in ways):
            self.add_error(ways[0], _("Say how we can answer you."))
        return data

    def posted(self) -> dict[str, Any]:
        """What was typed, by field, as plain JSON."""
        said = {name: self.cleaned_data[name] for name in ASKED if self.cleaned_data.get(name)}
        utm = {name: value for name in (*UTM, *PAGES) if (value := self.cleaned_data.get(name, "")[:LONGEST_UTM])}
        return said | ({"utm": utm} if utm else {})


def _field(name: str, *, is_required: bool) -> forms.Field:
    one = ASKED[name]
    attrs = {"autocomplete": one.autocomplete}
    common: dict[str, Any] = {"label": one.label, "required": is_required}
    if one.kind == "country":
        choices = [("", "—"), *countries]
        return forms.ChoiceField(choices=choices, widget=forms.Select(attrs=attrs), **common)
    if one.kind == "email":
        return forms.EmailField(max_length=one.most, widget=forms.EmailInput(attrs=attrs), **common)
    if one.kind == "lines":
        return forms.CharField(max_length=one.most, widget=forms.Textarea(attrs={"rows": 6}), **common)
    if one.kind == "tel":
        attrs["type"] = "tel"
    return forms.CharField(max_length=one.most, widget=forms.TextInput(attrs=attrs), **common)


class InquiryFormForm(Sections, ModelForm):
    """What an admin says of a public form."""

    ASK = "ask_"

    class Meta:
        model = InquiryForm
        fields = [
            "name", "is_active", "source", "campaign", "team", "assignee", "title_en", "title_zh", "intro_en",
            "intro_zh", "consent_en", "consent_zh", "thanks_en", "thanks_zh", "embed_on",
        ]  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("intro_en", "intro_zh", "consent_en", "consent_zh", "thanks_en", "thanks_zh", "embed_on")
        }
        help_texts = {
            "name": _("For colleagues; visitors do not see it."),
            "team": _("Leads wait here until a manager of the team gives them to somebody."),
            "assignee": _("Gets every lead of this form at once. Empty: the leads wait in the team."),
            "consent_en": _("With words here the visitor must agree to them; the moment and the words are kept."),
            "embed_on": _("Sites that may show the form within a page of theirs, one address a line, such as "
                          "https://www.example.com. Empty: none may."),
        }  # fmt: skip

    sections = (
        (_("Form"), ("name", "is_active", "source", "campaign", "team", "assignee")),
        (_("What is asked"), (f"{ASK}*",)),
        (_("What the visitor reads"), ("title_en", "title_zh", "intro_en", "intro_zh", "consent_en", "consent_zh",
                                       "thanks_en", "thanks_zh")),
        (_("Within other sites"), ("embed_on",)),
    )  # fmt: skip
    wide = frozenset({"embed_on"})

    def __init__(self, *args: Any, people: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "source": sources(in_use=True),
            "campaign": words.campaigns(in_use=True),
            "team": teams,
            "assignee": people,
        }
        for name, rows in offered.items():
            field = cast(forms.ModelChoiceField, self.fields[name])
            field.queryset, field.empty_label = rows, "—"
            field.widget.attrs |= ENHANCED if name == "assignee" else {}
        asked = self.instance.fields if self.instance.pk else FIRST
        for name, one in ASKED.items():
            choices = [
                ("", pgettext_lazy("field of a form", "not asked")),
                (SHOWN, pgettext_lazy("field of a form", "asked")),
                (REQUIRED, pgettext_lazy("field of a form", "must be filled in")),
            ]
            self.fields[f"{self.ASK}{name}"] = forms.ChoiceField(
                label=str(one.label), choices=choices, required=False, initial=asked.get(name, "")
            )

    def clean_embed_on(self) -> str:
        lines = [line.strip().rstrip("/").lower() for line in self.cleaned_data["embed_on"].split("\n") if line.strip()]
        for line in lines:
            if not _ORIGIN.fullmatch(line):
                raise forms.ValidationError(
                    _("“%(line)s” is no address of a site, such as https://www.example.com."), params={"line": line}
                )
        return "\n".join(dict.fromkeys(lines))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(f"{self.ASK}{name}") for name in REACHED):
            self.add_error(f"{self.ASK}email", _("Ask at least for one way to answer."))
        if not data.get("team") and not data.get("assignee"):
            self.add_error("team", _("Say which team or who gets the leads."))
        return data

    def data_of(self) -> dict[str, Any]:
        """The columns as the service takes them."""
        columns = {name: self.cleaned_data[name] for name in self.Meta.fields}
        asked = {name: how for name in ASKED if (how := self.cleaned_data[f"{self.ASK}{name}"])}
        return columns | {"fields": asked}
