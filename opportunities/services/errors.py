"""With which words do the rules of leads, opportunities and orders refuse?"""

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class OpportunityIsArchived(DomainError):
    message = _("This opportunity lies in the archive.")


class OpportunityIsClosed(DomainError):
    message = _("This opportunity is won or lost already. Reopen it first.")


class OpportunityIsOpen(DomainError):
    message = _("This opportunity is open.")


class MovedMeanwhile(DomainError):
    message = _("Somebody moved this opportunity meanwhile. This is how it stands now.")


class SameStage(DomainError):
    message = _("It is in this stage already.")


class StrangeStage(DomainError):
    message = _("Choose a stage of this pipeline that is in use.")


class ReasonMissing(DomainError):
    message = _("Say why, so that the others understand.")


class WinnerMissing(DomainError):
    message = _("Name the competitor who got it.")


class CheckpointsOpen(DomainError):
    """``numbers["checkpoints"]`` are the ids of those that are not done."""

    message = _("Some checkpoints are not done. Tick what is done, or say why it goes on without them.")


class FieldsMissing(DomainError):
    """``numbers["fields"]`` are the keys of what must be known first."""

    message = _("This stage asks for more.")


class DateInTheFuture(DomainError):
    message = _("This day has not come yet.")


class DateBeforeBegin(DomainError):
    message = _("This day is before the opportunity began.")


class StrangeContact(DomainError):
    message = _("This person belongs to another customer.")


class StrangeCustomer(DomainError):
    message = _("Choose a customer that you work on.")


class CustomerStays(DomainError):
    message = _("An opportunity with orders stays with its customer.")


class ExternalIdTaken(DomainError):
    message = _("Another opportunity has this external id.")


class CurrencyMissing(DomainError):
    message = _("Say in which currency.")


class PersonIsGone(DomainError):
    message = _("This colleague does not work here any more.")


class SameOwner(DomainError):
    message = _("This colleague holds it already.")


class NoPipeline(DomainError):
    message = _("No pipeline with an open stage is in use. An admin sets one up first.")


# --- orders ---------------------------------------------------------------------------------------


class OrderIsVoid(DomainError):
    message = _("This order is void.")


class NumberTaken(DomainError):
    message = _("Another order has this number.")


class AmountMissing(DomainError):
    message = _("Say what the order comes to, or enter its lines.")


class LineIncomplete(DomainError):
    message = _("Each line of an order has a quantity and a price.")


class NotWon(DomainError):
    message = _("An order is made of a won opportunity. Win it first.")


class StrangeOpportunity(DomainError):
    message = _("This opportunity is another customer's.")
