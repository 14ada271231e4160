"""Reminders: what is due to be said to whom, worked out afresh at each run."""
