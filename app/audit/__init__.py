"""Audit: what was done, by whom and why."""
