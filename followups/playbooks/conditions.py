"""For which customers or leads does a playbook work? Filters over what they are at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.models import Team
from core.registries import Label
from customers import words
from customers.models import Customer
from opportunities.models import Campaign, InquiryForm

from .subjects import CUSTOMER, LEAD, SUBJECTS, Subject


@dataclass(frozen=True)
class Condition:
    """``choices`` are (value, word) of what may be chosen; ``fits`` makes the chosen values a condition over the
    rows of ``subjects``; playbooks of others pass it over.
    """

    label: Label
    choices: Callable[[], Iterable[tuple[Any, Any]]]
    fits: Callable[[Sequence[Any]], Q]
    subjects: Sequence[Subject] = (CUSTOMER,)


def _tagged(tags: Sequence[Any]) -> Q:
    through = Customer.tags.through._default_manager
    return Q(pk__in=through.filter(tag__in=tags).values("customer"))  # no join: a customer stays one row


def _of_teams(teams: Sequence[Any]) -> Q:
    """Owners in these teams or below them."""
    return Q(owner__team__in={pk for team in teams for pk in Team.objects.ids_below(int(team))})


CONDITIONS: dict[str, Condition] = {
    "status": Condition(
        gettext_lazy("Status"),
        lambda: ((row.key, row.name) for row in words.statuses()),
        lambda keys: Q(status__key__in=keys),
    ),
    "grade": Condition(
        gettext_lazy("Grade"),
        lambda: [*Customer.Grade.choices, ("none", _("without"))],
        lambda grades: Q(grade__in=["" if one == "none" else one for one in grades]),
    ),
    "country": Condition(
        gettext_lazy("Country"), lambda: list(countries), lambda codes: Q(country__in=codes), SUBJECTS
    ),
    "source": Condition(
        gettext_lazy("Source"),
        lambda: ((row.key, row.name) for row in words.sources()),
        lambda keys: Q(source__key__in=keys),
        SUBJECTS,
    ),
    "campaign": Condition(
        gettext_lazy("Campaign"),
        lambda: ((row.key, row.name) for row in Campaign._default_manager.all()),
        lambda keys: Q(campaign__key__in=keys),
        (LEAD,),
    ),
    "form": Condition(
        gettext_lazy("Inquiry form"),
        lambda: ((str(row.pk), row.name) for row in InquiryForm._default_manager.all()),
        lambda forms: Q(form__in=forms),
        (LEAD,),
    ),
    "tags": Condition(gettext_lazy("Tags"), lambda: ((str(row.pk), row.name) for row in words.tags()), _tagged),
    "team": Condition(
        gettext_lazy("Team of the owner"),
        lambda: ((str(row.pk), row.name) for row in Team.objects.all()),
        _of_teams,
        SUBJECTS,
    ),
}


def fitting(conditions: Mapping[str, Sequence[Any]], subject: Subject = CUSTOMER) -> Q:
    """Living customers, or open leads, that somebody active holds and that fit every filter of theirs."""
    fits = subject.living
    for key, values in conditions.items():
        if key in CONDITIONS and values and subject in CONDITIONS[key].subjects:
            fits &= CONDITIONS[key].fits(values)
    return fits


class Known(dict[str, dict[str, str]]):
    """The words of what each filter offers, by its key: looked up once, however many playbooks are told of."""

    def __missing__(self, key: str) -> dict[str, str]:
        self[key] = {str(value): str(name) for value, name in CONDITIONS[key].choices()}
        return self[key]


def condition_words(conditions: Mapping[str, Sequence[Any]], known: Known | None = None) -> list[tuple[str, str]]:
    """(filter, chosen words) in the reader's language; what was taken out meanwhile is shown as it was kept."""
    known = Known() if known is None else known
    return [
        (str(condition.label), _(", ").join(known[key].get(str(one), str(one)) for one in values))
        for key, condition in CONDITIONS.items()
        if (values := conditions.get(key))
    ]
