"""What is said of a communication when it is written down or corrected?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers.models import Contact
    from followups.inputs import TaskData
    from opportunities.models import Opportunity


@dataclass
class CommunicationData:
    """``happened_at`` is aware and not in the future; ``tasks`` are its to-dos and the next step."""

    channel: str
    direction: str
    happened_at: datetime
    subject: str = ""
    body: str = ""
    feedback: str = ""
    agreement: str = ""
    contacts: Sequence[Contact] = ()
    # Of the customer, which it is about.
    opportunity: Opportunity | None = None
    is_automatic: bool = False
    source: str = "logged"
    external_key: str = ""
    tasks: Sequence[TaskData] = field(default_factory=list)
    # Names of files that hang on it, so that they are found.
    file_names: Sequence[str] = ()
