"""The simulated AppStore, and a token store on SQLite where nothing depends on the database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store import open_database
from app.store.channel_tokens import SqlChannelTokens

from .places import AppStore, tokens_in


@pytest.fixture
def store() -> AppStore:
    return AppStore()


@pytest.fixture
async def kept(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[SqlChannelTokens]:
    path = tmp_path / "tokens.db"
    shutil.copy(migrated_sqlite, path)
    opened = open_database(f"sqlite:///{path}")
    yield tokens_in(opened)
    await opened.close()
