"""The database: one Base, recorded facts, aware times, and writers that take turns on SQLite."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CTE,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Index,
    MetaData,
    Numeric,
    Result,
    ScalarSelect,
    Select,
    SelectBase,
    String,
    and_,
    func,
    insert,
    inspect,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, declared_attr, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from app.core.lengths import LONGEST_NAME

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_TAKEN = "23505"  # what PostgreSQL calls a unique violation


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database, on both engines alike.

    Raises ValueError for a naive datetime, so that no clock without a zone is ever stored.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone can't be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(states: type[StrEnum], name: str | None = None) -> Enum:
    """The column of an enum: its values, checked by the database; `name` tells two of one table apart."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        **({"name": name} if name else {}),
    )


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime,
            str: String(250),
            Decimal: Numeric(12, 2),
            StrEnum: one_of(StrEnum),
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


Who = Annotated[str, mapped_column(String(LONGEST_NAME))]  # the name of whoever did something, as it was


class Recorded:
    """A fact that figures read: recorded once, superseded rather than changed.

    `recorded_at` is when it became known (what known-at reads; given only when history is brought in),
    `entered_at` when it was really typed. Stamping `superseded_at` and `superseded_by` is the only UPDATE.
    A correction is supersede + append. One live row for each natural key: list its columns in
    `__natural_key__`, and both databases keep that promise; further constraints go into `__extra_args__`.
    (4.4)
    """

    __natural_key__: ClassVar[tuple[str, ...]]
    __extra_args__: ClassVar[tuple[Any, ...]] = ()

    recorded_at: Mapped[datetime]
    recorded_by: Mapped[Who]
    entered_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[Who | None]
    reason: Mapped[str | None] = mapped_column(String(500))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        name: str = cls.__tablename__  # type: ignore[attr-defined]
        return (
            *cls.__extra_args__,
            CheckConstraint("superseded_at > recorded_at", name="superseded_after_recorded"),
            CheckConstraint(
                "(superseded_at IS NULL) = (superseded_by IS NULL)", name="superseded_at_and_by_together"
            ),
            Index(
                f"uq_{name}_live",
                *cls.__natural_key__,
                unique=True,
                sqlite_where=text("superseded_at IS NULL"),
                postgresql_where=text("superseded_at IS NULL"),
            ),
        )


def facts_in(model: type[Any]) -> list[str]:
    """The columns of a recorded fact that say something, without its id and stamps."""
    stamps = {"id", *Recorded.__annotations__}
    return [column.key for column in inspect(model).columns if column.key not in stamps]


ModelT = TypeVar("ModelT", bound=Base)
RecordedT = TypeVar("RecordedT", bound=Recorded)
RowT = TypeVar("RowT", bound=Base)


def live(
    model: type[Recorded] | Any, known_at: datetime | ColumnElement[datetime] | None = None
) -> ColumnElement[bool]:
    """The rows of `model` that were known at `known_at` (an instant; None is now, which is quicker to ask).

    A row recorded at 17:05 and superseded at 18:00 is known at 17:05 and at 17:59, not at 18:00.
    """
    if known_at is None:
        return model.superseded_at.is_(None)
    return and_(
        model.recorded_at <= known_at,
        or_(model.superseded_at.is_(None), model.superseded_at > known_at),
    )


@cache
def another(model: type[ModelT], name: str) -> type[ModelT]:
    """A table once more in one statement, under a name of its own: `another(Spell, "later_spell")`.

    The same one each time: each new one makes all its columns anew, which a page of figures pays for in
    time, and in what it leaves behind. So within one statement a name stands for one row alone.
    """
    return aliased(model, name=name)


def materialized(rows: SelectBase, name: str | None = None) -> CTE:
    """A part of a statement that the database works out once, also where it is read again for each row.

    The copy that bears the prefix holds on to what it was made from. SQLAlchemy names a part without a name
    after its place in memory, the copy keeps that name, and the place would be given to another part: now
    and then a statement then has two parts of one name, and is refused.
    """
    plain = rows.cte(name)
    found = plain.prefix_with("MATERIALIZED")
    found.__dict__["copied_from"] = plain
    return found


def rows_in_one(parts: Sequence[Select[Any]]) -> Result[Any]:
    """The rows of all these parts, asked for in one statement that is long, and made for one question alone.

    It would not be kept once compiled (core/statements.py), so the key by which it would be found again is
    not made either: that takes a fifth of the time that a page of figures takes besides its statements.
    """
    return db.session.execute(union_all(*parts), execution_options={"compiled_cache": None})


def row_count(rows: Select[Any]) -> ScalarSelect[int]:
    """How many rows a statement selects, as one number within another."""
    return select(func.count()).select_from(rows.order_by(None).subquery()).scalar_subquery()


def record(fact: RecordedT, *, by: str, now: datetime, recorded_at: datetime | None = None) -> RecordedT:
    """Add a fact: known from `recorded_at` (default `now`), entered `now`, by the name `by`."""
    fact.recorded_at = recorded_at or now
    fact.recorded_by = by
    fact.entered_at = now
    db.session.add(fact)
    return fact


def record_all(model: type[Any], facts: Sequence[dict[str, Any]], *, by: str, now: datetime) -> None:
    """Many facts in one statement, each the values of a row of `model` with its own `recorded_at`."""
    if facts:
        db.session.execute(insert(model), [fact | {"recorded_by": by, "entered_at": now} for fact in facts])


