"""What can be done with customers? Every business act that writes, by noun."""

from .contacts import archive_contact, restore_contact, save_contact
from .customers import archive_customer, restore_customer, update_customer
from .entering import create_customer
from .files import add_files, change_file, remove_file, restore_file
from .groups import leave_group, put_in_group
from .headers import add_header, make_main, remove_header, update_header
from .key_dates import set_key_dates
from .notes import add_note, delete_note, edit_note
from .ownership import transfer_customer
from .people import add_collaborator, remove_collaborator
from .putting_off import put_off_step, show_step_again
from .requests import ask_about, decide_request, tell_apart, withdraw_request
from .status import change_status, protect, set_grade, unprotect
from .tags import add_tags, merge_tags, remove_tags

__all__ = [
    "add_collaborator",
    "add_files",
    "add_header",
    "add_note",
    "add_tags",
    "archive_contact",
    "archive_customer",
    "ask_about",
    "change_file",
    "change_status",
    "create_customer",
    "decide_request",
    "delete_note",
    "edit_note",
    "leave_group",
    "make_main",
    "merge_tags",
    "protect",
    "put_in_group",
    "put_off_step",
    "remove_collaborator",
    "remove_file",
    "remove_header",
    "remove_tags",
    "restore_contact",
    "restore_customer",
    "restore_file",
    "save_contact",
    "set_grade",
    "set_key_dates",
    "show_step_again",
    "tell_apart",
    "transfer_customer",
    "unprotect",
    "update_customer",
    "update_header",
    "withdraw_request",
]
