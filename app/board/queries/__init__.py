"""What packs there are, and what stands in one."""

from __future__ import annotations

from app.board.queries.packs import figures_of, file_of, pack_before, packs
from app.board.queries.sections import Column, Contents, Material, Section, contents

__all__ = [
    "Column",
    "Contents",
    "Material",
    "Section",
    "contents",
    "figures_of",
    "file_of",
    "pack_before",
    "packs",
]
