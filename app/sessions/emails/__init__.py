"""What is written to trainers, and of them to the academy."""

from app.sessions.emails.teaching import date_proposed, licence_ends, proposal_answered, trainer_unable

__all__ = ["date_proposed", "licence_ends", "proposal_answered", "trainer_unable"]
