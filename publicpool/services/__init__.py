"""What can be done with customers of the pool, and with those that go there?"""

from .assigning import assign_customers
from .claiming import claim_customer, claim_customers
from .extending import ask_for_more_time, decide_extension
from .releasing import release_customer, release_customers, undo_release
from .revealing import reveal_customer

__all__ = [
    "ask_for_more_time",
    "assign_customers",
    "claim_customer",
    "claim_customers",
    "decide_extension",
    "release_customer",
    "release_customers",
    "reveal_customer",
    "undo_release",
]
