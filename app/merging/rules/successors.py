"""Of two merges one on top of the other the earlier is undone last, and must find its own rows again. (U-07)

A fact is never changed in place: a later merge supersedes what the earlier one recorded, and its undo
records a copy. What a later merge changed and its undo put back is no change.
"""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.merging import queries
from app.merging.models import Merge

PutBack = dict[str, dict[str, int]]  # of each table, by the id of a row: the one that took its place


def changes_as_put_back(merge: Merge) -> dict[str, Any]:
    """What a merge changed, with the rows that later merges and their undoing made of it.

    Mark 7 was recorded by the merge, superseded by a later one, and is mark 9 since that was undone: 9. A
    booking that was made again names the same person as the one before it, so both are pointed back.
    """
    put_back = _put_back_since(merge)
    recorded = {
        name: [_line(put_back.get(name, {}), ident)[-1] for ident in ids]
        for name, ids in merge.changes["recorded"].items()
    }
    moved = {
        where: [one for ident in ids for one in _line(put_back.get(where.partition(".")[0], {}), ident)]
        for where, ids in merge.changes["moved"].items()
    }
    return merge.changes | {"recorded": recorded, "moved": moved}


def _put_back_since(merge: Merge) -> PutBack:
    found: PutBack = {}
    for other in db.session.scalars(queries.undone_since(merge)):
        for name, pairs in other.changes.get("put_back", {}).items():  # merges undone long ago noted none
            found.setdefault(name, {}).update(pairs)
    return found


def _line(successors: dict[str, int], ident: int) -> list[int]:
    """A row, the one that took its place, the one that took that one's, and so on."""
    line = [ident]
    while str(line[-1]) in successors:
        line.append(successors[str(line[-1])])
    return line
