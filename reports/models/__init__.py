"""What do the reports own?"""

from .target import Target

__all__ = ["Target"]
