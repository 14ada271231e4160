"""Pictures and files of figures, as pages and packs show them."""

from __future__ import annotations

from app.figures.files.beside import months_of, steps_of, waves_of
from app.figures.files.breakdowns import breakdown_csv, known_in_words
from app.figures.files.charts import (
    Outlook,
    ProgressChart,
    WeeksChart,
    outlook_of,
    progress_chart,
    weeks_chart,
)
from app.figures.files.months import month_rows

__all__ = [
    "Outlook",
    "ProgressChart",
    "WeeksChart",
    "breakdown_csv",
    "known_in_words",
    "month_rows",
    "months_of",
    "outlook_of",
    "progress_chart",
    "steps_of",
    "waves_of",
    "weeks_chart",
]
