"""What is typed at signing in, at setting a password, and about accounts."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    EmailField,
    Form,
    GuardedForm,
    HiddenField,
    InputRequired,
    LookedAtForm,
    NameField,
    PasswordField,
    RadioField,
    Required,
    SelectChoice,
    TextArea,
    TextField,
    choices_of,
)
from app.core.permissions import Role
from app.people.forms import ListField, PeopleFilters
from app.people.models import PersonKind


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
    kept = HiddenField()


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
        return {Role(value) for value in self.roles.data or [] if value in set(Role)}


class ConfirmRolesForm(RolesForm, LookedAtForm):
    """A choice of roles, below what it would change."""


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


def _who(everybody: str) -> RadioField:
    """Whom of a list that can be ticked: whoever says nothing means those who are ticked."""
    choices = [
        SelectChoice(value="ticked", label="Only those whom I tick"),
        SelectChoice(value="everybody", label=everybody),
    ]
    return RadioField("Who?", choices=choices, default="ticked")


class InviteManyFilters(PeopleFilters):
    """Whom to invite of those who have no account. All of it stands in the address of the page that asks."""

    role_group = ListField("Role group", unknown="Choose a role group from the list")
    sector = ListField("Sector", unknown="Choose a sector from the list")
    who = _who("Everybody on this list")
    people = CheckboxesField("People", validate_choice=False)

    @property
    def is_understood(self) -> bool:
        """Whether each filter could be read: by one that could not, nobody is listed, let alone everybody."""
        return not self.errors.keys() - {"who"}

    @property
    def ticked(self) -> list[int] | None:
        """The ids of those who are ticked; None where everybody is meant."""
        if self.who.data == "everybody":
            return None
        return [int(one) for one in self.people.data or () if one.isdecimal() and len(one) < 10]


class TickedForm(LookedAtForm):
    """Ticks beside the accounts of a page. Whoever has left the page since is passed over: `seen` says that
    the list changed."""

    people = CheckboxesField("People", validate_choice=False)

    def offer(self, people: Sequence[SelectChoice]) -> None:
        """Let these accounts be chosen."""
        self.people.choices = self.offered = people

    @property
    def chosen(self) -> set[int]:
        """The ids of those who are ticked."""
        ticked = set(self.people.data or ())
        return {int(choice.value) for choice in self.offered if choice.value in ticked}


class SendAgainForm(TickedForm):
    """Whom to invite once more of those who have not come."""

    who = _who("Everybody on this page")

    @property
    def chosen(self) -> set[int]:
        """The ids of those who are ticked, or of everybody who is offered."""
        everybody = {int(choice.value) for choice in self.offered}
        return everybody if self.who.data == "everybody" else super().chosen


class AddressForm(Form):
    email = EmailField(
        "E-mail address",
        [Required("Enter the address with which they sign in from now on")],
        description="Their links and notices go there too. Whoever is signed in is signed out, and both "
        "addresses are told.",
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )


class AccountForm(GuardedForm):
    name = _name()
    person = _person()
    expires_on = _last_day()


class CloseForm(Form):
    reason = TextArea("Reason (optional)", max_length=500)


# --- Those who ask to be let in -------------------------------------------------------------------------


def _given_name() -> NameField:
    return NameField(
        "First name",
        [Required("Enter your first name")],
        max_length=120,
        render_kw={"autocomplete": "given-name"},
    )


def _family_name() -> NameField:
    return NameField(
        "Last name",
        [Required("Enter your last name")],
        max_length=120,
        render_kw={"autocomplete": "family-name"},
    )


class RegisterForm(Form):
    """Everything that is asked of a partner or panel member, on one page. (MA-01, MA-07)"""

    kind = RadioField(
        "Who are you?",
        [Required("Choose whether you work for a partner organisation or are a foster panel member")],
        choices=[
            SelectChoice(value=PersonKind.PARTNER.value, label="I work for a partner organisation"),
            SelectChoice(value=PersonKind.PANEL_MEMBER.value, label="I am a foster panel member"),
        ],
    )
    first_name = _given_name()
    last_name = _family_name()
    email = EmailField(
        "Your e-mail address",
        [Required("Enter your e-mail address")],
        description="Your own work address. A foster panel member can give a private one: only the academy "
        "sees it.",
    )
    is_own_address = CheckboxField("Only I read this mailbox, or I have no address of my own")
    organisation = TextField(
        "Organisation",
        description="Begin to type and choose it from the list. If it is not there, type its name. Foster "
        "panel members leave this empty.",
        max_length=200,
        render_kw={"autocomplete": "organization"},
    )
    job_title = TextField(
        "Your role (optional)",
        description="For example health visitor. Foster panel members leave this empty.",
        max_length=120,
        render_kw={"autocomplete": "organization-title"},
    )


class WhichOrganisationForm(Form):
    """Which of some organisations was meant; NOT_LISTED when it is none of them."""

    NOT_LISTED = "none"

    organisation = RadioField(
        "Which organisation do you work for?",
        [Required("Choose your organisation, or that it is not in the list")],
    )


class ApproveForm(Form):
    """Where a newcomer belongs: an organisation of the list, or a new one with its sector."""

    organisation = ListField(
        "Organisation",
        unknown="Choose an organisation from the list",
        description="Choose “Not in the list” to add the one below.",
    )
    new_name = TextField("Name of the new organisation", max_length=200)
    sector = ListField("Sector of the new organisation", unknown="Choose a sector from the list")


class RefuseForm(Form):
    reason = TextArea(
        "Why is it refused?",
        [Required("Enter why it is refused: the person reads it")],
        description="The person reads this.",
        max_length=500,
    )


class DomainForm(Form):
    domain = TextField(
        "Domain",
        [Required("Enter the domain, like riverside-school.example")],
        description="What comes after the @ in every address of the organisation, and in nobody else’s.",
        max_length=200,
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    organisation = ListField(
        "Organisation", [Required("Choose an organisation")], unknown="Choose an organisation from the list"
    )


class ClaimForm(Form):
    """Somebody whose address changed says who they were. (MA-06)"""

    first_name = _given_name()
    last_name = _family_name()
    email = EmailField(
        "Your e-mail address now",
        [Required("Enter the e-mail address that you use now")],
        description="We send a link here, to be sure that it is yours.",
    )
    old_email = EmailField(
        "Your old e-mail address (optional)",
        description="The one that you used when you booked or attended.",
        render_kw={"type": "email", "spellcheck": "false", "autocomplete": "off"},
    )
    organisation = TextField(
        "The organisation that you worked for then (optional)",
        description="If you no longer know the old address, this helps to find you.",
        max_length=200,
    )


class ConfirmClaimForm(Form):
    """Which record is the claimant’s."""

    record = RadioField("Which record is theirs?", [Required("Choose the record that is theirs")])
