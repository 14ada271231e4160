"""Filling in the demonstration academy, once, and only where nobody else’s records are."""

from app.demonstration.rules.filling import (
    ACCOUNTS,
    fill,
    sync_accounts,
)

__all__ = [
    "ACCOUNTS",
    "fill",
    "sync_accounts",
]
