"""What is an inquiry, a deal, an order?"""

from .funnel import FunnelCell
from .lead import Conversion, Inquiry, InquiryForm, Lead, LeadAnswer
from .opportunity import Move, Opportunity, OpportunityContact, OpportunityLine, PassedCheckpoint
from .order import Order, OrderLine
from .pipeline import (
    Campaign,
    Checkpoint,
    DisqualifyReason,
    LostReason,
    Pipeline,
    ScreeningQuestion,
    Stage,
)
from .rhythm import Rhythm

__all__ = [
    "Campaign",
    "Checkpoint",
    "Conversion",
    "DisqualifyReason",
    "FunnelCell",
    "Inquiry",
    "InquiryForm",
    "Lead",
    "LeadAnswer",
    "LostReason",
    "Move",
    "Opportunity",
    "OpportunityContact",
    "OpportunityLine",
    "Order",
    "OrderLine",
    "PassedCheckpoint",
    "Pipeline",
    "Rhythm",
    "ScreeningQuestion",
    "Stage",
]
