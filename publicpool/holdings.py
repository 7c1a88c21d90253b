"""What does a person hold on the pool's floor, for the day they leave?"""

from accounts.registries import BYLINES


def register() -> None:
    """Name the columns that only say who did something: customers themselves are the lower floor's holding."""
    BYLINES.update(
        {
            "customers.PoolMember.user",
            "publicpool.Claim.user",
            "publicpool.Extension.by",
            "publicpool.Extension.decided_by",
            "publicpool.ReclaimRuleVersion.made_by",
            "publicpool.ReclaimWarning.user",
            "publicpool.Release.by",
            "publicpool.Release.former",
            "publicpool.Reveal.by",
            "publicpool.RotationEntry.by",
            "publicpool.RotationEntry.user",
            # Turns of who does not work here any more are skipped.
            "publicpool.RotationMember.user",
            "publicpool.RunLine.user",
        }
    )
