"""What does a person hold on the reports' floor, for the day they leave?"""

from accounts.registries import BYLINES


def register() -> None:
    """Name the columns that only say whose it was: the targets of who left tell what was to be reached then."""
    BYLINES.update({"reports.Target.set_by", "reports.Target.user"})
