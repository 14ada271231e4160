"""What people are told of training that they took elsewhere."""

from __future__ import annotations

from app.attendance.models import DeclaredTraining
from app.core.mail import Email, link


def declaration_answered(declared: DeclaredTraining) -> Email:
    """To the person: whether the academy accepts the training, in its words."""
    return Email(
        subject=f"Training taken elsewhere: {declared.state.label.lower()}",
        template="attendance/emails/declaration_answered",
        context={
            "declared": declared,
            "course": declared.course,
            "first_name": declared.person.called,
            "learning_link": link("/my-learning"),
        },
    )
