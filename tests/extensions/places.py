"""Calls as the platform makes them, and what the platform itself would check in the answers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from app.channel.discovery import DISCOVERY
from app.sandbox.channel.functions import SYSTEM
from app.sandbox.channel.people import User
from tests.world import MALL, Road

FOLDER = Path(__file__).parents[3] / "shared/contracts/channel"
SNAPSHOT, NEXT = "extension_function_schemas.json", "extension_function_schemas.next.json"
ORDERS = "extension.commerce.order."
CONFIGS = "extension.commerce.core.getAppConfigs"
LIVE = {"mode": "live", "identity": {"memberHashConfirmed": True}}
COMPLETE = {"cancel": {"mode": "complete", "completeScope": ["N10", "N20", "N21", "N22"]}}
PREPARING, ONE_LINE = "20261120-0000101", "20261118-0000102"
SHIPPED, DELIVERED = "20261116-0000103", "20261111-0000104"
REASON = {"type": "changeOfMind", "description": "마음이 바뀌었어요"}


def official(file: str) -> dict[str, dict[str, Any]]:
    """Channel's schemas are not ours to copy: compared where their file stands beside the repository."""
    if not (FOLDER / file).exists():
        pytest.skip("Channel's schema files do not stand beside the repository")
    return {entry["name"]: entry for entry in json.loads((FOLDER / file).read_text())}


async def shop_is_live(road: Road, **more: Any) -> None:
    own = {"exchangeReturn": {"returnAddress": "경기도 파주시 문발로 000", "autoPickupOff": True}}
    await road.manager_calls("settings.update", {"patch": LIVE | COMPLETE | own | more})


async def commerce(
    road: Road, user: User, name: str, params: Mapping[str, Any], *, language: str = "ko"
) -> dict[str, Any]:
    answer: dict[str, Any] = await road.customer_calls(user, ORDERS + name, params, language=language)
    return answer


async def acted(road: Road, user: User, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = (await commerce(road, user, name, params))["result"]
    return result


async def published(road: Road) -> dict[str, dict[str, Any]]:
    answer = await road.world.talk.call_function(DISCOVERY, {}, caller=SYSTEM, channel_id="")
    return {entry["name"]: entry for entry in answer["functions"]}


def problems(schema: Mapping[str, Any], answer: Any) -> list[str]:
    return [f"{list(e.path)}: {e.message[:200]}" for e in Draft7Validator(schema).iter_errors(answer)]


def in_mall(road: Road, order_id: str) -> Any:
    return road.world.malls[MALL].orders[order_id]


def statuses(road: Road, order_id: str) -> list[str]:
    return [item.status for item in in_mall(road, order_id).items]


def requests(road: Road, order_id: str) -> list[Any]:
    return [entry for entry in road.world.malls[MALL].requests if entry.order_id == order_id]


def refunds(road: Road, order_id: str) -> list[Any]:
    return [entry for entry in road.world.malls[MALL].refunds if entry.order_id == order_id]