def supersede(fact: Recorded, *, by: str, now: datetime) -> datetime:
    """A fact stops being what is known, from `now` on; it can still be read as known at any time before.

    Returns the instant from which it is not known any more: record what takes its place from then, and at
    no instant both are known. It is after `now` when the fact was itself recorded at `now`. Flushed at
    once, so that the row that takes its place finds the natural key free.
    """
    return supersede_all([fact], by=by, now=now)[0]


def known_until(fact: Recorded, now: datetime) -> datetime:
    """The instant from which a fact is not known any more that is superseded at `now`."""
    return max(now, fact.recorded_at + datetime.resolution)


def supersede_all(facts: Iterable[Recorded], *, by: str, now: datetime) -> list[datetime]:
    """The same of many facts in one statement: for each, the instant from which it is not known any more."""
    until = []
    for fact in facts:
        fact.superseded_at = known_until(fact, now)
        fact.superseded_by = by
        until.append(fact.superseded_at)
    db.session.flush()
    return until


def lock_row(
    model: type[Any], ident: int, *, is_shared: bool = False, may_be_pointed_at: bool = False
) -> Any:
    """The row, re-read and locked until the transaction ends, or None when there is none.

    A shared lock is for whoever only points at the row, and relies on what it says: many hold one at once,
    and whoever would change the row waits for them. A row that `may_be_pointed_at` meanwhile is locked
    against whoever would change it, and not against a new row whose foreign key names it. PostgreSQL locks
    the row; on SQLite the whole transaction is already the only writer.
    """
    return db.session.execute(
        select(model)
        .where(model.id == ident)
        .with_for_update(read=is_shared, of=model, key_share=may_be_pointed_at),
        execution_options={"populate_existing": True},
    ).scalar_one_or_none()


def lock_table(model: type[Base]) -> None:
    """Whoever else would write rows of `model` waits until the transaction ends; whoever reads does not.

    For a promise about several rows that no key can keep: what is read after it stays so. Take it before any
    row of the table. On SQLite the whole transaction is already the only writer.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"LOCK TABLE {model.__table__} IN SHARE ROW EXCLUSIVE MODE"))


def take_ids(model: type[Any], how_many: int) -> list[int]:
    """Ids for so many new rows, in order, which nobody else is given.

    For thousands of rows at once: to be told the id of each by the database, SQLite would be given one row
    at a time, and PostgreSQL a statement with all values in it, which takes longer to read than to do. On
    SQLite the transaction is the only writer, and the next id is what the database itself would give.
    """
    if db.engine.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
        return list(
            db.session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, how_many)))
        )
    last = db.session.scalar(select(func.max(model.id))) or 0
    return list(range(last + 1, last + 1 + how_many))


def save_unique(row: RowT, *, taken: Exception, taken_by: Mapping[str, Exception] | None = None) -> RowT:
    """Save a new or changed row now; when the database refuses it, as somebody was quicker, raise `taken`.

    For rows whose rules were all checked before: what is left to refuse is a unique key in a race. Then
    nothing of the transaction is kept. Where a row has two keys, `taken_by` says it by the other's column.
    Another promise that is broken, or another table's key, is a fault of ours: that goes on, to the log.
    """
    save_all_unique([row], taken=taken, taken_by=taken_by)
    return row


def save_all_unique(
    rows: Sequence[Base], *, taken: Exception, taken_by: Mapping[str, Exception] | None = None
) -> None:
    """The same of several rows, of which all are saved or none."""
    db.session.add_all(rows)
    try:
        db.session.flush()
    except IntegrityError as refused:
        key = key_taken(refused)
        if not any(row.__tablename__ in key for row in rows):
            raise
        said = (one for column, one in (taken_by or {}).items() if column in key)
        raise next(said, taken) from None


def key_taken(refused: IntegrityError) -> str:
    """The unique key that a row would have shared with another, as the database names it; nothing where it
    was another promise that was broken.

    PostgreSQL says "uq_venue_folded_name"; SQLite names the columns, "venue.folded_name", or the index.
    """
    diagnosis = getattr(refused.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name) if diagnosis.sqlstate == _TAKEN else ""
    return str(refused.orig).partition("UNIQUE constraint failed: ")[2]


# --- Reading and writing ------------------------------------------------------------------------------

_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)


def is_reading() -> bool:
    """Whether transactions that begin now only read."""
    return _reads_only.get()


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read: on SQLite they do not wait for the writers' turn."""
    token = _reads_only.set(True)
    try:
        yield
    finally:
        _reads_only.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside may write: inside reading(), for the one action that must."""
    token = _reads_only.set(False)
    try:
        yield
    finally:
        _reads_only.reset(token)


def analyze_tables(tables: Collection[str] | None = None) -> None:
    """Refresh the statistics by which the database plans: of these tables, or of all.

    Without them a page of figures takes seconds instead of a tenth. PostgreSQL refreshes by itself, but only
    minutes after much was written; SQLite never does.
    """
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA analysis_limit = 1000"))
    for asked in ["ANALYZE"] if tables is None else [f"ANALYZE {table}" for table in tables]:
        db.session.execute(text(asked))
