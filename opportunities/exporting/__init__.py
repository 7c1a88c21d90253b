"""Which leads, opportunities, orders and rhythms may leave in a file?"""

from .leads import LEADS
from .opportunities import OPPORTUNITIES
from .orders import ORDERS
from .rhythm import RHYTHM

__all__ = ["LEADS", "OPPORTUNITIES", "ORDERS", "RHYTHM"]
