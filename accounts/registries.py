"""What do upper apps tell the floor of people: what somebody holds, and which notices there are?

Both are plain dictionaries; an upper app adds its lines in ``AppConfig.ready()``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from core.registries import Label

if TYPE_CHECKING:
    from .models import Notification, User


@dataclass(frozen=True)
class Holding:
    """One kind of thing that a person holds and that somebody must look after when they leave.

    ``order`` is the lock order of departure: customers before their children. ``rows`` are counted,
    bounded, with all other holdings in one statement; ``url`` is where a manager or admin sees
    them. ``covers`` names the foreign keys to User that it answers for ("customers.Customer.owner").
    ``party`` is the customer or lead that a row is of, None for neither, ``joins`` what that reads.
    ``named``: the few that there are, each with its name and page, where their number says too little.
    ``is_weighty``: a departure is not carried out where these are others than those it was tried with.
    """

    label: Label
    order: int
    rows: Callable[[User], QuerySet[Any]]
    url: Callable[[User], str] | None = None
    covers: tuple[str, ...] = ()
    party: Callable[[Any], Any] = lambda row: None
    joins: tuple[str, ...] = ()
    named: Callable[[User], Sequence[tuple[str, str]]] | None = None
    is_weighty: bool = False


@dataclass(frozen=True)
class NoticeLine:
    """The words of one notice. ``url`` is a path of our own, '' where there is nothing to open."""

    title: str
    url: str = ""
    icon: str = "bell"
    text: str = ""


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice.

    ``render`` gets the notices of this kind on a page and their reader, checks anew what the reader
    may see, and gives the lines by notification id; an id left out is not visible any more. It runs
    a fixed number of queries for any number of notices. ``by_mail``: also by e-mail unless the
    reader chose otherwise.
    """

    label: Label
    render: Callable[[Sequence[Notification], User], Mapping[int, NoticeLine]]
    by_mail: bool = False


# Pages of floors above that show what a setting of the profile brings: by the form's field, label and URL name.
SHOWN_AT: dict[str, tuple[Label, str]] = {}
HOLDINGS: dict[str, Holding] = {}
NOTICES: dict[str, NoticeKind] = {}
# Foreign keys to User that only say who did something or whose setting it is: nothing to hand over.
BYLINES: set[str] = {
    "accounts.AwayTime.user",
    "accounts.Departure.done_by",
    "accounts.Departure.person",
    "accounts.Departure.planned_by",
    "accounts.HandedOver.to",
    "accounts.Invitation.accepted_by",
    "accounts.Invitation.created_by",
    "accounts.Notification.actor",
    "accounts.Notification.recipient",
    "accounts.User.deputy",  # one who left is passed over (accounts.chart)
}
