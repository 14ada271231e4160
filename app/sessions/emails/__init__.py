"""What is written to trainers, and of them to the academy."""

from app.sessions.emails.teaching import licence_ends, proposal_answered, trainer_unable

__all__ = ["licence_ends", "proposal_answered", "trainer_unable"]
