"""Which leads, opportunities and orders may leave in a file?"""

from .leads import LEADS

__all__ = ["LEADS"]
