"""Entering providers: one row for each supplier, however its name is written (I-02)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher

from app.audit import rules as audit
from app.commissioning import queries
from app.commissioning.models import Provider, ProviderAlias
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken

_LEGAL_FORMS = {"ltd", "limited", "plc", "llp", "cic", "cio", "inc", "the", "and", "co", "company"}
_CLOSE = 0.88


def add_provider(*, name: str, by: Actor, now: datetime, aliases: Sequence[str] = ()) -> Provider:
    """A new supplier under its legal name. A name that is already one of another provider's is refused."""
    name = _cleaned(name)
    _check_free(name)
    provider = save_unique(Provider(name=name), taken=_taken(name))
    audit.record(by=by, verb="provider:added", thing=provider, now=now, changes={"Name": (None, name)})
    for alias in aliases:
        add_alias(provider=provider, name=alias, by=by, now=now)
    return provider


def rename_provider(*, provider: Provider, name: str, by: Actor, now: datetime) -> None:
    """Correct the legal name; what was its name until now is kept only if it is added as another spelling."""
    name = _cleaned(name)
    before = provider.name
    if name == before:
        return
    _check_free(name, apart_from=provider)
    provider.name = name
    save_unique(provider, taken=_taken(name))
    audit.record(by=by, verb="provider:renamed", thing=provider, now=now, changes={"Name": (before, name)})


def add_alias(*, provider: Provider, name: str, by: Actor, now: datetime) -> None:
    """Another spelling of a provider, such as "Griffin Care Training Ltd" for "Griffin Care Ltd" (I-02)."""
    name = _cleaned(name)
    if queries.spelling(name) in queries.spellings_of(provider):
        raise RuleBroken(f"{provider.name} is already known as {name}.", field="name")
    _check_free(name)
    save_unique(ProviderAlias(provider=provider, name=name), taken=_taken(name))
    audit.record(
        by=by,
        verb="provider:spelling added",
        thing=provider,
        now=now,
        changes={"Also known as": (None, name)},
    )


def remove_alias(*, alias: ProviderAlias, by: Actor, now: datetime) -> None:
    """Take away a spelling that was entered by mistake."""
    provider = alias.provider
    provider.aliases.remove(alias)
    db.session.flush()
    audit.record(
        by=by,
        verb="provider:spelling removed",
        thing=provider,
        now=now,
        changes={"Also known as": (alias.name, None)},
    )


def near_duplicates(name: str) -> list[Provider]:
    """The providers that may be the same as `name`: somebody says; nothing is joined by itself (I-02)."""
    return [
        provider
        for provider in db.session.scalars(queries.providers())
        if any(
            looks_like(name, known) for known in (provider.name, *(alias.name for alias in provider.aliases))
        )
    ]


def looks_like(name: str, known: str) -> bool:
    """Whether two names may be one provider's.

    Legal forms and capitals aside, they have the same words, or the words of one (two or more) are all in
    the other, or they differ by a letter or two: "Griffin Care Ltd" looks like "Griffin Care Training Ltd".
    """
    words, known_words = _words(name), _words(known)
    shorter, longer = sorted((set(words), set(known_words)), key=len)
    if not shorter:
        return False
    if shorter == longer or (len(shorter) >= 2 and shorter <= longer):
        return True
    return SequenceMatcher(None, " ".join(words), " ".join(known_words)).ratio() >= _CLOSE


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", name.casefold()) if word not in _LEGAL_FORMS]


def _cleaned(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("Enter the provider’s name", field="name")
    return name


def _check_free(name: str, *, apart_from: Provider | None = None) -> None:
    holder = queries.provider_named(name)
    if holder is None or holder is apart_from:
        return
    if queries.spelling(holder.name) == queries.spelling(name):
        raise _taken(name)
    raise RuleBroken(f"{name} is already another spelling of {holder.name}.", field="name")


def _taken(name: str) -> RuleBroken:
    return RuleBroken(f"{name} is already on the list of providers.", field="name")
