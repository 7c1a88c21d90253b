"""With which words do the pool's rules refuse? Each names the rule, its numbers and when it ends."""

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class NotInPool(DomainError):
    """Somebody else was quicker, or it was taken out."""

    message = _("This customer is not in the pool any more.")


class NotAMember(DomainError):
    status = 403
    message = _("You are not a member of this pool. An admin can add you.")


class ClaimLimitReached(DomainError):
    status = 429
    message = _("Your claims from this pool are used up.")


class AtCapacity(DomainError):
    status = 429
    message = _("You hold as many customers as this pool allows.")


class InCoolDown(DomainError):
    message = _("You gave this customer back or lost it a short time ago.")


class AdminsAssign(DomainError):
    status = 403
    message = _("Admins do not claim. Give the customer to somebody instead.")


class NotHeld(DomainError):
    message = _("Nobody holds this customer.")


class ReasonMissing(DomainError):
    message = _("Choose why the customer goes back to the pool.")


class WordsMissing(DomainError):
    message = _("Say in your own words why: this reason needs them.")


class TooLateToUndo(DomainError):
    message = _("A release can be taken back for 10 minutes.")


class TakenMeanwhile(DomainError):
    message = _("Somebody has taken the customer meanwhile.")


class StrangePool(DomainError):
    message = _("This pool is not in use.")


class OverrideNeedsReason(DomainError):
    message = _("Say why: this person gave the customer back or lost it a short time ago.")


class AskedOnce(DomainError):
    message = _("More time can be asked for once while you hold the customer.")


class NothingToExtend(DomainError):
    message = _("No rule takes this customer back.")


class RuleWithoutName(DomainError):
    message = _("Give the rule a name, in one language at least.")


class RuleWithoutConditions(DomainError):
    message = _("A rule without conditions takes every customer: say so, or choose at least one condition.")


class RuleWithConditionsForAll(DomainError):
    message = _("It is either for every customer or has conditions: take one of both away.")


class RuleChangedMeanwhile(DomainError):
    message = _("Somebody changed this rule meanwhile. Look at it anew before you save.")


class NotParked(DomainError):
    message = _("It is not set aside: the next run tries it anyway.")


class TooManyAtOnce(DomainError):
    status = 422
    message = _("These are too many at once. Choose fewer.")


class RotationIsOff(DomainError):
    message = _("This rotation is not in use.")


class MemberAlready(DomainError):
    message = _("This person takes part already.")


class NotAMemberOfRotation(DomainError):
    message = _("This person does not take part in the rotation.")


class WrongWeight(DomainError):
    message = _("A weight is a whole number from 0 to 100.")


class WeightsAreComputed(DomainError):
    message = _("The weights of this rotation are computed. Switch it to weights by hand first.")


class OrderIsIncomplete(DomainError):
    message = _("Somebody joined or left meanwhile. Look at the order anew.")


class RotationWithoutName(DomainError):
    message = _("Give the rotation a name, in one language at least.")


class HasGivenOtherThings(DomainError):
    message = _("It has given out already: a rotation of customers stays one of customers, one of leads one of leads.")


class WeightsWithoutPool(DomainError):
    message = _("Weights are computed from what was taken out of a pool.")


class RotationChangedMeanwhile(DomainError):
    message = _("Somebody changed this rotation meanwhile. Look at it anew before you save.")
