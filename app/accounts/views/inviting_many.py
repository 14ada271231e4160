"""Inviting many people of the directory at once, and whoever was invited and has not come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import InviteManyFilters, SendAgainForm
from app.accounts.models import PasswordLink, User
from app.accounts.views.own import bp
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.filters import day, plural
from app.core.forms import LookedAtForm, SelectChoice, choices_from
from app.core.permissions import Permission
from app.core.web import Page, current_actor, paginate, requires, rule_errors_on
from app.outbox.models import MessageState
from app.people import queries as people
from app.people.models import PersonKind

PEOPLE_ON_A_PAGE = 100
_IN_TROUBLE = frozenset({MessageState.FAILED, MessageState.BOUNCED, MessageState.SUPPRESSED})


@bp.get("/accounts/invite-many")
@requires(Permission.MANAGE_USERS)
def invite_many() -> str:
    """Who of the directory has no account, narrowed by filters; choose all of them, or some."""
    form, page = _filters(), None
    if form.is_understood:
        page = paginate(_found(form, ids=None), size=PEOPLE_ON_A_PAGE, scalars=False)
        found = [rules.candidate(one, spell.place, *rest) for one, spell, *rest in page.rows]
        form.people.choices = [SelectChoice(value=str(one.person.id), label=_in_words(one)) for one in found]
    else:
        form.who.errors = []  # it is asked below a list alone
    return render_template("accounts/invite_many.html", form=form, page=page, is_narrowed=_is_narrowed())


@bp.route("/accounts/invite-many/check", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def check_invite_many() -> str | Response:
    """Who would be invited, as what, and who is left out and why; the button invites just those."""
    filters, form = _filters(), LookedAtForm()
    if filters.errors:
        return redirect(url_for("accounts.invite_many", **request.args.to_dict(flat=False)))  # type: ignore[arg-type]
    found = _found(filters, ids=filters.ticked)
    if form.validate_on_submit():
        with rule_errors_on(form):
            by, now = current_actor(), clock.now()
            users = rules.invite_many(found=found, seen=form.seen.data or "", by=by, now=now)
            db.session.commit()
            return _told(len(users), queries.can_be_invited_count(found))
    plan = rules.plan_of(found)
    form.stand_below(edition(plan.told))
    is_mail_sent = not current_app.config["SETTINGS"].left_to_send
    return render_template(
        "accounts/check_invite_many.html", form=form, plan=plan, back=_back(), is_mail_sent=is_mail_sent
    )


@bp.route("/accounts/not-signed-in", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def not_come() -> str | Response:
    """Who was invited and has not chosen a password yet; invite them once more."""
    search = request.args.get("q", "").strip()[:200]
    form = SendAgainForm()
    seen = form.seen.data or ""
    page = _offer_who_waits(form, search)
    if form.validate_on_submit():
        with rule_errors_on(form):
            return _send_again(form, page.rows, seen)
        page = _offer_who_waits(form, search)  # as it is by now: somebody else may have pressed just before
    return render_template("accounts/not_come.html", form=form, page=page, search=search)


def _told(invited: int, left: int) -> Response:
    """Say how many were invited; where some of the list are left, ask about them, by the same filters."""
    sentence = f"{plural(invited, 'person is', 'people are')} invited. Each gets an e-mail with a link."
    if not left:
        flash(sentence)
        return redirect(url_for("accounts.not_come"))
    flash(f"{sentence} {plural(left, 'more person', 'more people')} of this list can be invited.")
    return redirect(request.full_path)


def _filters() -> InviteManyFilters:
    """What the address says, with the lists to choose from."""
    form = InviteManyFilters(request.args)
    for field, rows, blank in (
        (form.service, people.services(), "All services"),
        (form.role_group, people.role_groups(), "All role groups"),
        (form.sector, people.sectors(), "All sectors"),
    ):
        field.choices = choices_from(db.session.scalars(rows), blank=blank)
    form.team.choices = [SelectChoice(value="", label="All teams")] + [
        SelectChoice(value=str(ident), label=f"{name} ({service})")
        for ident, name, _, service, _ in db.session.execute(people.team_names(clock.today())).tuples()
    ]
    form.validate()
    return form


def _found(form: InviteManyFilters, *, ids: list[int] | None) -> Select[Any]:
    """Who has no account, of those in post or affiliated today who fit filters that are understood."""
    on = clock.today()
    in_post = people.directory(
        form.q.data,
        PersonKind(form.kind.data) if form.kind.data else None,
        team_id=form.team.number,
        service_id=form.service.number,
        on=on,
    )
    return queries.without_account(
        in_post, on=on, role_group_id=form.role_group.number, sector_id=form.sector.number, ids=ids
    )


def _is_narrowed() -> bool:
    return any(value for name, value in request.args.items() if name != "page")


def _back() -> str:
    """The list as it was narrowed, without what was chosen on it."""
    kept = {name: value for name, value in request.args.items() if name not in ("who", "people") and value}
    return url_for("accounts.invite_many", **kept)  # type: ignore[arg-type]


def _in_words(one: rules.Candidate) -> str:
    """ "Sam Oduya (Child in Need, practitioner)"; of whom can't be invited, why."""
    about = [one.place, one.why_not or one.role.label]
    return f"{one.person.name} ({', '.join(filter(None, about))})"


def _waits_in_words(user: User, link: PasswordLink, state: MessageState | None) -> str:
    """ "Sam Oduya (sam@council.example): invited on 3 March 2026, link works until 10 March 2026"."""
    if link.used_at is not None:
        until = "link withdrawn"
    elif link.expires_at <= clock.now():
        until = f"link ran out on {day(clock.day_of(link.expires_at))}"
    else:
        until = f"link works until {day(clock.day_of(link.expires_at))}"
    since = f"invited on {day(clock.day_of(link.created_at))}"
    came = f"the e-mail {state.label.lower()}" if state in _IN_TROUBLE else None
    return f"{user.name} ({user.email}): {', '.join(filter(None, (since, until, came)))}"


def _offer_who_waits(form: SendAgainForm, search: str) -> Page[Any]:
    """Let the form choose from a page of those who have not come, and stand below it."""
    page = paginate(queries.not_come(on=clock.today(), search=search), size=PEOPLE_ON_A_PAGE, scalars=False)
    form.offer(
        [SelectChoice(value=str(user.id), label=_waits_in_words(user, *rest)) for user, *rest in page.rows]
    )
    form.stand_below(edition([link.id for _user, link, _state in page.rows]))
    return page


def _send_again(form: SendAgainForm, rows: Sequence[Any], seen: str) -> Response:
    done = rules.send_again(
        shown=[(user, link) for user, link, _state in rows],
        chosen=form.chosen,
        seen=seen,
        by=current_actor(),
        now=clock.now(),
    )
    news = [(f"{one.name} was not written to. {why}", "warning") for one, why in done.refused]
    if done.sent:
        goes = plural(len(done.sent), "invitation goes", "invitations go")
        news.insert(0, (f"{goes} out again. The links before no longer work.", "message"))
    db.session.commit()
    for sentence, tone in news:
        flash(sentence, tone)
    return redirect(url_for("accounts.not_come"))
