"""What is typed at signing in, at setting a password, and about accounts."""

from __future__ import annotations

from app.core.forms import (
    CheckboxesField,
    DateField,
    EmailField,
    Form,
    HiddenField,
    InputRequired,
    PasswordField,
    Required,
    TextArea,
    TextField,
    choices_of,
)
from app.core.permissions import Role


class SignInForm(Form):
    email = EmailField(
        "E-mail address",
        [Required("Enter your e-mail address")],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Enter your password")],
    )
    next = HiddenField()


class ForgottenForm(Form):
    email = EmailField("E-mail address", [Required("Enter your e-mail address")])


class NewPasswordForm(Form):
    password = PasswordField(
        "New password",
        [InputRequired("Enter a new password")],
        description="12 characters or more. Three words that have nothing to do with each other are good. "
        "You can paste it from a password manager.",
    )


class ChangePasswordForm(Form):
    current = PasswordField(
        "Your password now",
        [InputRequired("Enter the password that you use now")],
    )
    password = PasswordField(
        "New password",
        [InputRequired("Enter a new password")],
        description="12 characters or more. Three words that have nothing to do with each other are good.",
    )


class RolesForm(Form):
    roles = CheckboxesField("Roles", choices=choices_of(Role))

    def chosen(self) -> set[Role]:
        return {Role(value) for value in self.roles.data or []}


def _name() -> TextField:
    return TextField("Name", [Required("Enter the name of whoever will use the account")])


def _person() -> TextField:
    return TextField(
        "Employee number or e-mail address in the directory (optional)",
        description="So that their places and learning are theirs. Leave it empty if they are not there.",
        max_length=254,
    )


def _last_day() -> DateField:
    return DateField(
        "Last day (optional)",
        description="The account can’t sign in after this day. Board members and DfE advisers have 12 months "
        "unless you enter another day.",
    )


class InviteForm(Form):
    email = EmailField(
        "E-mail address",
        [Required("Enter the e-mail address to invite")],
        description="The invitation goes here, and it is what they sign in with.",
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )
    name = _name()
    roles = CheckboxesField("Roles", choices=choices_of(Role))
    person = _person()
    expires_on = _last_day()

    def chosen(self) -> set[Role]:
        return {Role(value) for value in self.roles.data or []}


class AccountForm(Form):
    name = _name()
    person = _person()
    expires_on = _last_day()


class CloseForm(Form):
    reason = TextArea("Reason (optional)", max_length=500)
