"""The tables of people: who they are, who is invited, what they should know."""

from .invitation import Invitation
from .notification import Notification
from .people import Team, User

__all__ = ["Invitation", "Notification", "Team", "User"]
