"""The tables of the ground floor."""

from .custom_fields import CustomField
from .jobs import Heartbeat, Job
from .mail import OutgoingMail
from .submissions import Submission
from .views import DefaultView, SavedView

__all__ = [
    "CustomField",
    "DefaultView",
    "Heartbeat",
    "Job",
    "OutgoingMail",
    "SavedView",
    "Submission",
]
