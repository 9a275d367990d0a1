"""What we publish: discovery, commands and hooks, by our own schemas and by Channel's (CHANNEL.md §3, §7, §13).

Channel's schemas are not ours to copy: where their file stands beside the repository, ours are compared with them.
"""

import json
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from app.channel.commands import GET_COMMANDS
from app.channel.discovery import DISCOVERY, TEST_DISCOVERY
from app.channel.hooks import GET_HOOKS
from app.sandbox.channel.functions import SYSTEM
from app.sandbox.channel.metadata import command_problems, discovery_problems, hook_problems
from commands.registry import COMMANDS
from tests.world import HandClock, Road, fresh_database, opened_road

OFFICIAL = Path(__file__).parents[3] / "shared/contracts/channel/extension_function_schemas.json"
EXECUTE = "extension.command.command.execute"


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with opened_road(fresh_database(tmp_path), HandClock()) as opened:
        yield opened


async def asked(road: Road, method: str, channel_id: str = "") -> Any:
    return await road.world.talk.call_function(method, {}, caller=SYSTEM, channel_id=channel_id)


async def published(road: Road) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in (await asked(road, DISCOVERY))["functions"]}


async def test_discovery_lists_every_function_once_in_a_fixed_order_with_valid_schemas(road: Road) -> None:
    answer = await asked(road, DISCOVERY)
    assert discovery_problems(answer) == []
    assert answer == await asked(road, DISCOVERY)
    names = [entry["name"] for entry in answer["functions"]]
    assert names == sorted(set(names))
    assert {"orderList.view", "identity.sendCode", "settings.update", "manager.call", GET_HOOKS} <= set(names)
    for entry in answer["functions"]:
        for member in ("inputSchema", "outputSchema"):
            Draft7Validator.check_schema(entry[member])
            assert entry[member]["type"] == "object"
            assert "$ref" not in json.dumps(entry[member])
            assert '"null"' not in json.dumps(entry[member])
    assert (await asked(road, TEST_DISCOVERY))["functions"] == []


async def test_discovery_and_metadata_need_neither_mall_nor_database(tmp_path: Path) -> None:
    """CHANNEL.md §19.5."""
    async with opened_road(fresh_database(tmp_path), HandClock(), mall=None) as road:
        road.world.malls.faults.inject("500", times=1000)
        for method in (DISCOVERY, GET_COMMANDS, GET_HOOKS):
            assert await asked(road, method)
        assert road.mall_calls == []


KOREAN = {
    "orderList": "주문목록",
    "cancel": "주문취소",
    "exchangeReturn": "교환반품",
    "addressChange": "배송지변경",
    "shipDate": "발송예정일",
    "why": "진단",
    "claims": "승인대기",
}
"""The stable wire names and what people type (DESIGN §3)."""


async def test_commands_for_front_and_desk_in_three_languages(road: Road) -> None:
    answer = await asked(road, GET_COMMANDS)
    assert command_problems(answer, await published(road)) == []
    both = {(c.name, scope) for c in COMMANDS if c.name != "why" for scope in ("front", "desk")}
    alone = {("why", "desk"), ("claims", "desk")}
    assert {(c["name"], c["scope"]) for c in answer["commands"]} == both | alone
    for command in answer["commands"]:
        assert command["alfMode"] in {"recommend", "disable"}
        assert command["alfMode"] == "recommend" or command["scope"] == "desk"
        assert command["systemVersion"] == "v1"
        assert len(command["alfDescription"]) > (20 if command["alfMode"] == "disable" else 400)
        assert command["nameDescI18nMap"].keys() == {"ko", "en", "ja"}
        assert command["nameDescI18nMap"]["ko"]["name"] == KOREAN[command["name"]]
        assert command["buttonNameI18nMap"].keys() == {"ko", "en", "ja"}
        for param in command["paramDefinitions"]:
            assert (param["type"], param["required"]) == ("string", False)
            assert param["autoComplete"] is (param["name"] == "orderId")
            assert param["nameDescI18nMap"].keys() == {"ko", "en", "ja"}
        asked_for = [param["name"] for param in command["paramDefinitions"]]
        why = ["reason"] if command["name"] in {"cancel", "exchangeReturn"} else []
        assert asked_for == ([] if command["name"] == "claims" else ["orderId", *why])
        assert ("autoCompleteFunctionName" in command) is bool(asked_for)
        assert command["enabledByDefault"] is (command["name"] != "shipDate")


