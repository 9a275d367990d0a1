"""A day of claims over the whole road: filed with photos, looked at, approved or refused in words, late, taken back."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.world import MALL, HandClock, Road

from .test_exchange_return import (
    DELIVERED,
    SHIPPED,
    confirmed,
    defect,
    in_mall,
    is_told,
    lines_of,
    minji,
    requests,
    settings_are,
    state_of,
    statuses,
    uploaded,
    wish,
)
from .verbs import on_sqlite, refused, until

__all__ = ["minji"]
GROUP = {"notify": {"groupId": "group-orders"}}
CHAT = "chat-u-minji"
NO = "사진으로는 사용하신 흔적이 보여요."


def said(road: Road, words: str, chat: str = CHAT) -> list[str]:
    return [str(m.blocks) for m in road.world.talk.chats[chat].messages if words in str(m.blocks)]


async def waiting(road: Road) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = (await road.manager_calls("claims.pending"))["claims"]
    return claims


async def decides(road: Road, receipt: dict[str, Any], action: str, message: str | None = None) -> Any:
    params = {"pendingId": receipt["pendingId"], "action": action}
    return await road.manager_calls("claims.decide", params | ({"message": message} if message else {}))


async def shop_tells(road: Road, act: Any) -> None:
    webhook = road.world.malls[MALL].act_webhook(act, road.world.secrets.webhook_key)
    answer = await road.client.post("/cafe24/webhooks", content=webhook.body, headers=webhook.headers)
    assert answer.status_code == 200


async def test_a_day(road: Road, minji: User, clock: HandClock) -> None:
    """Two claims wait. One is approved and lies in the mall once; the other is refused in words, and its order is as
    it was (H22, H44, H68).
    """
    broken = await confirmed(road, minji, await defect(road, minji))
    vest, _pouches = await lines_of(road, minji, SHIPPED)
    photo = await uploaded(road, minji, SHIPPED, 3)
    worn = await confirmed(
        road, minji, wish(SHIPPED, vest, reason={"type": "deliveryError"}, evidence=[photo])
    )
    assert (broken["state"], worn["state"]) == ("pending", "pending")
    assert requests(road, DELIVERED) == requests(road, SHIPPED) == []
    before = str(in_mall(road, SHIPPED))

    first, second = await waiting(road)
    assert [c["orderId"] for c in (first, second)] == [DELIVERED, SHIPPED], "who waits longest comes first"
    assert [len(c["photos"]) for c in (first, second)] == [2, 1]
    for picture in first["photos"]:
        for address in (picture["thumbUrl"], picture["url"]):
            shown = await road.client.get(address)
            assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
            assert shown.content.startswith(b"\xff\xd8\xff")

    approved = await decides(road, broken, "approve")
    assert approved["receipt"]["state"] == "requested"
    again = await decides(road, broken, "approve")
    assert again["receipt"]["receiptId"] == broken["receiptId"]
    assert (await refused(decides(road, broken, "reject", NO))).kind == "conflict"
    (entry,) = requests(road, DELIVERED)
    assert (entry.kind, entry.reason_type, entry.items) == ("return", "K", ((f"{DELIVERED}-01", 1),))

    no = await decides(road, worn, "reject", NO)
    assert no["receipt"]["state"] == "failed"
    late = await refused(decides(road, worn, "approve"))
    assert (late.kind, late.data["decidedBy"]) == ("conflict", "manager:mgr-jiwoo")
    await is_told(road, "승인되어")
    await is_told(road, NO)
    clock.forward(minutes=30)
    await road.drain_jobs()
    assert (len(said(road, "승인되어")), len(said(road, NO))) == (1, 1)
    assert (str(in_mall(road, SHIPPED)), requests(road, SHIPPED)) == (before, [])
    assert await waiting(road) == []
    assert (await road.client.get(first["photos"][0]["url"])).status_code == 404, "a link is short-lived"


async def test_a_request_that_the_shop_refuses_in_its_back_office(road: Road, minji: User) -> None:
    """H67: approved here, refused there. The line says so, and the customer hears of it once."""
    receipt = await confirmed(road, minji, await defect(road, minji))
    await decides(road, receipt, "approve")
    act = road.world.malls[MALL].reject_request(DELIVERED)
    for _ in range(2):
        await shop_tells(road, act)
    await is_told(road, "받아들여지지 않았어요")
    assert len(said(road, "받아들여지지 않았어요")) == 1
    assert await state_of(road, minji, receipt) == "failed"
    (item,) = (await road.customer_calls(minji, "orderList.detail", {"orderId": DELIVERED}))["order"]["items"]
    assert item["statusText"] == "반품 거절됨"


async def test_the_next_preview_sees_what_the_shop_chose(road: Road, minji: User) -> None:
    """H43: and what was agreed to before is not what happens now."""
    params = await defect(road, minji)
    looked_at = await road.customer_calls(minji, "exchangeReturn.preview", params)
    assert looked_at["outcome"] == "pending"
    await settings_are(road, sellerFault="request")
    assert (await road.customer_calls(minji, "exchangeReturn.preview", params))["outcome"] == "request"
    token = {"planToken": looked_at["planToken"]}
    stale = await refused(road.customer_calls(minji, "exchangeReturn.confirm", token))
    assert (stale.kind, stale.data["preview"]["outcome"]) == ("planStale", "request")
    assert requests(road, DELIVERED) == []


async def test_a_claim_that_waits_is_decided_by_what_was_agreed(road: Road, minji: User) -> None:
    """It goes on waiting when the shop takes to filing at once."""
    receipt = await confirmed(road, minji, await defect(road, minji))
    await settings_are(road, sellerFault="request")
    await road.drain_jobs()
    assert (await state_of(road, minji, receipt), requests(road, DELIVERED)) == ("pending", [])
    assert (await decides(road, receipt, "approve"))["receipt"]["state"] == "requested"


@pytest.mark.parametrize("group", [True, False], ids=["in a group", "beside the chat"])
async def test_nobody_decides_in_time_and_is_reminded(
    road: Road, minji: User, clock: HandClock, *, group: bool
) -> None:
    """Once a deadline, for as long as it waits."""
    if group:
        await road.manager_calls("settings.update", {"patch": GROUP})
    await settings_are(road, deadlineHours=2)
    receipt = await confirmed(road, minji, await defect(road, minji))
    where = "group-orders" if group else CHAT

    async def counted(words: str, count: int) -> None:
        async def reached() -> bool:
            await road.drain_jobs()
            return len(said(road, words, where)) == count

        await until(reached)

    await counted("승인을 기다리는 신청이 들어왔습니다", 1)
    for times in (1, 2):
        clock.forward(hours=2, minutes=1)
        await counted("처리 기한이 지난 신청", times)
    clock.forward(hours=1)
    await road.drain_jobs()
    assert len(said(road, "처리 기한이 지난 신청", where)) == 2
    assert (await state_of(road, minji, receipt), requests(road, DELIVERED)) == ("pending", [])
    (claim,) = await waiting(road)
    assert claim["dueAt"]
    await decides(road, receipt, "reject", NO)
    clock.forward(hours=4)
    await road.drain_jobs()
    assert len(said(road, "처리 기한이 지난 신청", where)) == 2, "what is decided is nobody's worry"


async def test_nobody_decides_in_time_and_it_is_approved(road: Road, minji: User, clock: HandClock) -> None:
    await settings_are(road, deadlineHours=2, atDeadline="approve")
    receipt = await confirmed(road, minji, await defect(road, minji))
    clock.forward(hours=1, minutes=59)
    await road.drain_jobs()
    assert requests(road, DELIVERED) == []
    clock.forward(minutes=3)
    await is_told(road, "승인되어")
    assert await state_of(road, minji, receipt) == "requested"
    clock.forward(hours=5)
    await road.drain_jobs()
    assert len(requests(road, DELIVERED)) == 1
    (done,) = (await road.manager_calls("claims.pending", {"decided": True}))["claims"]
    assert done["decidedBy"] == "deadline"
    late = await refused(decides(road, receipt, "reject", NO))
    assert (late.kind, late.data["decidedBy"]) == ("conflict", "deadline")


async def test_nobody_decides_in_time_and_it_goes_to_the_chat(
    road: Road, minji: User, clock: HandClock
) -> None:
    """Handed over: said in the customer's own chat, which is opened for the team; it may still be decided."""
    await road.manager_calls("settings.update", {"patch": GROUP})
    await settings_are(road, deadlineHours=2, atDeadline="handOver")
    receipt = await confirmed(road, minji, await defect(road, minji))
    road.world.talk.chats[CHAT].state = "USER_CHAT_STATE_CLOSED"
    clock.forward(hours=2, minutes=1)
    await is_told(road, "상담으로 넘긴 신청")
    (note,) = [m for m in road.world.talk.chats[CHAT].messages if "상담으로 넘긴 신청" in str(m.blocks)]
    assert note.options == ["MESSAGE_OPTION_PRIVATE"]
    assert road.world.talk.chats[CHAT].state == "USER_CHAT_STATE_OPENED"
    assert (await state_of(road, minji, receipt), requests(road, DELIVERED)) == ("pending", [])
    assert (await decides(road, receipt, "approve"))["receipt"]["state"] == "requested"


