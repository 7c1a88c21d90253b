"""What may be typed about customers and what belongs to them? Forms explain; services act."""

from .customer import CustomerForm, NewCustomerForm
from .fields import ENHANCED, Points, points_initial, split_tags
from .parts import ContactForm, FirstContactForm, HeaderForm, NoteForm
from .verbs import (
    CollaboratorForm,
    GradeForm,
    GroupForm,
    ProtectForm,
    ReasonForm,
    RestoreForm,
    StatusForm,
    TransferForm,
)

__all__ = [
    "ENHANCED",
    "CollaboratorForm",
    "ContactForm",
    "CustomerForm",
    "FirstContactForm",
    "GradeForm",
    "GroupForm",
    "HeaderForm",
    "NewCustomerForm",
    "NoteForm",
    "Points",
    "ProtectForm",
    "ReasonForm",
    "RestoreForm",
    "StatusForm",
    "TransferForm",
    "points_initial",
    "split_tags",
]
