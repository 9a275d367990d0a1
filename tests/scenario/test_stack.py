"""Bytes from outside through the whole real stack: the documented error, nothing changed, nothing leaked."""

from typing import Any

import httpx
import orjson

from app.channel.signature import signature_of
from tests.world import Road

from .verbs import on_sqlite, orders_of, refused

pytestmark = on_sqlite


async def put(
    road: Road, raw: bytes, *, path: str = "/functions/v1", key: str | None = None
) -> httpx.Response:
    signed = signature_of(raw, bytes.fromhex(key or road.world.secrets.signing_key))
    return await road.client.put(path, content=raw, headers={"x-signature": signed})


def call(
    method: str, params: Any = None, *, caller: str = "user", caller_id: Any = "u-1", **context: Any
) -> bytes:
    known = {"caller": {"type": caller, "id": caller_id}, "channel": {"id": "ch-hanok"}}
    return orjson.dumps({"method": method, "params": params, "context": known | context})


async def test_a_foreign_key_opens_nothing(road: Road) -> None:
    raw = call("orderList.view", user={"id": "u-1", "member": True, "memberId": "minji"})
    answer = await put(road, raw, key="00" * 32)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid signature"})
    assert road.mall_calls == []


async def test_oversized_bodies(road: Road) -> None:
    too_large = b"x" * (road.settings.max_body_bytes + 1)
    assert (await put(road, too_large)).status_code == 413
    fits = call("identity.get", {"pad": "x" * (road.settings.max_body_bytes - 500)})
    assert (await put(road, fits)).status_code == 200


WRONG_CALLS: list[tuple[bytes, int, str]] = [
    (b"", 400, "parseError"),
    (b"{", 400, "parseError"),
    (b"[" * 5000, 400, "parseError"),
    (b"\xff\xfe", 400, "parseError"),
    (b"null", 200, "invalidParams"),
    (b'{"method":"orderList.view"}', 200, "invalidParams"),
    (call("orderList.steal"), 200, "methodNotFound"),
    (call("orderList.view", {"chatToken": 5}), 200, "invalidParams"),
    (call("orderList.detail"), 200, "invalidParams"),
    (call("orderList.detail", {"orderId": None}), 200, "invalidParams"),
    (call("orderList.detail", {"orderId": ["20261118-0000123"]}), 200, "invalidParams"),
    (call("orderList.view", None, caller="ghost"), 200, "invalidParams"),
    (call("identity.choose", {"accountRef": "x", "guest": True}), 200, "invalidParams"),
    (call("identity.choose", {"guest": "yes"}), 200, "invalidParams"),
    (call("orderList.open", {"chat": {"type": "userChat", "id": "x" * 201}}), 200, "invalidParams"),
    (call("orderList.view", None, user={"id": "u-1", "member": True, "memberId": ["minji"]}), 200, "notIdentified"),
    (call("orderList.view", None, user={"id": "u-2", "member": True, "memberId": "minji"}), 200, "notIdentified"),
]  # fmt: skip


async def test_wrong_calls(road: Road) -> None:
    for raw, status, kind in WRONG_CALLS:
        answer = await put(road, raw)
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind), raw[:200]
        assert "Traceback" not in answer.text
    assert road.mall_calls == []


async def test_a_patch_deeper_than_any_stack(road: Road) -> None:
    raw = call("settings.update", caller="manager", caller_id="mgr-jiwoo").replace(
        b'"params":null', b'"params":{"patch":' + b'{"a":' * 990 + b"1" + b"}" * 991
    )
    error = (await put(road, raw)).json()["error"]
    assert error["type"] == "invalidParams"


async def test_order_ids_that_are_none(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    for order_id in ("../../admin", "20261118-0000123&member_id=sora", "x" * 300, "\u0000", "' OR 1=1"):
        failure = await refused(road.customer_calls(minji, "orderList.detail", {"orderId": order_id}))
        assert failure.kind in {"invalidParams", "notFound"}, order_id


async def test_who_asks_is_never_read_from_params(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    own = await orders_of(road, minji)
    forged = {
        "memberId": "sora", "member_id": "sora", "userId": "u-sora", "caller": {"type": "manager", "id": "mgr-jiwoo"},
        "context": {"user": {"id": "u-sora", "member": True, "memberId": "sora"}}, "shopNo": 2, "channelId": "ch-x",
    }  # fmt: skip
    answer = await road.customer_calls(minji, "orderList.view", forged)
    assert [o["orderId"] for o in answer["orders"]] == own


async def test_another_channel_has_no_shop(road: Road) -> None:
    raw = call(
        "orderList.view", channel={"id": "ch-other"}, user={"id": "u-1", "member": True, "memberId": "minji"}
    )
    assert (await put(road, raw)).json()["error"]["type"] == "notConnected"
    raw = call("orderList.view", channel=None)
    assert (await put(road, raw)).json()["error"]["type"] == "notConnected"


async def test_pages_that_are_not_there(road: Road) -> None:
    for path in ("/functions/v2", "/wam/nothing", "/wam/../etc/passwd", "/console/nothing", "/.env"):
        answer = await road.client.get(path)
        assert answer.status_code in {404, 303, 405}, path
        assert "Traceback" not in answer.text
