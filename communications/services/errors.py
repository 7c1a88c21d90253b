"""With which words do the rules of communications refuse?"""

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class InTheFuture(DomainError):
    message = _("This has not happened yet. For what is to come, plan a task.")


class LongAgo(DomainError):
    message = _("Nobody wrote this down so long ago. Check the year.")


class StrangeContact(DomainError):
    message = _("This person belongs to another customer.")


class NobodyThere(DomainError):
    message = _("Nobody is named with whom it was said. Give the opportunity its customer first.")


class ImportedAlready(DomainError):
    message = _("This stands here already.")


class IsDeleted(DomainError):
    message = _("This was deleted meanwhile.")


class CommentIsEmpty(DomainError):
    message = _("Write something first.")
