"""Who writes leads, opportunities and orders?"""

from .advancing import advance_opportunity
from .converting import convert_lead, undo_conversion
from .inquiries import accept_inquiries, clear_junk, junk_inquiries, receive_inquiry
from .inquiry_forms import save_inquiry_form
from .leads import (
    add_lead_files,
    answer_question,
    archive_lead,
    assign_lead,
    assign_leads,
    create_lead,
    disqualify_lead,
    reopen_lead,
    restore_lead,
    start_lead,
    update_lead,
)
from .moving import (
    lose_opportunity,
    move_opportunity,
    pass_checkpoint,
    reopen_opportunity,
    win_opportunity,
)
from .opportunities import (
    archive_opportunity,
    assign_opportunity,
    create_opportunity,
    restore_opportunity,
    set_collaborators,
    update_opportunity,
)
from .orders import create_order, draft_of, update_order, void_order

__all__ = [
    "accept_inquiries",
    "add_lead_files",
    "advance_opportunity",
    "answer_question",
    "archive_lead",
    "archive_opportunity",
    "assign_lead",
    "assign_leads",
    "assign_opportunity",
    "clear_junk",
    "convert_lead",
    "create_lead",
    "create_opportunity",
    "create_order",
    "disqualify_lead",
    "draft_of",
    "junk_inquiries",
    "lose_opportunity",
    "move_opportunity",
    "pass_checkpoint",
    "receive_inquiry",
    "reopen_lead",
    "reopen_opportunity",
    "restore_lead",
    "restore_opportunity",
    "save_inquiry_form",
    "set_collaborators",
    "start_lead",
    "undo_conversion",
    "update_lead",
    "update_opportunity",
    "update_order",
    "void_order",
    "win_opportunity",
]
