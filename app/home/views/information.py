"""What everybody may read without signing in: help, privacy, accessibility; the council's colour and logo."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, send_file

from app.core.web import asset, public

bp = Blueprint("information", __name__)

BRAND_MAX_AGE = 3600


@bp.get("/help")
@public
def help_page() -> str:
    """How to do what most people come for, and whom to ask."""
    return render_template("home/information/help.html")


@bp.get("/privacy")
@public
def privacy() -> str:
    """The privacy notice: what is kept of whom, why, for how long, and one's rights."""
    days = current_app.config["SETTINGS"].mail_kept_days
    return render_template("home/information/privacy.html", mail_kept_days=days)


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """The accessibility statement that the law asks for."""
    return render_template("home/information/accessibility.html")


@bp.get("/brand.css")
@asset
def brand_css() -> Response:
    """The council's colour, as the stylesheet reads it."""
    colour = current_app.config["COUNCIL"].colour
    return _cached(Response(f":root {{ --council-colour: {colour}; }}\n", mimetype="text/css"))


@bp.get("/brand/logo")
@asset
def brand_logo() -> Response:
    """The council's logo, if it has given one. Opened by itself it may run nothing."""
    logo = current_app.config["SETTINGS"].council_logo
    if logo is None or not logo.is_file():
        abort(404)
    response = send_file(logo.resolve(), max_age=BRAND_MAX_AGE)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return _cached(response)


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={BRAND_MAX_AGE}"
    return response
