"""How do deals, orders and their lines come in from files?"""

from .deal_target import DealTarget

__all__ = ["DealTarget"]
