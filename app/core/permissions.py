"""Who may do what, on one page. Every view names one of these permissions, or says that it is public.

Roles and what each may see are in docs/definitions.md (3.0). A permission opens a page; whether this actor
may touch this object (my team, my runs, my organisation) is a rule of the room.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    ACADEMY_MANAGER = "academy_manager"
    PRACTITIONER = "practitioner"
    LINE_MANAGER = "line_manager"
    PARTNER = "partner"
    COORDINATOR = "coordinator"
    TRAINER = "trainer"
    BOARD_MEMBER = "board_member"
    DFE_ADVISER = "dfe_adviser"
    CONTRACT_MANAGER = "contract_manager"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return _ROLE_LABELS[self]

    @property
    def summary(self) -> str:
        """What the role is for, in one line, for the page where an administrator chooses it."""
        return _ROLE_SUMMARIES[self]

    def get_permissions(self) -> frozenset[Permission]:
        """What the role permits; Flask-Security asks for it under this name whenever somebody is known."""
        return PERMISSIONS_OF[self]


class Permission(StrEnum):
    """What a page lets somebody do; templates name its value: `current_actor.can("schedule_runs")`."""

    USE_ACCOUNT = "use_account"
    SEE_ALL_PEOPLE = "see_all_people"
    SEE_OWN_TEAM = "see_own_team"
    SEE_OWN_ORGANISATION = "see_own_organisation"
    EDIT_PEOPLE = "edit_people"
    IMPORT_PEOPLE = "import_people"
    IMPORT_FILES = "import_files"
    MERGE_PEOPLE = "merge_people"
    SEE_PROGRAMMES = "see_programmes"
    EDIT_PROGRAMMES = "edit_programmes"
    SEE_RUNS = "see_runs"
    SCHEDULE_RUNS = "schedule_runs"
    BOOK_OWN_PLACE = "book_own_place"
    BOOK_ANYONE = "book_anyone"
    KEEP_CHARGES = "keep_charges"
    MARK_REGISTERS = "mark_registers"
    SEE_OWN_LEARNING = "see_own_learning"
    SEE_FIGURES = "see_figures"
    EDIT_TARGETS = "edit_targets"
    SEE_COHORT_NAMES = "see_cohort_names"
    SEE_BOARD_PAGE = "see_board_page"
    SEE_COMMISSIONING = "see_commissioning"
    EDIT_PROVIDERS = "edit_providers"
    MANAGE_USERS = "manage_users"
    SEE_AUDIT = "see_audit"
    SEE_OUTBOX = "see_outbox"
    RUN_JOBS = "run_jobs"


_EVERYBODY = {Permission.USE_ACCOUNT}

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.ACADEMY_MANAGER: frozenset(
        _EVERYBODY
        | {
            Permission.SEE_ALL_PEOPLE,
            Permission.EDIT_PEOPLE,
            Permission.IMPORT_PEOPLE,
            Permission.IMPORT_FILES,
            Permission.MERGE_PEOPLE,
            Permission.SEE_PROGRAMMES,
            Permission.EDIT_PROGRAMMES,
            Permission.SEE_RUNS,
            Permission.SCHEDULE_RUNS,
            Permission.BOOK_ANYONE,
            Permission.KEEP_CHARGES,
            Permission.MARK_REGISTERS,
            Permission.SEE_FIGURES,
            Permission.EDIT_TARGETS,
            Permission.SEE_COHORT_NAMES,
            Permission.SEE_BOARD_PAGE,
            Permission.SEE_COMMISSIONING,
            Permission.EDIT_PROVIDERS,
        }
    ),
    Role.PRACTITIONER: frozenset(
        _EVERYBODY | {Permission.SEE_RUNS, Permission.BOOK_OWN_PLACE, Permission.SEE_OWN_LEARNING}
    ),
    Role.LINE_MANAGER: frozenset(
        _EVERYBODY
        | {
            Permission.SEE_OWN_TEAM,
            Permission.SEE_RUNS,
            Permission.BOOK_OWN_PLACE,
            Permission.SEE_OWN_LEARNING,
        }
    ),
    Role.PARTNER: frozenset(
        _EVERYBODY | {Permission.SEE_RUNS, Permission.BOOK_OWN_PLACE, Permission.SEE_OWN_LEARNING}
    ),
    Role.COORDINATOR: frozenset(
        _EVERYBODY
        | {
            Permission.SEE_OWN_ORGANISATION,
            Permission.SEE_RUNS,
            Permission.BOOK_OWN_PLACE,
            Permission.SEE_OWN_LEARNING,
        }
    ),
    Role.TRAINER: frozenset(_EVERYBODY | {Permission.SEE_RUNS, Permission.MARK_REGISTERS}),
    Role.BOARD_MEMBER: frozenset(_EVERYBODY | {Permission.SEE_FIGURES, Permission.SEE_BOARD_PAGE}),
    Role.DFE_ADVISER: frozenset(_EVERYBODY | {Permission.SEE_FIGURES, Permission.SEE_BOARD_PAGE}),
    Role.CONTRACT_MANAGER: frozenset(
        _EVERYBODY
        | {
            Permission.SEE_PROGRAMMES,
            Permission.SEE_FIGURES,
            Permission.SEE_BOARD_PAGE,
            Permission.SEE_COMMISSIONING,
            Permission.EDIT_PROVIDERS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        _EVERYBODY
        | {
            Permission.IMPORT_PEOPLE,
            Permission.MERGE_PEOPLE,
            Permission.MANAGE_USERS,
            Permission.SEE_AUDIT,
            Permission.SEE_OUTBOX,
            Permission.RUN_JOBS,
        }
    ),
}

_ROLE_LABELS = {
    Role.ACADEMY_MANAGER: "Academy manager",
    Role.PRACTITIONER: "Practitioner",
    Role.LINE_MANAGER: "Line manager",
    Role.PARTNER: "Partner",
    Role.COORDINATOR: "Partner coordinator",
    Role.TRAINER: "Trainer",
    Role.BOARD_MEMBER: "Board member",
    Role.DFE_ADVISER: "DfE adviser",
    Role.CONTRACT_MANAGER: "Contract manager",
    Role.ADMINISTRATOR: "System administrator",
}

_ROLE_SUMMARIES = {
    Role.ACADEMY_MANAGER: "Sets up programmes, schedules runs, books anybody and sees every name.",
    Role.PRACTITIONER: "Books places and sees their own learning.",
    Role.LINE_MANAGER: "Sees and books for their own team.",
    Role.PARTNER: "Books places from a partner organisation and sees their own learning.",
    Role.COORDINATOR: "Books for colleagues of their own partner organisation, and sees their places.",
    Role.TRAINER: "Sees the people on their own runs and marks those registers.",
    Role.BOARD_MEMBER: "Sees figures, never names.",
    Role.DFE_ADVISER: "Sees figures, never names.",
    Role.CONTRACT_MANAGER: "Sees programmes, providers and figures.",
    Role.ADMINISTRATOR: "Manages accounts, the file of people from HR, e-mails and jobs.",
}
