"""What is done with targets?"""

from .targets import Levels, copy_year, save_targets, share_out

__all__ = ["Levels", "copy_year", "save_targets", "share_out"]
