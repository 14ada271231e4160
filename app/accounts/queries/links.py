"""The links by which somebody sets a password, and the e-mails that bring them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, String, cast, func, literal, select

from app.accounts.models import LinkPurpose, PasswordLink, ResetAsked, User
from app.outbox.models import Message

KEY_OF_INVITATION = (  # as `key_of_invitation` makes it
    literal("account:") + cast(User.id, String) + ":invitation:" + cast(PasswordLink.id, String)
)


def link_with(digest: str, purpose: LinkPurpose) -> Select[tuple[PasswordLink]]:
    return select(PasswordLink).where(PasswordLink.token_digest == digest, PasswordLink.purpose == purpose)


def links_made_since(user: User, purpose: LinkPurpose, moment: datetime) -> Select[tuple[int]]:
    """How many links of a kind were made for an account after a moment."""
    return select(func.count()).where(
        PasswordLink.user_id == user.id,
        PasswordLink.purpose == purpose,
        PasswordLink.created_at > moment,
    )


def resets_asked() -> Select[tuple[int]]:
    """The ids of what asks for a new password and was not answered yet, in the order of asking."""
    return select(ResetAsked.id).order_by(ResetAsked.id)


def latest_invitation(user: User) -> Select[tuple[PasswordLink]]:
    return (
        select(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.purpose == LinkPurpose.INVITATION)
        .order_by(PasswordLink.created_at.desc(), PasswordLink.id.desc())
        .limit(1)
    )


def email_of_invitation(link: PasswordLink) -> Select[tuple[Message]]:
    """The e-mail that brought a link; none where it was handed over."""
    return select(Message).where(Message.key == key_of_invitation(link.user_id, link.id))


def key_of_invitation(user_id: int, link_id: int) -> str:
    """The key under which the outbox has that e-mail, once."""
    return f"account:{user_id}:invitation:{link_id}"
