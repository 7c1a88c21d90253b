"""The policy of playbooks: what calls one, for whom, what stops it, which task is due when. Nothing here writes.

A new trigger, stop or filter is one class or line in its file, and one line in its dictionary.
"""

from .calls import CATCH_UP, Rule, calls_of, still_called, subject_of
from .conditions import CONDITIONS, Known, condition_words, fitting
from .steps import due_at, due_on, title_of, unknown_placeholders
from .stops import ALWAYS, ENDINGS, STOPS, Stop, ending_words, stop_words
from .subjects import CUSTOMER, LEAD, SUBJECTS, Subject
from .triggers import TRIGGERS, Trigger

__all__ = [
    "ALWAYS",
    "CATCH_UP",
    "CONDITIONS",
    "CUSTOMER",
    "ENDINGS",
    "LEAD",
    "STOPS",
    "SUBJECTS",
    "TRIGGERS",
    "Known",
    "Rule",
    "Stop",
    "Subject",
    "Trigger",
    "calls_of",
    "condition_words",
    "due_at",
    "due_on",
    "ending_words",
    "fitting",
    "still_called",
    "stop_words",
    "subject_of",
    "title_of",
    "unknown_placeholders",
]