async def test_a_switched_off_command_is_hidden_in_its_own_channel_only(road: Road) -> None:
    """H49."""

    async def shown(channel_id: str = "") -> set[str]:
        return {command["name"] for command in (await asked(road, GET_COMMANDS, channel_id))["commands"]}

    everything = await shown()
    await road.manager_calls("settings.update", {"patch": {"commands": {"orderList": False}}})
    assert await shown(road.world.talk.channel_id) == everything - {"orderList"}
    assert await shown() == await shown("ch-never-seen") == everything


async def test_hooks(road: Road) -> None:
    answer = await asked(road, GET_HOOKS)
    assert hook_problems(answer, await published(road)) == []
    assert [hook["type"] for hook in answer["hooks"]] == [
        "app.installed",
        "app.uninstalled",
        "command.toggle",
        "config.saved",
    ]


async def test_what_we_answer_fits_what_we_publish(road: Road) -> None:
    schemas = await published(road)
    answers = {
        GET_COMMANDS: await asked(road, GET_COMMANDS),
        GET_HOOKS: await asked(road, GET_HOOKS),
    }
    minji = road.user("u-minji", "minji")
    for name in ("orderList.open", "orderList.view", "identity.get"):
        answers[name] = await road.customer_calls(minji, name)
    answers["orderList.detail"] = await road.customer_calls(
        minji, "orderList.detail", {"orderId": answers["orderList.view"]["orders"][0]["orderId"]}
    )
    for name in ("settings.get", "connection.status", "console.link"):
        answers[name] = await road.manager_calls(name)
    for name, answer in answers.items():
        assert list(Draft7Validator(schemas[name]["outputSchema"]).iter_errors(answer)) == [], name


# ── compared with Channel's own schemas ─────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def official() -> dict[str, dict[str, Any]]:
    if not OFFICIAL.exists():
        pytest.skip("Channel's schema file does not stand beside the repository")
    return {entry["name"]: entry for entry in json.loads(OFFICIAL.read_text())}


@pytest.mark.parametrize("method", [GET_COMMANDS, GET_HOOKS])
async def test_nothing_that_our_schema_lets_out_is_refused_by_channels(
    road: Road, official: dict[str, Any], method: str
) -> None:
    """The real answer and every small change to it: what ours accepts, theirs accepts."""
    ours = Draft7Validator((await published(road))[method]["outputSchema"])
    theirs = Draft7Validator(official[method]["outputSchema"])
    answer = await asked(road, method)
    assert theirs.is_valid(answer)
    changes = list(changed(answer))
    assert len(changes) > 40
    wrongly_let_out = [c for c in changes if ours.is_valid(c) and not theirs.is_valid(c)]
    assert wrongly_let_out == []
    assert sum(not ours.is_valid(c) for c in changes) > len(changes) / 2


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"chat": {"type": "userChat", "id": "c"}, "trigger": {"type": "command", "attributes": {"a": "b"}}},
        {"chat": {}, "trigger": {}, "input": {}, "language": "ko"},
        {"input": {"orderId": "20261118-0000123"}, "language": "fr"},
        {"input": {"orderId": 5, "other": [1, {"a": None}]}},
    ],
)
async def test_whatever_channel_may_send_our_schema_takes(
    road: Road, official: dict[str, Any], params: dict[str, Any]
) -> None:
    assert Draft7Validator(official[EXECUTE]["inputSchema"]).is_valid(params)
    opening = (await published(road))["orderList.open"]
    assert Draft7Validator(opening["inputSchema"]).is_valid(params)
    action = await road.customer_calls(road.user("u-minji", "minji"), "orderList.open", params)
    assert Draft7Validator(official[EXECUTE]["outputSchema"]).is_valid(action)


@pytest.mark.parametrize("method", [GET_COMMANDS, GET_HOOKS])
async def test_metadata_takes_no_params_in_both(road: Road, official: dict[str, Any], method: str) -> None:
    ours = Draft7Validator((await published(road))[method]["inputSchema"])
    theirs = Draft7Validator(official[method]["inputSchema"])
    for params in ({}, {"x": 1}, []):
        assert ours.is_valid(params) == theirs.is_valid(params)


def changed(value: Any) -> Iterator[Any]:
    """The value with one thing in it changed: left out, added, of another type, too long, empty."""
    if isinstance(value, dict):
        yield value | {"unknown": 1}
        for name in value:
            yield {k: v for k, v in value.items() if k != name}
            for other in changed(value[name]):
                yield value | {name: other}
    elif isinstance(value, list):
        for i, part in enumerate(value[:1]):
            for other in changed(part):
                yield [*value[:i], other, *value[i + 1 :]]
        yield value * 20
    elif isinstance(value, str):
        yield from (value * 40, value + "x" * 30, "", "한글 이름", value + "!")
    yield from (7, None, [value], {"a": deepcopy(value)})
