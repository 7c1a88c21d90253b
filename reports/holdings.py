"""What does a person hold on the reports' floor, for the day they leave?"""

from accounts.registries import BYLINES


def register() -> None:
    """Name the columns that only say whose it was: who left still had these targets, and forecast this."""
    BYLINES.update({"reports.ForecastCell.owner", "reports.Target.set_by", "reports.Target.user"})
