"""What did a playbook do in each of its versions, and what changed from one to the next?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .kinds import kind_of
from .models import PlaybookStep, PlaybookVersion
from .playbooks import Known, condition_words, stop_words
from .reasons import trigger_words


@dataclass(frozen=True)
class Changed:
    """A version, and what it took away from and added to the one before; nothing for the first."""

    version: PlaybookVersion
    gone: Sequence[str]
    new: Sequence[str]


def step_words(step: PlaybookStep) -> str:
    """A step in one line, in the reader's language."""
    if step.unit == PlaybookStep.Unit.WORKING_DAYS:
        words = ngettext("after %(n)d working day", "after %(n)d working days", step.offset)
    else:
        words = ngettext("after %(n)d day", "after %(n)d days", step.offset)
    return f"{kind_of(step.kind).label}: {step.title} · {words % {'n': step.offset}}"


def said(version: PlaybookVersion, known: Known) -> list[str]:
    """Everything that a version does, a line each."""
    lines = [_("When: %(words)s") % {"words": trigger_words(version, known)}]
    lines += [f"{label}: {words}" for label, words in condition_words(version.conditions, known)]
    lines += [step_words(step) for step in version.steps.all()]
    return lines + [_("Stops: %(words)s") % {"words": words} for words in stop_words(version.stops, known)]


def history(versions: Sequence[PlaybookVersion]) -> list[Changed]:
    """Versions, newest first, each beside what it changed."""
    known = Known()
    lines = [said(version, known) for version in versions]
    found = []
    for version, now, before in zip(versions, lines, [*lines[1:], *lines[-1:]], strict=True):
        found.append(
            Changed(version, [line for line in before if line not in now], [line for line in now if line not in before])
        )
    return found
