"""The tables of people: who they are, who is invited, what they should know."""

from .departure import Departure, HandedOver
from .invitation import Invitation
from .notification import Notification
from .people import AwayTime, Team, User

__all__ = ["AwayTime", "Departure", "HandedOver", "Invitation", "Notification", "Team", "User"]
