"""Who delivers training under contract."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model


class Provider(Model):
    """A supplier, under its legal name; other spellings found in documents are aliases (I-02)."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)

    aliases: Mapped[list[ProviderAlias]] = relationship(
        back_populates="provider",
        cascade="all, delete-orphan",
        order_by="ProviderAlias.name",
        lazy="selectin",
    )


class ProviderAlias(Model):
    __tablename__ = "provider_alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)

    provider: Mapped[Provider] = relationship(back_populates="aliases")
