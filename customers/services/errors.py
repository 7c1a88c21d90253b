"""With which words do the customers' rules refuse?"""

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class SameCompany(DomainError):
    """The same code, or the same name with its legal form in the same country, stands already."""

    message = _("This company is entered already.")
    # The record that stands already; a page links to it where its reader may see it.
    customer_id: int | None = None


class WrongCode(DomainError):
    message = _("This code cannot be right.")


class LastHeader(DomainError):
    message = _("A customer keeps at least its main header. Make another one the main header first.")


class ReasonMissing(DomainError):
    message = _("Say why: this change needs a reason.")


class RenewalMissing(DomainError):
    message = _("A retained customer carries the day of its renewal or next order.")


class SameStatus(DomainError):
    message = _("The customer has this status already.")


class SameOwner(DomainError):
    message = _("This person holds the customer already.")


class PersonIsGone(DomainError):
    message = _("This person does not work here any more.")


class StillNeeded(DomainError):
    message = _("This colleague holds open opportunities here. Give them to somebody else first.")


class AlreadyCollaborator(DomainError):
    message = _("This person sees the customer already.")


class DateInThePast(DomainError):
    message = _("This day has passed.")


class CustomerIsBusy(DomainError):
    message = _("Somebody else is changing this at this very moment. Try again.")


class CustomerIsArchived(DomainError):
    message = _("This customer is archived. Restore it first.")


class CustomerIsNotArchived(DomainError):
    message = _("This customer is not archived.")


class ExternalIdTaken(DomainError):
    message = _("Another customer has this external id.")
