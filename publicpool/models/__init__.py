"""The tables of the public pool: what was claimed and given back, by which rules customers return."""

from .claims import Claim, Release, ReleaseReason
from .reclaiming import Extension, FirmHoliday, ReclaimRule, ReclaimRuleVersion, ReclaimWarning
from .reveals import Reveal
from .rotating import Rotation, RotationEntry, RotationHead, RotationMember
from .runs import Run, RunLine
from .settings import ExemptStage, PoolRoute, PoolSettings

__all__ = [
    "Claim",
    "ExemptStage",
    "Extension",
    "FirmHoliday",
    "PoolRoute",
    "PoolSettings",
    "ReclaimRule",
    "ReclaimRuleVersion",
    "ReclaimWarning",
    "Release",
    "ReleaseReason",
    "Reveal",
    "Rotation",
    "RotationEntry",
    "RotationHead",
    "RotationMember",
    "Run",
    "RunLine",
]
