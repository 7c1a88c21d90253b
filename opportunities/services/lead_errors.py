"""With which words do the rules of leads refuse?"""

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class LeadIsEmpty(DomainError):
    message = _("Say at least who asks or for what.")


class LeadIsConverted(DomainError):
    message = _("This lead was converted: go on with its customer.")


class LeadIsDisqualified(DomainError):
    message = _("This lead was disqualified. Reopen it first.")


class LeadIsOpen(DomainError):
    message = _("This lead is open already.")


class LeadIsArchived(DomainError):
    message = _("This lead is archived. Restore it first.")


class LeadIsNotArchived(DomainError):
    message = _("This lead is not archived.")


class LeadExternalIdTaken(DomainError):
    message = _("Another lead has this external id.")


class SameLeadOwner(DomainError):
    message = _("This person has the lead already.")


class WordsMissing(DomainError):
    message = _("Say in words why.")


class CustomerMissing(DomainError):
    message = _("Name the customer, or enter a new one.")


class StrangeConversionContact(DomainError):
    message = _("This person is not a contact of the customer.")


class UndoneAlready(DomainError):
    message = _("This conversion was undone already.")


class UndoTooLate(DomainError):
    message = _("A conversion can be undone within 24 hours.")


class DealIsWon(DomainError):
    message = _("Its opportunity was won meanwhile: the conversion stays.")


class DealHasAnOrder(DomainError):
    message = _("Its opportunity has an order meanwhile: the conversion stays.")
