"""What every page's frame shows: the council, who is signed in, where they may go, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for

from app.accounts import rules as accounts
from app.core.actors import Actor
from app.core.permissions import Permission
from app.core.web import current_actor, may_open

MINUTE = 60


@dataclass(frozen=True)
class Item:
    """One entry of the menu: its words, its page, what lies under it, and who sees it.

    `pages` are single pages, `rooms` all the pages of a room that no other entry has. Without `permissions`,
    everybody sees it who may open the page.
    """

    text: str
    endpoint: str
    rooms: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()

    def is_for(self, actor: Actor) -> bool:
        wanted = not self.permissions or any(actor.can(permission) for permission in self.permissions)
        return wanted and may_open(self.endpoint)

    def is_of(self, endpoint: str) -> bool:
        """Whether the page that is open is this entry's own."""
        return endpoint == self.endpoint or endpoint in self.pages

    def holds(self, endpoint: str) -> bool:
        """Whether the page that is open lies under this entry."""
        return endpoint.partition(".")[0] in self.rooms


DEPUTIES = ("bookings.deputies", "bookings.edit_deputy")
PAST_LEARNING = (
    "attendance.answer_declared",
    "attendance.correct_past",
    "attendance.declared_training",
    "attendance.new_past",
    "attendance.take_back_past",
)
TEAM_TRAINING = "figures.team_training"

MENU = (
    Item("Today", "home.index", rooms=("quality",), permissions=(Permission.USE_ACCOUNT,)),
    Item(
        "People",
        "people.directory",
        rooms=("people", "registration", "merging"),
        pages=(
            "accounts.invite_coordinator",
            "bookings.leavers",
            "bookings.leaving",
            "certificates.issued",
            "certificates.page",
            "learning.of_person",
            *DEPUTIES,
            *PAST_LEARNING,
            TEAM_TRAINING,
        ),
    ),
    Item("My team", "figures.my_team", pages=(*DEPUTIES, "figures.my_team_training", TEAM_TRAINING)),
    Item(
        "Requests",
        "bookings.requests",
        pages=("bookings.booking_request",),
        permissions=(Permission.SEE_OWN_TEAM, Permission.SEE_OWN_ORGANISATION, Permission.BOOK_ANYONE),
    ),
    Item("My organisation", "figures.my_organisation", pages=("people.add_colleague",)),
    Item(
        "Programmes",
        "programmes.programmes",
        rooms=("programmes",),
        pages=(
            "attendance.change_counts",
            "attendance.map_version",
            "attendance.new_version",
            "bookings.course_interest",
            "bookings.not_booked",
            "bookings.runs_of_course",
            "figures.edit_programme",
            "sessions.course_instructions",
            "sessions.course_joining",
            "sessions.new_course_material",
        ),
    ),
    Item("Providers", "commissioning.providers", rooms=("commissioning",)),
    Item("Runs", "bookings.runs", rooms=("sessions", "bookings", "attendance"), pages=("bookings.run",)),
    Item(
        "Book a place",
        "bookings.open_runs",
        pages=("bookings.book_run", "bookings.book_team", "bookings.catch_up", "bookings.run"),
        permissions=(Permission.BOOK_OWN_PLACE,),
    ),
    Item("My places", "bookings.bookings", rooms=("bookings",)),
    Item(
        "My learning",
        "learning.mine",
        rooms=("record", "certificates"),
        pages=("attendance.declare_training",),
    ),
    Item("Targets", "figures.targets", rooms=("figures",)),
    Item("Board", "board.board", rooms=("board",)),
    Item("Imports", "exchange.imports", rooms=("exchange",)),
    Item("Accounts", "accounts.accounts"),
    Item("Outbox", "outbox.messages", rooms=("outbox",)),
    Item("Jobs", "jobs.overview", rooms=("jobs",)),
    Item("Audit", "audit.entries"),
)

LINKS = {
    "home": "home.index",
    "help": "information.help_page",
    "privacy": "information.privacy",
    "accessibility": "information.accessibility",
    "account": "accounts.own",
    "sign_in": "security.login",
    "sign_out": "security.logout",
    "extend_session": "security.extend_session",
}


def install(app: Flask) -> None:
    """Give the layout what it shows."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    context: dict[str, Any] = {
        "council": current_app.config["COUNCIL"],
        "support": current_app.config["SUPPORT"],
        "demonstration": current_app.config["SETTINGS"].is_demonstration,
    }
    if has_request_context():
        actor = current_actor()
        context["current_actor"] = actor
        context["links"] = {name: url_for(endpoint) for name, endpoint in LINKS.items() if _exists(endpoint)}
        context["navigation"] = _navigation(actor) if actor.is_signed_in else []
        context["idle"] = _idle() if actor.is_signed_in else None
    return context


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _navigation(actor: Actor) -> list[dict[str, object]]:
    """The menu of whoever is signed in; the entry under which this page lies is marked."""
    here = request.endpoint or ""
    items = [item for item in MENU if _exists(item.endpoint) and item.is_for(actor)]
    own = next((item for item in items if item.is_of(here)), None)
    current = own or next((item for item in items if item.holds(here)), None)
    return [{"text": item.text, "href": url_for(item.endpoint), "current": item is current} for item in items]


def _idle() -> SimpleNamespace:
    """When the session ends by itself, for the warning that comes before."""
    return SimpleNamespace(
        minutes=int(accounts.IDLE_LIFE.total_seconds()) // MINUTE,
        warn_after_minutes=int(accounts.WARN_AFTER.total_seconds()) // MINUTE,
        ends_at=g.get("session_ends_at"),
    )
