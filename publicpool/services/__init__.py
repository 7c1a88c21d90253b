"""What can be done with customers of the pool, and with those that go there?"""

from .assigning import assign_customers
from .claiming import claim_customer, claim_customers
from .extending import ask_for_more_time, decide_extension
from .releasing import release_customer, release_customers, undo_release
from .revealing import reveal_customer
from .rotating import run_rotation
from .rotation_editing import reorder_rotations, save_with_members, switch_rotation
from .rotations import (
    add_member,
    compute_weights,
    remove_member,
    save_rotation,
    set_limits,
    set_order,
    set_weights,
)

__all__ = [
    "add_member",
    "ask_for_more_time",
    "assign_customers",
    "claim_customer",
    "claim_customers",
    "compute_weights",
    "decide_extension",
    "release_customer",
    "release_customers",
    "remove_member",
    "reorder_rotations",
    "reveal_customer",
    "run_rotation",
    "save_rotation",
    "save_with_members",
    "set_limits",
    "set_order",
    "set_weights",
    "switch_rotation",
    "undo_release",
]
