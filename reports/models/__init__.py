"""What do the reports own?"""

from .forecast import ForecastCell, ForecastSnapshot
from .target import Target

__all__ = ["ForecastCell", "ForecastSnapshot", "Target"]
