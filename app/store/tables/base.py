"""What every table shares."""

from typing import Any

from sqlalchemy import BigInteger, MetaData, Text
from sqlmodel import Field, SQLModel

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Table(SQLModel):
    metadata = metadata


def key() -> Any:
    return Field(primary_key=True, sa_type=Text)


def words() -> Any:
    return Field(sa_type=Text)


def words_or_null() -> Any:
    return Field(default=None, sa_type=Text)


def instant() -> Any:
    return Field(sa_type=BigInteger)


def instant_or_null() -> Any:
    return Field(default=None, sa_type=BigInteger)
