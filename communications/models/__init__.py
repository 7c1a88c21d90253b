"""The tables of the communications' floor."""

from .communication import Communication, CommunicationComment
from .text_template import TextTemplate

__all__ = ["Communication", "CommunicationComment", "TextTemplate"]
