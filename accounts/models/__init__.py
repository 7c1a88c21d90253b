"""The tables of people: who they are, who is invited, what they should know."""

from .invitation import Invitation
from .notification import Notification
from .people import AwayTime, Team, User

__all__ = ["AwayTime", "Invitation", "Notification", "Team", "User"]
