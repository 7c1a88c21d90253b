"""How do customers and their contacts come in from files?"""

from .target import CustomerTarget

__all__ = ["CustomerTarget"]
