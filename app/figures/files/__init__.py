"""Pictures and files of figures, as pages and packs show them."""

from __future__ import annotations

from app.figures.files.breakdowns import breakdown_csv
from app.figures.files.charts import (
    Outlook,
    ProgressChart,
    WeeksChart,
    outlook_of,
    progress_chart,
    weeks_chart,
)

__all__ = [
    "Outlook",
    "ProgressChart",
    "WeeksChart",
    "breakdown_csv",
    "outlook_of",
    "progress_chart",
    "weeks_chart",
]
