"""What is typed about the ways into a register besides its page: links, and checking in."""

from __future__ import annotations

from app.core.forms import EmailField, Form, Optional, Required, TextField


class LinkForm(Form):
    """For whom a link to a register is made."""

    to_name = TextField(
        "Name",
        [Required("Enter the name of whoever marks the register")],
        max_length=100,
        description="Every mark that is made by the link is kept under it",
    )
    to_email = EmailField(
        "E-mail address (optional)",
        [Optional()],
        description="We send the link there. Without one it is shown to you once, to be passed on.",
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )


class CodeForm(Form):
    """The code that is shown in the room, typed."""

    code = TextField(
        "Code",
        [Required("Enter the code that is shown")],
        max_length=20,
        description="Six letters and figures, like K7QF2M. It changes every minute.",
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class HereForm(Form):
    """Who is here, of somebody who has not signed in."""

    reference = TextField(
        "Booking reference",
        [Required("Enter the reference of your booking, like ABCD-EFGH")],
        max_length=20,
        description="It is in the e-mail that confirmed your place, like ABCD-EFGH",
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    email = EmailField(
        "E-mail address",
        [Required("Enter the e-mail address that the place was booked with")],
    )

    def ask_nothing(self) -> None:
        """Whoever has signed in is known already."""
        del self.reference
        del self.email
