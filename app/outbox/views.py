"""The administrator's page of every e-mail, with what became of it (SA-05)."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for

from app.audit import rules as audit
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_flashed
from app.outbox import queries, rules
from app.outbox.models import Message, MessageState

bp = Blueprint("outbox", __name__)


@bp.get("/outbox")
@requires(Permission.SEE_OUTBOX)
def messages() -> str:
    """Every message, newest first, by state, kind and address."""
    state = request.args.get("state", "")
    kind = request.args.get("kind", "")
    address = request.args.get("address", "").strip()
    chosen = MessageState(state) if state in set(MessageState) else None
    return render_template(
        "outbox/messages.html",
        page=paginate(queries.messages(state=chosen, kind=kind or None, address=address)),
        counts=dict(db.session.execute(queries.counts_by_state()).tuples().all()),
        kinds=queries.kinds(),
        states=list(MessageState),
        state=chosen or "",
        kind=kind,
        address=address,
        settings=current_app.config["SETTINGS"],
    )


@bp.post("/outbox/<int:message_id>/try-again")
@requires(Permission.SEE_OUTBOX)
def try_again(message_id: int) -> Response:
    """Put a message that could not be sent back into the queue."""
    message = get_or_404(Message, message_id)
    with rule_errors_flashed():
        rules.try_again(message=message, now=clock.now())
        kind = message.kind_in_words
        audit.record(
            by=current_actor(), verb="message:tried again", thing=message, now=clock.now(), label=kind
        )
        db.session.commit()
        flash("The e-mail waits to be sent again.")
    return redirect(url_for("outbox.messages"))  # type: ignore[return-value]


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
