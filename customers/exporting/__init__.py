"""How do customers and their contacts leave in files?"""

from .lists import LIST

__all__ = ["LIST"]
