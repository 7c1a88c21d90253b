"""How do leads, deals, orders and their lines come in from files?"""

from .deal_target import DealTarget
from .lead_target import LeadTarget
from .order_target import LineTarget, OrderTarget

__all__ = ["DealTarget", "LeadTarget", "LineTarget", "OrderTarget"]
