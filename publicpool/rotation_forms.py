"""What is asked when a rotation is set up: what it gives out, to whom in which order, by which weights, and when?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.models import User
from core.forms import CleanText, Form, ModelForm
from core.ids import id_of
from core.languages import spoken_languages
from customers.forms.fields import ENHANCED
from customers.models import Pool
from customers.words import sources

from . import errors
from .inputs import Seat
from .models import Rotation, RotationMember
from .models.rotating import MOST_WEIGHT, WINDOWS
from .rules import codes_of
from .services.rotation_editing import stamp_of

MANY = forms.SelectMultiple(attrs=ENHANCED)
# More would make no page that anybody reads; a cycle has as many turns as all weights together.
MOST_MEMBERS = 200
MOST_A_WINDOW = 100_000


def _limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_A_WINDOW)


class RotationForm(ModelForm):
    """All of a rotation but its members, which are a form set of their own."""

    countries = forms.MultipleChoiceField(
        label=_("Country"), choices=lambda: list(countries), required=False, widget=MANY
    )
    languages = forms.MultipleChoiceField(label=_("Language"), choices=spoken_languages, required=False, widget=MANY)
    a_day, a_week, a_month = _limit(_("A day")), _limit(_("A week")), _limit(_("A month"))
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    class Meta:
        model = Rotation
        fields = (
            "name_en", "name_zh", "pool", "countries", "languages", "sources", "teams", "weights_by", "top_weight",
            "runs", "runs_at", "passes_on", "is_active", *WINDOWS,
        )  # fmt: skip
        labels = {
            "name_en": _("English name"),
            "name_zh": _("Chinese name"),
            "pool": _("Gives out"),
            "sources": _("Source"),
            "teams": _("Team in which leads wait"),
            "weights_by": _("Weights"),
            "top_weight": _("Weight of the best"),
            "runs": _("It runs"),
            "runs_at": _("At"),
            "passes_on": _("Passes on what is not touched"),
            "is_active": _("In use"),
        }
        help_texts = {
            "pool": "",
            "teams": "",
            "passes_on": _("What nobody touches within 24 hours, days off not counted, goes to somebody else."),
            "is_active": _(
                "Switching on gives nothing away at once: what waits already stays until somebody starts a run."
            ),
        }
        widgets = {"sources": MANY, "teams": MANY, "runs_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pool: Any = self.fields["pool"]
        pool.queryset = Pool.objects.visible_to(user)
        pool.empty_label = _("Leads that nobody holds")
        self.fields["sources"].queryset = sources()  # type: ignore[attr-defined]
        # The browser's own hour field asks for one; where it is not asked, the usual one stands.
        self.fields["runs_at"].required = False
        self.fields["top_weight"].required = False
        if self.instance.pk:
            self.initial["seen"] = stamp_of(self.instance)
            self.initial["countries"] = codes_of(self.instance.countries)

    @property
    def conditions(self) -> list[Any]:
        return [self[name] for name in ("countries", "languages", "sources")]

    @property
    def limits(self) -> list[Any]:
        return [self[name] for name in WINDOWS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name_en") and not data.get("name_zh"):
            self.add_error("name_en", str(errors.RotationWithoutName.message))
        if data.get("runs_at") is None and "runs_at" not in self.errors:
            data["runs_at"] = self.instance.runs_at
        if data.get("top_weight") is None and "top_weight" not in self.errors:
            data["top_weight"] = self.instance.top_weight
        if data.get("weights_by") == Rotation.WeightsBy.CONVERSION and not data.get("pool"):
            self.add_error("weights_by", str(errors.WeightsWithoutPool.message))
        if data.get("pool"):
            data["teams"] = []
        return data

    def validate_constraints(self) -> None:
        """What they say is said at the fields already."""


class SeatForm(Form):
    """One member: who, how often, at most how much."""

    user = forms.TypedChoiceField(label=_("Person"), coerce=int, empty_value=None, required=False)
    weight = forms.IntegerField(label=_("Weight"), min_value=0, max_value=MOST_WEIGHT, initial=1, required=False)
    a_day, a_week, a_month = _limit(_("A day")), _limit(_("A week")), _limit(_("A month"))

    # Who takes part already is not chosen anew.
    person: User | None = None
    chosen: User | None = None
    # One line holds the options of all: two hundred times two hundred would be a page of megabytes.
    has_all = False

    @property
    def numbers(self) -> Iterator[tuple[Any, str, Any, Any]]:
        """(label, name, typed, errors) of weight and limits."""
        for name in ("weight", *WINDOWS):
            yield self.fields[name].label, self.add_prefix(name), self[name].value(), self[name].errors

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # Its number in the order is the script's, not the person's.
        if data.get("user") is None and set(self.changed_data) - {"ORDER", "DELETE"} and not self.errors:
            self.add_error("user", _("Choose a person, or take the line out."))
        return data


class _Seats(CleanText, forms.BaseFormSet):
    """The members in their order. ``people`` are those that can be chosen, ``taken`` take part already."""

    def __init__(self, *args: Any, people: dict[int, User], taken: frozenset[int], **kwargs: Any) -> None:
        self.people, self.taken = people, taken
        self.choosable = [(pk, str(one)) for pk, one in people.items() if one.is_active]
        self.choices = [("", "—"), *self.choosable]
        self.all_choices = [("", "—"), *((pk, str(one)) for pk, one in people.items())]
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        pk = id_of(str(form["user"].value() or ""))
        form.chosen = self.people.get(pk) if pk else None
        form.person = form.chosen if pk in self.taken else None
        form.fields["user"].choices = self.all_choices if form.person else self.choices

    @cached_property
    def forms(self) -> list[Any]:
        found: list[Any] = super().forms
        if empty := next((one for one in found if one.chosen is None), None):
            empty.has_all = True
        return found

    @property
    def all_people(self) -> str:
        """Where the options stand that every line offers: in the first line that is still empty, else apart."""
        return next((str(one["user"].id_for_label) for one in self.forms if one.has_all), "everybody")

    def clean(self) -> None:
        seen: set[int] = set()
        for form in self._kept():
            pk = form.cleaned_data["user"]
            if pk in seen:
                form.add_error("user", str(errors.MemberAlready.message))
            seen.add(pk)

    def seats(self) -> list[Seat]:
        """The members in order, without those taken out."""
        return [
            Seat(
                data["user"],
                1 if data["weight"] is None else data["weight"],
                *(data[window] for window in WINDOWS),
            )
            for data in (form.cleaned_data for form in self._kept())
        ]

    def _kept(self) -> list[Any]:
        mine: Any = self
        kept = [form for form in mine.forms if not mine._should_delete_form(form)]
        ordered = sorted(kept, key=lambda form: form.cleaned_data.get("ORDER") or MOST_MEMBERS + 1)
        return [form for form in ordered if form.cleaned_data.get("user") is not None]


SeatForms: Any = forms.formset_factory(
    SeatForm,
    formset=_Seats,
    extra=1,
    can_order=True,
    can_delete=True,
    max_num=MOST_MEMBERS,
    # Those that are taken out are sent too; what is invented beyond is refused and not drawn.
    absolute_max=2 * MOST_MEMBERS,
    validate_max=True,
)


def seat_forms(data: Any, rotation: Rotation | None, user: User) -> Any:
    """The members of a rotation to be filled in."""
    members = []
    if rotation is not None and rotation.pk:
        rows = RotationMember.objects.filter(rotation=rotation, left_at=None).order_by("position", "pk")
        members = list(rows)
    people = {one.pk: one for one in User.objects.visible_to(user).order_by("name", "pk")}
    initial = [
        {"user": one.user_id, "weight": one.weight} | {window: getattr(one, window) for window in WINDOWS}
        for one in members
    ]
    taken = frozenset(one.user_id for one in members)
    return SeatForms(data, initial=initial, prefix="members", people=people, taken=taken)