async def test_a_customer_who_takes_it_back_reads_so_once(road: Road, minji: User) -> None:
    receipt = await confirmed(road, minji, await defect(road, minji))
    for _ in range(2):
        await road.customer_calls(minji, "exchangeReturn.withdraw", {"pendingId": receipt["pendingId"]})
    await is_told(road, "요청을 거두었어요")
    await road.drain_jobs()
    assert len(said(road, "요청을 거두었어요")) == 1
    assert await waiting(road) == []
    assert (statuses(road, DELIVERED), requests(road, DELIVERED)) == (["N40"], [])


@on_sqlite
@pytest.mark.parametrize(
    ("language", "says"), [("en", "could not"), ("ja", "承認"), ("ko", "승인해 드리지 못했어요")]
)
async def test_a_refusal_is_said_in_the_customer_s_language(
    road: Road, minji: User, language: str, says: str
) -> None:
    """Around the manager's own words, which nobody translates; the receipt says the same."""
    params = await defect(road, minji)
    preview = await road.customer_calls(minji, "exchangeReturn.preview", params, language=language)
    token = {"planToken": preview["planToken"]}
    answer = await road.customer_calls(minji, "exchangeReturn.confirm", token, language=language)
    await decides(road, answer["receipt"], "reject", NO)
    await is_told(road, NO)
    (message,) = said(road, NO)
    assert says in message
    found = await road.customer_calls(
        minji, "receipt.get", {"receiptId": answer["receipt"]["receiptId"]}, language=language
    )
    (finding,) = found["receipt"]["decision"]["findings"]
    assert finding["customerText"].endswith(NO)


