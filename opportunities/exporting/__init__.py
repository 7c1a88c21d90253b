"""Which leads, opportunities and orders may leave in a file?"""

from .leads import LEADS
from .opportunities import OPPORTUNITIES
from .orders import ORDERS

__all__ = ["LEADS", "OPPORTUNITIES", "ORDERS"]
