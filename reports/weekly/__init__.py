"""What does somebody's weekly summary say?"""

from .summary import Summary, summary_of

__all__ = ["Summary", "summary_of"]
