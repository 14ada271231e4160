"""When something is due to be said to whom, writing it once, and whether it is still right when it goes."""

from app.reminders.rules.occasions import (
    LOOK_AHEAD,
    LOOK_BACK,
    Occasion,
    is_still_right,
    joining_occasions,
    looks_until,
    newest_due,
    register_occasions,
    remind_of_joining,
    remind_of_register,
    warn_of_few,
)
from app.reminders.rules.refreshers import (
    Refresher,
    refresher_occasion,
    refreshers_due,
    remind_of_refresher,
)

__all__ = [
    "LOOK_AHEAD",
    "LOOK_BACK",
    "Occasion",
    "Refresher",
    "is_still_right",
    "joining_occasions",
    "looks_until",
    "newest_due",
    "refresher_occasion",
    "refreshers_due",
    "register_occasions",
    "remind_of_joining",
    "remind_of_refresher",
    "remind_of_register",
    "warn_of_few",
]
