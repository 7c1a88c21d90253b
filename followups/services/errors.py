"""With which words do the rules of follow-ups refuse?"""

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class SentenceMissing(DomainError):
    message = _("Finish it with a sentence of your own.")


class TaskIsOver(DomainError):
    message = _("This task has ended already.")


class TaskIsOpen(DomainError):
    message = _("This task is open already.")


class TakenAlready(DomainError):
    message = _("Somebody of the team took this task already.")


class ReasonMissing(DomainError):
    message = _("Say why, so that the others understand.")


class TitleMissing(DomainError):
    message = _("Say what is to be done next.")


class DueMissing(DomainError):
    message = _("Say until when.")


class SameDue(DomainError):
    message = _("The task is due then already.")


class NobodyToDoIt(DomainError):
    message = _("Choose a person or a team.")


class CommentIsEmpty(DomainError):
    message = _("Write something first.")


class StrangeContact(DomainError):
    message = _("This person belongs to another customer.")


class StrangePlan(DomainError):
    message = _("This plan belongs to another customer.")


class SeriesIsOver(DomainError):
    message = _("No day of this series lies ahead. Change its rule first.")


class PlanIsOver(DomainError):
    message = _("This plan has ended already.")


class PlaybookWithoutName(DomainError):
    message = _("Give the playbook a name, in one language at least.")


class PlaybookWithoutSteps(DomainError):
    message = _("A playbook needs a step at least.")


class UnknownPlaceholder(DomainError):
    message = _("Only {customer} and {contact} are filled in.")
