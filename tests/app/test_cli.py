"""The command line: what each command says, and what it refuses."""

from pathlib import Path

import pytest

from app.cli import main, prepare_database
from app.errors import Misconfigured
from app.settings import read_settings
from app.store.migrate import pending
from tests.app.test_settings import GOOD


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_logging: None) -> str:
    url = f"sqlite:///{tmp_path / 'new' / 'jumun.db'}"
    monkeypatch.chdir(tmp_path)
    for name, value in GOOD.items():
        monkeypatch.setenv(f"JUMUN_{name.upper()}", value)
    monkeypatch.setenv("JUMUN_DATABASE_URL", url)
    return url


def test_check_of_a_fresh_database_says_what_to_do(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "wrong database: an older schema; run `jumun migrate`" in out
    assert main(["migrate"]) == 0
    assert "newest schema" in capsys.readouterr().out
    assert not pending(database)
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert "ok    database: reachable, newest schema" in out
    assert "note  malls: none is connected yet" in out
    assert "JUMUN_CAFE24_WEBHOOK_KEYS is empty" in out
    assert "JUMUN_SMS_PROVIDER is off" in out
    for secret in ("channel-secret-value", "cafe24-secret-value", GOOD["secret_key"]):
        assert secret not in out


def test_check_finds_a_provider_without_its_keys(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate"])
    monkeypatch.setenv("JUMUN_SMS_PROVIDER", "solapi")
    assert main(["check"]) == 1
    assert "wrong text messages: solapi is chosen but its keys are not set" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "migrate", "serve"])
def test_every_command_names_what_is_missing(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.delenv("JUMUN_CHANNEL_SIGNING_KEY")
    assert main([command]) == 1
    err = capsys.readouterr().err
    assert "JUMUN_CHANNEL_SIGNING_KEY: is missing" in err
    assert "Traceback" not in err


def test_sqlite_serves_one_worker(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--workers", "2"]) == 1
    assert "JUMUN_DATABASE_URL" in capsys.readouterr().err


def test_serving_moves_sqlite_by_itself(database: str) -> None:
    prepare_database(read_settings(_env_file=None), workers=1)
    assert not pending(database)


def test_serving_refuses_a_postgres_of_an_older_schema(
    database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = request.getfixturevalue("make_postgres")()
    with pytest.raises(Misconfigured, match="jumun migrate"):
        prepare_database(read_settings(_env_file=None, database_url=empty), workers=4)
    monkeypatch.setenv("JUMUN_DATABASE_URL", empty)
    assert main(["migrate"]) == 0
    prepare_database(read_settings(_env_file=None), workers=4)
    assert main(["check"]) == 0


@pytest.mark.parametrize("command", ["migrate", "serve", "check"])
def test_a_database_that_is_away_is_a_sentence(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("JUMUN_DATABASE_URL", "postgresql://jumun:password-value@127.0.0.1:1/jumun")
    assert main([command]) == 1
    said = capsys.readouterr()
    assert "password-value" not in said.out + said.err
    assert "Traceback" not in said.out + said.err
    assert (said.out + said.err).strip()
