"""The tables of the ground floor."""

from .custom_fields import CustomField
from .exports import ExportLog
from .imports import ImportRow, ImportRun
from .jobs import Heartbeat, Job
from .mail import OutgoingMail
from .rates import ExchangeRate
from .rollups import StalePart
from .submissions import Submission
from .views import DefaultView, SavedView

__all__ = [
    "CustomField",
    "DefaultView",
    "ExchangeRate",
    "ExportLog",
    "Heartbeat",
    "ImportRow",
    "ImportRun",
    "Job",
    "OutgoingMail",
    "SavedView",
    "StalePart",
    "Submission",
]
