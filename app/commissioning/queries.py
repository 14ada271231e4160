"""Reading providers."""

from __future__ import annotations

from sqlalchemy import Select, func, or_, select

from app.commissioning.models import Provider, ProviderAlias
from app.core.db import db
from app.core.names import is_found


def providers(search: str | None = None) -> Select[tuple[Provider]]:
    """Every provider by name; with `search`, those whose name or another spelling holds
    every word of it."""
    statement = select(Provider).order_by(func.lower(Provider.name), Provider.id)
    other = Provider.aliases.any(is_found(search, ProviderAlias.name))
    return statement.where(or_(is_found(search, Provider.name), other))


def provider_named(name: str) -> Provider | None:
    """The provider with this legal name or other spelling; capitals and spaces make no difference."""
    wanted = spelling(name)
    return next((one for one in db.session.scalars(providers()) if wanted in spellings_of(one)), None)


def spellings_of(provider: Provider) -> set[str]:
    """Every way in which a provider's name is written, comparable."""
    return {spelling(name) for name in (provider.name, *(alias.name for alias in provider.aliases))}


def spelling(name: str) -> str:
    """A name as it is compared: small letters, single spaces."""
    return " ".join(name.casefold().split())
