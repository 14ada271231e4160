"""Certificates: the page, the file, the link of one's own, and the page where anybody checks a code.

Whoever checks a code learns whether a certificate with it stands, and nothing else. (ST-10, MA-09)
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.attendance import queries, rules
from app.attendance.files import certificate_name, certificate_pdf
from app.attendance.forms import CertificateCodeForm
from app.attendance.models import Certificate
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound, RuleBroken
from app.core.mail import link
from app.core.permissions import Permission
from app.core.web import by_link as opened_by_link
from app.core.web import (
    current_actor,
    download,
    get_or_404,
    id_asked,
    limiter,
    paginate,
    public,
    requires,
    rule_errors_flashed,
    rule_errors_on,
)

bp = Blueprint("certificates", __name__)

# Nobody finds one code of so many by trying: this keeps them from keeping the service busy with it.
checks = limiter.limit("60 per 5 minutes", methods=["POST"])

READERS = (Permission.SEE_OWN_LEARNING, Permission.SEE_OWN_TEAM, Permission.SEE_ALL_PEOPLE)


# --- With an account -------------------------------------------------------------------------------------


@bp.get("/certificate/<int:certificate_id>")
@requires(*READERS)
def page(certificate_id: int) -> str:
    """A certificate as it is printed; of one that was withdrawn, that it was and why."""
    certificate = _certificate(certificate_id)
    is_own = certificate.person_id == current_actor().person_id
    learning = url_for("learning.of_person", person_id=certificate.person_id)
    return _shown(
        certificate,
        is_own=is_own,
        pdf=url_for("certificates.file", certificate_id=certificate_id),
        back=url_for("learning.mine") if is_own else learning,
    )


@bp.get("/certificate/<int:certificate_id>/certificate.pdf")
@requires(*READERS)
def file(certificate_id: int) -> WerkzeugResponse:
    """The certificate as a PDF."""
    return _file(
        _certificate(certificate_id), back=url_for("certificates.page", certificate_id=certificate_id)
    )


def _certificate(certificate_id: int) -> Certificate:
    certificate = get_or_404(Certificate, certificate_id)
    rules.check_can_see_certificate(certificate, current_actor(), clock.today())
    return certificate


# --- For the academy -------------------------------------------------------------------------------------

STATES = {"stands": True, "withdrawn": False}


@bp.get("/issued-certificates")
@requires(Permission.SEE_ALL_PEOPLE)
def issued() -> str:
    """Every certificate, the newest first: by name or code, by course, those that stand or were withdrawn."""
    typed, state = request.args.get("q", "").strip(), request.args.get("state", "")
    course_id = id_asked("course")
    found = queries.certificates(
        search=typed, code=_code_in(typed), course_id=course_id, stands=STATES.get(state)
    )
    return render_template(
        "attendance/issued_certificates.html",
        page=paginate(found),
        courses=db.session.scalars(queries.certified_courses()).all(),
        typed=typed,
        course_id=course_id,
        state=state,
    )


def _code_in(typed: str) -> str | None:
    """The code that somebody typed; None when it can't be one, such as a name."""
    try:
        return rules.read_code(typed)
    except RuleBroken:
        return None


# --- By the link of an e-mail ----------------------------------------------------------------------------


@bp.get("/my-certificate/<token>")
@public
@opened_by_link
def by_link(token: str) -> str:
    """The certificate that the link names; the secret of the link is the only key."""
    certificate = rules.certificate_of(token)
    return _shown(certificate, is_own=True, pdf=url_for("certificates.file_by_link", token=token), back=None)


@bp.get("/my-certificate/<token>/certificate.pdf")
@public
def file_by_link(token: str) -> WerkzeugResponse:
    """The same as a PDF."""
    back = url_for("certificates.by_link", token=token)
    try:
        certificate = rules.certificate_of(token)
    except RuleBroken:
        return redirect(back)
    return _unlisted(_file(certificate, back=back))


def _unlisted(response: WerkzeugResponse) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


# --- Checking a code -------------------------------------------------------------------------------------


@bp.get("/certificates/<code>")
@public
def filled_in(code: str) -> str:
    """The same page with a code filled in: opening it checks nothing."""
    return render_template(
        "attendance/check_certificate.html", form=CertificateCodeForm(code=code), answer=None
    )


@bp.route("/certificates", methods=["GET", "POST"])
@public
@checks
def check() -> str:
    """Whether a certificate with the code that was typed stands, was withdrawn, or never was."""
    form, answer = CertificateCodeForm(), None
    if form.validate_on_submit():
        with rule_errors_on(form):
            code = rules.read_code(form.code.data or "")
            form.code.data, form.code.raw_data = code, None
            answer = rules.standing_in_words(
                db.session.scalar(queries.certificate_coded(code)), clock.today()
            )
    return render_template("attendance/check_certificate.html", form=form, answer=answer)


# --- What they share -------------------------------------------------------------------------------------


def _shown(certificate: Certificate, *, is_own: bool, pdf: str, back: str | None) -> str:
    return render_template(
        "attendance/certificate.html",
        certificate=certificate,
        valid_until=queries.certificate_valid_until(certificate),
        is_own=is_own,
        pdf=pdf,
        back=back,
        check_address=link("/certificates"),
    )


def _file(certificate: Certificate, *, back: str) -> WerkzeugResponse:
    if not certificate.stands:
        raise NotFound("This certificate was withdrawn, so there is no file of it.")
    with rule_errors_flashed():
        return download(certificate_pdf(certificate), certificate_name(certificate))
    return redirect(back)
