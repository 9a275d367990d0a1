"""The exchanges of fixtures/wire/channel: the simulated AppStore answers and asks just so."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from app.sandbox.channel.errors import FunctionFailed
from app.sandbox.channel.functions import SYSTEM

from .stub_app import KEY
from .world import SECRET, World

FOLDER = Path(__file__).parents[2] / "fixtures" / "wire" / "channel"
FIXTURES = {path.stem: orjson.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}
NATIVE = {name: it for name, it in FIXTURES.items() if it["request"]["path"].startswith("/general")}
CALLS = {name: it for name, it in FIXTURES.items() if it["request"]["path"].startswith("/functions")}


def test_every_fixture_says_where_it_comes_from():
    assert NATIVE
    assert CALLS
    assert len(NATIVE) + len(CALLS) == len(FIXTURES)
    for it in FIXTURES.values():
        assert it.keys() - {"note"} == {"source", "seen_on", "confidence", "request", "response"}
        assert it["confidence"] in {"documented", "observed", "assumed"}


@pytest.mark.parametrize("name", NATIVE)
async def test_the_appstore_answers_as_in_the_fixture(world: World, name: str):
    it = NATIVE[name]
    world.panel.front_chat()
    tokens = {"{app token}": world.app_token, "{channel token}": world.channel_token}
    request = it["request"]
    wanted = request["headers"].get("x-access-token")
    body = orjson.loads(orjson.dumps(request["body"]).replace(b"{app secret}", SECRET.encode()))
    headers = request["headers"] | ({"x-access-token": await tokens[wanted]()} if wanted else {})
    answer = await world.client.put(
        f"/appstore{request['path']}", content=orjson.dumps(body), headers=headers
    )
    assert answer.status_code == it["response"]["status"]
    assert same(answer.json(), it["response"]["body"])


@pytest.mark.parametrize("name", CALLS)
async def test_the_app_is_called_as_in_the_fixture(world: World, name: str):
    it = CALLS[name]
    await world.register("command")
    await world.state()
    world.stub.bodies.clear()
    method = it["request"]["body"]["method"]
    honest = world.stub.answer
    world.stub.answer = lambda body: it["response"]["body"] if body["method"] == method else honest(body)
    if name == "command.front_member":
        await world.post("command", side="front", name="orderList")
    elif name == "command.desk":
        await world.post("command", side="desk", chatId="chat-minji", name="orderList")
    elif name == "hook.app_installed":
        world.talk.registered.hooks["app.installed"] = method
        await world.talk.install()
    elif name == "function.failure":
        with pytest.raises(FunctionFailed):
            await world.talk.call_function(method, {}, caller=SYSTEM, channel_id="")
    else:
        await world.register("command")
    assert it["request"]["body"] in world.stub.bodies


def same(seen: Any, wanted: Any) -> bool:
    """Equal, where `{token}`, `{text}` and `{number}` stand for any such value."""
    if wanted in ("{token}", "{text}"):
        return isinstance(seen, str) and seen != ""
    if wanted == "{number}":
        return isinstance(seen, int)
    if isinstance(wanted, dict):
        return (
            isinstance(seen, dict)
            and seen.keys() == wanted.keys()
            and all(same(seen[key], value) for key, value in wanted.items())
        )
    return seen == wanted


def test_fixtures_hold_no_key_or_secret():
    for path in FOLDER.glob("*.json"):
        text = path.read_text()
        assert KEY not in text
        assert SECRET not in text
