"""What packs there are, and what stands in one."""

from __future__ import annotations

from app.board.queries.moved import what_moved
from app.board.queries.packs import figures_of, file_of, issued_already, known_of, occasion_of, packs
from app.board.queries.sections import contents
from app.board.queries.shape import Column, Contents, Section
from app.board.queries.standings import to_be_done
from app.board.queries.weekly_lines import WeeklyLine
from app.board.queries.whole import Line, lines, targets_alone, whole

__all__ = [
    "Column",
    "Contents",
    "Line",
    "Section",
    "WeeklyLine",
    "contents",
    "figures_of",
    "file_of",
    "issued_already",
    "known_of",
    "lines",
    "occasion_of",
    "packs",
    "targets_alone",
    "to_be_done",
    "what_moved",
    "whole",
]
