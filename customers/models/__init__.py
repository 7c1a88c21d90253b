"""The tables of the customers' floor."""

from .classification import Category, CategoryDimension, Source, Status, Tag
from .contact import Contact, ContactPoint
from .customer import Collaborator, Customer, CustomerGroup, KeyDate, Revenue, StatusChange
from .event import Event, EventDelivery
from .file import Attachment, Blob
from .header import CustomerName
from .identity import CustomerRequest, GramCount, IdentityKey, SaidDifferent
from .look_up import LookUp
from .note import Note
from .ownership import OwnershipPeriod
from .pool import Pool, PoolMember
from .put_off import PutOff

__all__ = [
    "Attachment",
    "Blob",
    "Category",
    "CategoryDimension",
    "Collaborator",
    "Contact",
    "ContactPoint",
    "Customer",
    "CustomerGroup",
    "CustomerName",
    "CustomerRequest",
    "Event",
    "EventDelivery",
    "GramCount",
    "IdentityKey",
    "KeyDate",
    "LookUp",
    "Note",
    "OwnershipPeriod",
    "Pool",
    "PoolMember",
    "PutOff",
    "Revenue",
    "SaidDifferent",
    "Source",
    "Status",
    "StatusChange",
    "Tag",
]
