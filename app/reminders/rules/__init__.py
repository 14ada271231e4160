"""When something is due to be said to whom, writing it once, and whether it is still right when it goes."""

from app.reminders.rules.absences import (
    LOOK_BACK_FOR_ABSENCES,
    absences_to_ask_about,
    ask_about_absence,
    ask_from,
)
from app.reminders.rules.chasing import (
    Subject,
    chases,
    digest_at,
    from_trainers,
    is_time_for_digest,
    questions,
    thin_runs,
    write_digest,
)
from app.reminders.rules.missing import (
    outstanding_to_write,
    tell_of_missing,
)
from app.reminders.rules.occasions import (
    LOOK_AHEAD,
    LOOK_BACK,
    Occasion,
    is_still_right,
    joining_occasions,
    looks_until,
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
    "LOOK_BACK_FOR_ABSENCES",
    "Occasion",
    "Refresher",
    "Subject",
    "absences_to_ask_about",
    "ask_about_absence",
    "ask_from",
    "chases",
    "digest_at",
    "from_trainers",
    "is_still_right",
    "is_time_for_digest",
    "joining_occasions",
    "looks_until",
    "outstanding_to_write",
    "questions",
    "refresher_occasion",
    "refreshers_due",
    "remind_of_joining",
    "remind_of_refresher",
    "remind_of_register",
    "tell_of_missing",
    "thin_runs",
    "warn_of_few",
    "write_digest",
]
