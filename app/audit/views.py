"""The administrator's page of everything that was done: by whom and to what, naming nobody who is trained."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request

from app.audit import queries
from app.core.permissions import Permission
from app.core.web import paginate, requires

bp = Blueprint("audit", __name__)

# Administrators see user accounts only (3.0): of other things a label, a reason or a change may name
# somebody who is trained, so those stand on the thing's own page, for those who may open it.
SHOWN_IN_FULL = frozenset({"user", "role_grant", "file_import", "job_run", "message", "demonstration"})

# What these are called is the academy's own word for its offer, and names nobody; why they were changed may.
NAMED = SHOWN_IN_FULL | {"course", "programme", "run", "target", "venue"}


@bp.get("/audit")
@requires(Permission.SEE_AUDIT)
def entries() -> str:
    """Everything that was done, newest first."""
    verb = request.args.get("verb", "")[:80]
    thing = request.args.get("thing", "")[:60]
    who = request.args.get("actor", "").strip()[:200]
    return render_template(
        "audit/entries.html",
        page=paginate(queries.all_entries(verb=verb, thing_type=thing, actor=who)),
        verbs=queries.verbs(),
        things=queries.thing_types(),
        verb=verb,
        thing=thing,
        who=who,
        shown_in_full=SHOWN_IN_FULL,
        named=NAMED,
    )


def register(app: Flask) -> None:
    """Give the application this room's page."""
    app.register_blueprint(bp)
