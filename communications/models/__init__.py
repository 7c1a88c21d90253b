"""The tables of the communications' floor."""

from .communication import Communication, CommunicationComment
from .drop import Drop, ImportedMessage
from .text_template import TextTemplate

__all__ = ["Communication", "CommunicationComment", "Drop", "ImportedMessage", "TextTemplate"]
