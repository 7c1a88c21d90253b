"""The tables of the communications' floor."""

from .communication import Communication, CommunicationComment
from .drop import Drop, ImportedMessage
from .rollups import Answer, SaidCell
from .text_template import TextTemplate

__all__ = [
    "Answer",
    "Communication",
    "CommunicationComment",
    "Drop",
    "ImportedMessage",
    "SaidCell",
    "TextTemplate",
]