@on_sqlite
async def test_the_claim_of_a_customer_is_nobody_else_s(road: Road, minji: User, clock: HandClock) -> None:
    """Neither its receipt nor its photos, however one asks."""
    receipt = await confirmed(road, minji, await defect(road, minji))
    (claim,) = await waiting(road)
    gaeun = road.user("u-gaeun", "gaeun")
    for method, params in (
        ("receipt.get", {"receiptId": receipt["receiptId"]}),
        ("exchangeReturn.withdraw", {"pendingId": receipt["pendingId"]}),
    ):
        assert (await refused(road.customer_calls(gaeun, method, params))).kind == "notFound"
    for user in (minji, gaeun):
        assert (await refused(road.customer_calls(user, "claims.pending"))).kind == "forbidden"
    address = claim["photos"][0]["url"]
    assert (await road.client.get(address)).status_code == 200
    head, token = address.rsplit("/", 1)
    for forged in (token[::-1], token.swapcase(), token[:-4], claim["pendingId"]):
        assert (await road.client.get(f"{head}/{forged}")).status_code == 404
    clock.at += timedelta(minutes=11)
    assert (await road.client.get(address)).status_code == 404


@on_sqlite
async def test_the_team_reads_the_reason_of_the_command_that_was_asked(road: Road, minji: User) -> None:
    """A finding that cancelling has too: the customer stood before 교환반품."""
    road.world.malls[MALL].settings[1].order["claim_request"] = "F"
    road.clock.forward(minutes=6)  # type: ignore[attr-defined]
    screen = await road.customer_calls(
        minji, "exchangeReturn.screen", {"screen": "kind", "input": {"orderId": DELIVERED}}
    )
    (button,) = re.findall(r"data-action='([^']*manager\.call[^']*)'", screen["html"])
    assert json.loads(button)["run"]["params"]["command"] == "exchangeReturn"
    asked = {"code": "claims_switched_off", "orderId": DELIVERED, "command": "exchangeReturn"}
    await road.customer_calls(minji, "manager.call", asked)
    (note,) = said(road, "고객이 상담을 요청했습니다")
    assert "교환·반품을 신청할 수 있습니다" in note
