"""How do deals, orders and their lines come in from files?"""

from .deal_target import DealTarget
from .order_target import LineTarget, OrderTarget

__all__ = ["DealTarget", "LineTarget", "OrderTarget"]
