"""The shape of what is typed about populations."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.forms import (
    CheckboxesField,
    DateField,
    GuardedForm,
    Required,
    SelectChoice,
    TextArea,
    TextField,
    choices_from,
    choices_of,
)
from app.figures.models import PopulationRule
from app.people.models import EmploymentType, RoleGroup, Sector, Service, Team
from app.people.rules import until

# What a changed rule changes, wherever one is typed.
NEW_RULE = (
    "Figures of past days go by the new rule, too; what was published, and figures as they were known "
    "before, keep the old one."
)


class PopulationForm(GuardedForm):
    """Who is in a population: people must fit every list in which something is ticked."""

    code = TextField(
        "Code",
        [Required("Enter a code, like practitioners")],
        max_length=60,
        description="For addresses: small letters, figures and hyphens, like practitioners",
    )
    name = TextField(
        "Name",
        [Required("Enter the population’s name")],
        description="As a figure says it: “239 of 263 practitioners in post”",
    )
    employment_types = CheckboxesField("Employment", choices=choices_of(EmploymentType))
    role_groups = CheckboxesField("Role groups")
    services = CheckboxesField("Services")
    teams = CheckboxesField("Teams")
    sectors = CheckboxesField("Sectors of partner organisations")
    career_stages = CheckboxesField("Career stages", choices=[])
    started_from = DateField(
        "Employment began on or after",
        description="Leave it empty for no first day.",
    )
    started_to = DateField("Employment began on or before", description="Leave it empty for no last day.")
    reason = TextArea(
        "Why the rule changes",
        max_length=500,
        description=f"Needed when who is counted changes. The board reads it: name nobody. {NEW_RULE}",
    )

    @classmethod
    def of(cls, rule: PopulationRule | None, name: str | None = None, *, seen: str = "") -> PopulationForm:
        """The form as a rule fills it in; a new population has none."""
        if rule is None:
            form = cls()
            del form.reason
            return form
        items = rule.items
        form = cls(
            name=name,
            seen=seen,
            employment_types=[item.employment_type.value for item in items if item.employment_type],
            career_stages=[item.career_stage for item in items if item.career_stage],
            started_from=rule.started_from,
            started_to=rule.started_to,
            **{
                f"{one}s": [str(getattr(item, f"{one}_id")) for item in items if getattr(item, f"{one}_id")]
                for one in ("role_group", "service", "team", "sector")
            },
        )
        del form.code
        return form

    def offer(
        self,
        role_groups: Iterable[RoleGroup],
        services: Iterable[Service],
        teams: Iterable[Team],
        sectors: Iterable[Sector],
        career_stages: Iterable[str],
    ) -> None:
        """What can be ticked; a list that has nothing is left out. A ticked stage stays on its list."""
        stages = sorted({*career_stages, *(self.career_stages.data or [])}, key=str.lower)
        self.career_stages.choices = [SelectChoice(value=one, label=one) for one in stages]
        rows = {"role_groups": role_groups, "services": services, "sectors": sectors}
        for name, choices in rows.items():
            self._fields[name].choices = choices_from(choices)
        self.teams.choices = [
            SelectChoice(value=str(one.id), label=f"{one.name} ({one.service.name}){until(one.last_day)}")
            for one in teams
        ]
        for name in ("role_groups", "services", "teams", "sectors", "career_stages"):
            if not self._fields[name].choices:
                delattr(self, name)
