"""Completion: computed from marks (4.3), as at a date and as known at an instant (4.4)."""

from __future__ import annotations
