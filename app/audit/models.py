"""What was done: kept with the actor's name as it was, so that it can lie below people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, Who

# What each verb says to whoever reads the audit: each that the code records has its words here.
DONE = {
    "absence:corrected": "Absence corrected",
    "absence:ended": "Absence ended",
    "absence:explained": "Reason for not coming given",
    "absence:recorded": "Absence recorded",
    "absence:removed": "Absence removed",
    "account:address changed": "Address of an account changed",
    "account:changed": "Account changed",
    "account:closed": "Account closed",
    "account:invited": "Account invited",
    "account:invited again": "Account invited again",
    "account:link made": "Link to open an account made",
    "account:opened again": "Account opened again",
    "account:password changed": "Password changed",
    "account:password set": "Password chosen",
    "account:roles changed": "Roles of an account changed",
    "approval:approved": "Request approved",
    "approval:declined": "Request declined",
    "approval:passed_on": "Request passed on",
    "attendance file:forgotten": "Attendance file deleted",
    "booking:cancelled": "Booking cancelled",
    "booking:cancelled_by_academy": "Booking cancelled by the academy",
    "booking:cancelled_by_provider": "Booking cancelled by the provider",
    "booking:cancelled_late": "Booking cancelled late",
    "booking:charge decided": "Charge decided",
    "booking:confirmed": "Booking confirmed",
    "booking:declined": "Booking declined",
    "booking:offered": "Place offered",
    "booking:reconfirmed": "Booking reconfirmed",
    "booking:released": "Booking released",
    "booking:requested": "Place requested",
    "booking:substituted": "Place passed to a colleague",
    "booking:waitlisted": "Booking put on the waiting list",
    "cause:added": "Cause of places not used added",
    "cause:changed": "Cause of places not used changed",
    "certificate:issued": "Certificate issued",
    "certificate:restored": "Certificate given back",
    "certificate:withdrawn": "Certificate withdrawn",
    "charges:rate removed": "Rate of charges removed",
    "charges:rate set": "Rate of charges set",
    "claim:accepted": "Claim accepted",
    "claim:asked": "Claim made",
    "claim:confirmed": "Address of a claim confirmed",
    "claim:records to merge": "Claim waits for a merge",
    "claim:refused": "Claim refused",
    "cohort:added": "Cohort added",
    "cohort:changed": "Cohort changed",
    "cohort:entry withdrawn": "Cohort entry withdrawn",
    "cohort:joined": "Cohort joined",
    "cohort:left": "Cohort left",
    "cohort:people added": "People added to a cohort",
    "council:booking terms changed": "Council’s booking terms changed",
    "course:added": "Course added",
    "course:booking terms changed": "Booking terms of a course changed",
    "course:changed": "Course changed",
    "course:joining instructions changed": "Joining instructions of a course changed",
    "course:joining instructions removed": "Joining instructions of a course removed",
    "course:licence": "Licence that a course asks for changed",
    "course:material added": "Material of a course added",
    "course:material changed": "Material of a course changed",
    "course:material moved up": "Material of a course moved up",
    "course:material removed": "Material of a course removed",
    "course:new version": "New version of a course made",
    "course:people invited": "People invited to a course",
    "course:settings changed": "Settings of a course changed",
    "course:stand-in changed": "Stand-in for a course changed",
    "course:what counts changed": "What counts for a course changed",
    "deputy:changed": "Deputy changed",
    "deputy:ended": "Deputy ended",
    "deputy:named": "Deputy named",
    "domain:approved": "Domain approved",
    "domain:removed": "Domain removed",
    "headcount:stated": "Staff count stated",
    "import:applied": "Import applied",
    "import:discarded": "Import discarded",
    "import:undone": "Import undone",
    "interest:asked": "Interest in a course recorded",
    "interest:taken back": "Interest in a course taken back",
    "job:run by hand": "Job run by hand",
    "message:tried again": "E-mail tried again",
    "organisation:added": "Organisation added",
    "organisation:edited": "Organisation edited",
    "organisation:last day recorded": "Last day of an organisation recorded",
    "organisation:last day taken back": "Last day of an organisation taken back",
    "organisation:renamed": "Organisation renamed",
    "pack:issued": "Board pack issued",
    "person:added": "Person added",
    "person:address tried again": "Address of a person tried again",
    "person:e-mail came back": "E-mail to a person came back",
    "person:edited": "Person edited",
    "person:kept apart": "Two records kept apart",
    "person:merge undone": "Merge undone",
    "person:merged": "Record of a person merged",
    "person:merged into another": "Record merged into another",
    "person:past completion changed": "Past completion changed",
    "person:training declared": "Training declared",
    "person:training refused": "Declared training refused",
    "person:working days": "Working days changed",
    "population:added": "Population added",
    "population:changed": "Population changed",
    "post:changed": "Post changed",
    "post:corrected": "Post corrected",
    "post:ended": "Post ended",
    "post:opened": "Post opened",
    "post:removed": "Post removed",
    "programme:added": "Programme added",
    "programme:changed": "Programme changed",
    "provider:added": "Provider added",
    "provider:renamed": "Provider renamed",
    "provider:spelling added": "Spelling of a provider added",
    "provider:spelling removed": "Spelling of a provider removed",
    "register:brought up to date": "Register brought up to date",
    "register:held in full": "Session held in full after all",
    "register:link made": "Link to a register made",
    "register:link taken back": "Link to a register taken back",
    "register:marked": "Register marked",
    "register:part asked to count": "Part of a session asked to count",
    "register:part not agreed": "Part of a session not accepted",
    "register:partly held": "Session partly held",
    "register:partly held decided": "Decided whether a part counts",
    "register:undone": "Register undone",
    "register:walk-in to match": "Walk-in to match with a record",
    "registration:accepted": "Registration accepted",
    "registration:asked": "Registration made",
    "registration:confirmed": "Address of a registration confirmed",
    "registration:refused": "Registration refused",
    "role group:added": "Role group added",
    "role group:renamed": "Role group renamed",
    "run:cancelled": "Run cancelled",
    "run:changed": "Run changed",
    "run:contacts hidden": "Contacts on a run hidden",
    "run:contacts shown": "Contacts on a run shown",
    "run:date accepted": "Proposed date accepted",
    "run:date declined": "Proposed date declined",
    "run:date proposed": "Another date proposed",
    "run:date withdrawn": "Proposed date withdrawn",
    "run:doubled": "Run scheduled beside another of its course",
    "run:goes ahead": "Run goes ahead",
    "run:joining instructions changed": "Joining instructions of a run changed",
    "run:joining instructions removed": "Joining instructions of a run removed",
    "run:material added": "Material of a run added",
    "run:material changed": "Material of a run changed",
    "run:material moved up": "Material of a run moved up",
    "run:material removed": "Material of a run removed",
    "run:places kept": "Places of a run kept",
    "run:scheduled": "Run scheduled",
    "run:session changed": "Session of a run changed",
    "run:trainer able again": "Trainer can hold a session again",
    "run:trainer unable": "Trainer can’t hold a session",
    "sector:added": "Sector added",
    "sector:renamed": "Sector renamed",
    "service:added": "Service added",
    "service:renamed": "Service renamed",
    "target:added": "Target added",
    "target:changed": "Target changed",
    "target:colour overridden": "Colour of a target overridden",
    "target:colour taken back": "Colour of a target taken back",
    "target:end taken back": "End of a target taken back",
    "target:ended": "Target ended",
    "target:figure stated": "Figure of a target stated",
    "target:milestone added": "Milestone added",
    "target:milestone changed": "Milestone changed",
    "target:milestone removed": "Milestone removed",
    "target:published": "Figure of a target published",
    "target:sessions ticked": "Sessions ticked for a target",
    "target:stated figure corrected": "Stated figure corrected",
    "target:stated figure taken back": "Stated figure taken back",
    "team:added": "Team added",
    "team:edited": "Team edited",
    "team:last day recorded": "Last day of a team recorded",
    "team:last day taken back": "Last day of a team taken back",
    "trainer:added": "Trainer added",
    "trainer:changed": "Trainer changed",
    "trainer:last day recorded": "Last day of a trainer recorded",
    "trainer:last day taken back": "Last day of a trainer taken back",
    "trainer:licence": "Licence of a trainer recorded",
    "trainer:licence removed": "Licence of a trainer removed",
    "venue:added": "Venue added",
    "venue:changed": "Venue changed",
    "venue:last day recorded": "Last day of a venue recorded",
    "venue:last day taken back": "Last day of a venue taken back",
}

# What things are called whose table has another name than the council’s word.
THINGS = {
    "award": "Certificate",
    "booking_terms": "Council’s booking terms",
    "charge_rate": "Rate of charges",
    "file_import": "Import",
    "job_run": "Job",
    "leaving_cause": "Cause of places not used",
    "message": "E-mail",
    "training_session": "Session",
    "user": "Account",
}


def done_in_words(verb: str) -> str:
    """ "run:goes ahead" as the audit says it; of a verb that is recorded no longer, its own words."""
    return DONE.get(verb) or verb.replace(":", " ").replace("_", " ").capitalize()


def thing_in_words(thing_type: str) -> str:
    """ "user" as the audit says it: "Account"; most tables are named by the council’s word."""
    return THINGS.get(thing_type) or thing_type.replace("_", " ").capitalize()


class AuditEntry(Model):
    """One action. `verb` is "thing:done" ("booking:cancelled"); `changes` maps a field to [before, after]."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_thing", "thing_type", "thing_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_user_id: Mapped[int | None]
    actor_name: Mapped[Who]
    verb: Mapped[str] = mapped_column(String(80), index=True)
    thing_type: Mapped[str] = mapped_column(String(60))
    thing_id: Mapped[int | None]
    thing_label: Mapped[str] = mapped_column(String(300))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(500))

    @property
    def done(self) -> str:
        """What was done, in words."""
        return done_in_words(self.verb)

    @property
    def to_what(self) -> str:
        """The kind of thing to which it was done, in words."""
        return thing_in_words(self.thing_type)
