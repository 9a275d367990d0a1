"""The official extensions: what our own models let out theirs take, and what theirs may send ours take.

Channel's schemas are not ours to copy: where their files stand beside the repository, ours are compared with them.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from app.extensions.config_screen import GET_SCHEMA, VALIDATE
from app.extensions.custom_tab import GET_TABS
from app.sandbox.channel.functions import SYSTEM
from tests.channel.test_metadata import changed
from tests.extensions.places import (
    CONFIGS,
    NEXT,
    ONE_LINE,
    ORDERS,
    SHIPPED,
    SNAPSHOT,
    official,
    published,
    shop_is_live,
)
from tests.world import HandClock, Road, fresh_database, opened_road

ACTIONS = (
    "requestCancelOrder",
    "requestReturnOrder",
    "acceptReturnOrder",
    "requestExchangeOrder",
    "changeShippingAddress",
)


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with opened_road(fresh_database(tmp_path), HandClock()) as opened:
        await shop_is_live(opened)
        yield opened


async def answer_of(road: Road, method: str) -> Any:
    minji = road.user("u-minji", "minji")
    params = {
        f"{ORDERS}getOrders": {"limit": 2},
        f"{ORDERS}getExchangeableItems": {"orderId": SHIPPED, "items": []},
        f"{ORDERS}requestCancelOrder": {"orderId": SHIPPED, "reason": {"type": "other"}},
    }
    if method.startswith("extension.commerce."):
        return await road.customer_calls(minji, method, params.get(method, {}))
    return await road.world.talk.call_function(method, {}, caller=SYSTEM)


@pytest.mark.parametrize(
    ("file", "method"),
    [
        (NEXT, CONFIGS),
        (NEXT, f"{ORDERS}getOrders"),
        (NEXT, f"{ORDERS}getExchangeableItems"),
        (NEXT, f"{ORDERS}requestCancelOrder"),
        (SNAPSHOT, CONFIGS),
        (SNAPSHOT, f"{ORDERS}requestCancelOrder"),
        (SNAPSHOT, GET_TABS),
        (SNAPSHOT, GET_SCHEMA),
        (SNAPSHOT, VALIDATE),
    ],
)
async def test_what_our_schema_lets_out_channel_s_takes(road: Road, file: str, method: str) -> None:
    theirs = Draft7Validator(official(file)[method]["outputSchema"])
    ours = Draft7Validator((await published(road))[method]["outputSchema"])
    answer = await answer_of(road, method)
    assert theirs.is_valid(answer)
    assert ours.is_valid(answer)
    wrongly_let_out = [c for c in changed(answer) if ours.is_valid(c) and not theirs.is_valid(c)]
    if (
        method == GET_SCHEMA
    ):  # blocks differ by type there, and are one model here: each real one is judged above
        wrongly_let_out = [c for c in wrongly_let_out if "blocks" not in c]
    assert wrongly_let_out[:3] == []


@pytest.mark.parametrize("file", [SNAPSHOT, NEXT])
@pytest.mark.parametrize("name", [*ACTIONS, "getOrders", "getExchangeableItems"])
async def test_whatever_channel_may_send_our_schema_takes(road: Road, file: str, name: str) -> None:
    schema = official(file)[ORDERS + name]["inputSchema"]
    ours = Draft7Validator((await published(road))[ORDERS + name]["inputSchema"])
    theirs = Draft7Validator(schema)
    for full in (True, False):
        sample = sampled(schema, full=full)
        assert theirs.is_valid(sample)
        assert list(ours.iter_errors(sample)) == []


@pytest.mark.parametrize("name", ACTIONS[:2])
async def test_a_full_request_of_the_schema_is_answered_by_the_schema(road: Road, name: str) -> None:
    """Nonsense of the right form: refused in words or as bad input, and nothing broke."""
    schema = official(NEXT)[ORDERS + name]
    sample = sampled(schema["inputSchema"], full=True) | {"orderId": ONE_LINE, "identifier": None}
    minji = road.user("u-minji", "minji")
    for odd in odd_ones(sample):
        body = {"method": ORDERS + name, "params": odd}
        context = {
            "caller": {"type": "user", "id": minji.id},
            "channel": {"id": road.world.talk.channel_id},
            "user": minji.context(road.world.talk.channel_id),
        }
        try:
            answer = await road.world.talk.endpoint.call(body["method"], body["params"], context)
        except Exception as failed:  # noqa: BLE001  whatever it is must be one of these two
            assert getattr(failed, "kind", None) in {"invalidParams", "notFound"}, failed  # noqa: PT017
        else:
            assert Draft7Validator(schema["outputSchema"]).is_valid(answer)
            assert answer["result"]["success"] is False


def odd_ones(sample: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield sample
    for name in sample:
        yield {k: v for k, v in sample.items() if k != name}
        yield sample | {name: None}
        for wrong in ("", [], {}, 7, "x" * 3_000, [None], {"type": None}):
            yield sample | {name: wrong, "reason": {"type": "no-such-reason"}}


def sampled(schema: Any, *, full: bool) -> Any:
    """A value of the schema with every member, or with those that are required."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            wanted = schema.get("properties", {}) if full else schema.get("required", ())
            return {name: sampled(schema["properties"][name], full=full) for name in wanted}
        case "array":
            return [sampled(schema["items"], full=full)] if full else []
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case _:
            return "1"
