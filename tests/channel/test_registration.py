"""Registration beside the server: three attempts, never raises, says what was wrong (CHANNEL.md §4)."""

from typing import Any

import httpx
import pytest

from app.channel.discovery import discovery_answers
from app.channel.functions import FunctionsEndpoint
from app.channel.hooks import hook_functions
from app.channel.registration import register
from app.errors import AppError
from app.ports import Call, KeptToken
from app.store.channel_tokens import SqlChannelTokens

from .places import KEY_HEX, AppStore, answering


class Pauses:
    def __init__(self, store: AppStore) -> None:
        self.taken: list[float] = []
        self._store = store

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self._store.clock.forward(seconds=seconds)


def serving(*, bad_hooks: bool = False) -> FunctionsEndpoint:
    async def react(_channel_id: str) -> None: ...

    async def saved(_call: Call, _given: dict[str, Any]) -> None:
        raise NotImplementedError

    functions = hook_functions(installed=react, uninstalled=react, toggled=react, config_saved=saved)
    listed = functions[:1] if bad_hooks else functions
    return FunctionsEndpoint(
        functions,
        signing_key=bytes.fromhex(KEY_HEX),
        max_body=10_000,
        new_id=lambda: "r",
        observe=lambda *_: None,
        ready=discovery_answers(listed),
    )


async def test_a_good_app_is_registered_at_once(store: AppStore, kept: SqlChannelTokens) -> None:
    store.app = serving()
    pauses = Pauses(store)
    assert await register(store.client(kept), ("hook",), sleep=pauses) == {"hook": "ok"}
    assert store.talk.registered.hooks["app.installed"] == "hooks.installed"
    assert pauses.taken == []
    assert store.methods == ["issueToken", "registerExtension"]
    assert store.sent[-1].params == {
        "appId": "app-jumun",
        "systemVersion": "v1",
        "extensionName": "hook",
    }


async def test_both_extensions_share_one_token(store: AppStore, kept: SqlChannelTokens) -> None:
    store.app = serving()
    told = await register(store.client(kept), sleep=Pauses(store))
    assert told["hook"] == "ok"
    assert "getCommands" in told["command"]
    assert store.token_calls == 1


async def test_validation_errors_are_told_after_three_attempts(
    store: AppStore, kept: SqlChannelTokens
) -> None:
    store.app = serving(bad_hooks=True)
    pauses = Pauses(store)
    told = await register(store.client(kept), ("hook",), sleep=pauses)
    assert "hooks.installed" in told["hook"]
    assert pauses.taken == [1.0, 2.0]
    assert store.methods.count("registerExtension") == 3
    assert store.token_calls == 1


async def test_a_server_that_listens_a_moment_later_is_registered(
    store: AppStore, kept: SqlChannelTokens
) -> None:
    """AppStore asks us while it decides, and at start we may not listen yet."""
    pauses = Pauses(store)

    async def then_listen(seconds: float) -> None:
        await pauses(seconds)
        store.app = serving()

    assert await register(store.client(kept), ("hook",), sleep=then_listen) == {"hook": "ok"}
    assert pauses.taken == [1.0]


@pytest.mark.parametrize("breakage", [httpx.ConnectError("no"), httpx.ReadTimeout("no"), answering(503)])
async def test_all_three_attempts_are_real_when_channel_is_away(
    store: AppStore, kept: SqlChannelTokens, breakage: Exception
) -> None:
    """Also when it is the token that could not be had: the pause after silence is shorter than ours."""
    store.app = serving()
    store.breakages.extend([breakage, breakage])
    assert await register(store.client(kept), ("hook",), sleep=Pauses(store)) == {"hook": "ok"}
    assert store.methods == ["issueToken"] * 3 + ["registerExtension"]


async def test_a_wrong_secret_is_named_and_its_value_is_not(store: AppStore, kept: SqlChannelTokens) -> None:
    client = store.client(kept, secret="not-the-secret")
    told = await register(client, sleep=Pauses(store))
    for outcome in told.values():
        assert "Unauthorized" in outcome or "Throttled" in outcome
        assert "not-the-secret" not in outcome
    assert store.token_calls == 1


async def test_a_refusal_of_any_form_is_told(store: AppStore, kept: SqlChannelTokens) -> None:
    client = store.client(kept)
    for answer, told in (
        ({"success": False, "errorMessage": "no such app"}, "no such app"),
        ({"success": False}, "refused"),
        ({"success": False, "validationErrors": 7}, "refused"),
        ({}, "refused"),
    ):
        store.breakages.clear()
        breakage = answering(200, {"result": answer})
        store.breakages.extend([*([None] if not store.sent else []), breakage, breakage, breakage])
        assert await register(client, ("hook",), sleep=Pauses(store)) == {"hook": told}


class NoStore:
    """A token store whose database is away, with an error that no tree knows."""

    async def get(self, _channel_id: str) -> KeptToken | None:
        raise OSError("the database is away")


class BrokenStore:
    async def get(self, _channel_id: str) -> KeptToken | None:
        raise AppError("broken")


@pytest.mark.parametrize("tokens", [NoStore(), BrokenStore()])
async def test_nothing_that_breaks_comes_out(store: AppStore, tokens: object) -> None:
    told = await register(store.client(tokens), sleep=Pauses(store))  # type: ignore[arg-type]
    assert told.keys() == {"command", "hook", "commerce", "userAuthorization", "config", "customtab"}
    assert "ok" not in told.values()
