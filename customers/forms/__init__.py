"""What may be typed about customers and what belongs to them? Forms explain; services act."""

from .customer import CustomerForm, NewCustomerForm
from .fields import ENHANCED, Points, points_initial, split_tags
from .files import FileForm, FilesField, FilesInput
from .parts import ContactForm, FirstContactForm, HeaderForm, NoteForm
from .steps import PutOffForm
from .verbs import (
    AskForm,
    CollaboratorForm,
    DecisionForm,
    GradeForm,
    GroupForm,
    KeyDatesForm,
    LookUpForm,
    ProtectForm,
    ReasonForm,
    RestoreForm,
    StatusForm,
    TellApartForm,
    TransferForm,
)

__all__ = [
    "ENHANCED",
    "AskForm",
    "CollaboratorForm",
    "ContactForm",
    "CustomerForm",
    "DecisionForm",
    "FileForm",
    "FilesField",
    "FilesInput",
    "FirstContactForm",
    "GradeForm",
    "GroupForm",
    "HeaderForm",
    "KeyDatesForm",
    "LookUpForm",
    "NewCustomerForm",
    "NoteForm",
    "Points",
    "ProtectForm",
    "PutOffForm",
    "ReasonForm",
    "RestoreForm",
    "StatusForm",
    "TellApartForm",
    "TransferForm",
    "points_initial",
    "split_tags",
]
