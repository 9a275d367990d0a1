"""`/주문취소` of an order that is being changed already: whoever did it sees the receipt, others that something is."""

from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.world import MALL, HandClock, Road

from .test_cancel import COMPLETE, failing, first_candidate, in_mall, shop_is_live, wish
from .verbs import manager_opens, on_sqlite, until

pytestmark = on_sqlite  # what differs below the store is shown by the other roads

UNDO = {"cancel": COMPLETE["cancel"] | {"undoMinutes": 10}}


@pytest.fixture
async def minji(road: Road) -> User:
    await shop_is_live(road, **UNDO)
    return road.user("u-minji", "minji")


def decisive(decision: dict[str, Any]) -> dict[str, Any]:
    return next(finding for finding in decision["findings"] if finding["decisive"])


async def screen(road: Road, user: User, name: str, **given: Any) -> str:
    answer = await road.customer_calls(user, "cancel.screen", {"screen": name, "input": given})
    return str(answer["html"])


async def confirms(road: Road, user: User, order: dict[str, Any]) -> dict[str, Any]:
    preview = await road.customer_calls(user, "cancel.preview", wish(order))
    answer = await road.customer_calls(user, "cancel.confirm", {"planToken": preview["planToken"]})
    receipt: dict[str, Any] = answer["receipt"]
    return receipt


async def test_an_open_receipt_is_the_why_on_every_face(road: Road, minji: User) -> None:
    """Candidates, preview, a second plan's confirm, and `/진단`; after the undo the order is offered again."""
    order = await first_candidate(road, minji)
    second = await road.customer_calls(minji, "cancel.preview", wish(order))
    receipt = await confirms(road, minji, order)
    assert receipt["state"] == "scheduled"

    found = await road.customer_calls(minji, "cancel.candidates")
    assert order["orderId"] not in [o["orderId"] for o in found["orders"]]
    hidden = next(h for h in found["hidden"] if h["orderId"] == order["orderId"])
    why = decisive(hidden["decision"])
    assert (why["rule"], why["code"], why["effect"]) == ("C28", "receipt_open", "blocks")
    assert why["facts"]["receiptId"] == receipt["receiptId"]
    assert why["facts"]["state"] == "scheduled"
    assert why["changesWhen"] == {"act": "take_it_back_or_wait"}

    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    assert "planToken" not in preview
    assert decisive(preview["decision"]) == why

    stale = await failing(road, minji, "cancel.confirm", {"planToken": second["planToken"]})
    assert stale.kind == "planStale"
    assert decisive(stale.data["preview"]["decision"]) == why
    assert "앞서 접수된 요청" in stale.message

    chat_token = await manager_opens(road, "chat-u-minji")
    asked = {"chatToken": chat_token, "orderId": order["orderId"], "command": "cancel"}
    explained = await road.manager_calls("why.explain", asked)
    assert decisive(explained)["facts"]["receiptId"] == receipt["receiptId"]

    await road.customer_calls(minji, "cancel.undo", {"receiptId": receipt["receiptId"]})
    assert (await first_candidate(road, minji))["orderId"] == order["orderId"]
    assert (await confirms(road, minji, order))["state"] == "scheduled"


async def test_looking_for_open_receipts_costs_the_mall_nothing(road: Road, minji: User) -> None:
    order = await first_candidate(road, minji)
    await confirms(road, minji, order)
    await road.customer_calls(minji, "cancel.preview", wish(order))
    road.clock.forward(seconds=45)  # type: ignore[attr-defined]
    road.forget_mall_calls()
    await road.customer_calls(minji, "cancel.preview", wish(order))
    assert len(road.mall_calls) <= 2


async def test_every_screen_shows_the_receipt_and_the_way_back(road: Road, minji: User) -> None:
    order = await first_candidate(road, minji)
    second = await road.customer_calls(minji, "cancel.preview", wish(order))
    receipt = await confirms(road, minji, order)
    carried = {"orderId": order["orderId"]}
    carried |= {f"q.{item['orderItemCode']}": str(item["quantity"]) for item in order["items"]}
    shown = [
        await screen(road, minji, "choose", orderId=order["orderId"]),
        await screen(road, minji, "preview", **carried),
        await screen(road, minji, "confirm", planToken=second["planToken"], **carried),
    ]
    for html in shown:
        assert "취소 되돌리기" in html
        assert receipt["receiptId"] in html
    assert "앞서 접수된 요청을 처리하고 있는 주문이에요." in shown[-1]
    listed = await screen(road, minji, "list")
    assert "진행 상황 보기" in listed
    assert receipt["receiptId"] in listed


async def test_what_a_manager_began_is_told_without_its_number(road: Road, minji: User) -> None:
    order = await first_candidate(road, minji)
    token = {"chatToken": await manager_opens(road, "chat-u-minji")}
    preview = await road.manager_calls("cancel.preview", wish(order) | token)
    answer = await road.manager_calls("cancel.confirm", {"planToken": preview["planToken"]} | token)
    receipt_id = answer["receipt"]["receiptId"]

    seen = await road.customer_calls(minji, "cancel.preview", wish(order))
    why = decisive(seen["decision"])
    assert (why["code"], why["facts"]) == ("receipt_open", {})
    assert receipt_id not in str(seen)
    html = await screen(road, minji, "choose", orderId=order["orderId"])
    assert "앞서 접수된 요청을 처리하고 있는 주문이에요." in html
    assert receipt_id not in html
    assert "되돌리기" not in html

    theirs = await road.manager_calls("cancel.preview", wish(order) | token)
    assert decisive(theirs["decision"])["facts"]["receiptId"] == receipt_id


async def test_when_the_window_closes_the_receipt_ends_and_says_so(
    road: Road, minji: User, clock: HandClock
) -> None:
    order = await first_candidate(road, minji)
    await confirms(road, minji, order)
    clock.forward(minutes=11)

    async def codes() -> set[str]:
        seen = await road.customer_calls(minji, "cancel.preview", wish(order))
        return {finding["code"] for finding in seen["decision"]["findings"]}

    async def ended() -> bool:
        await road.drain_jobs()
        return "receipt_open" not in await codes()

    await until(ended)
    assert "claim_closed" in await codes()
    assert len([r for r in road.world.malls[MALL].refunds if r.order_id == order["orderId"]]) == 1


async def test_points_come_back_as_points_and_not_as_0_won(road: Road, minji: User) -> None:
    order = await first_candidate(road, minji)
    held = in_mall(road, order["orderId"])
    held.points_spent += held.payable
    held.payment_methods = ["point"]
    road.clock.forward(minutes=6)  # type: ignore[attr-defined]
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    assert preview["refund"]["methods"] == [{"method": "적립금"}]
    assert "total" not in preview["refund"]
    given = {f"q.{item['orderItemCode']}": str(item["quantity"]) for item in order["items"]}
    html = await screen(road, minji, "preview", orderId=order["orderId"], **given)
    assert "<dt>적립금</dt><dd>사용하신 만큼</dd>" in html
    assert "0원 환불" not in html
    assert "<dd>0원</dd>" not in html


async def test_the_team_reads_the_facts_and_the_setting(road: Road, minji: User) -> None:
    """`manager.call`: the sentence for managers with its numbers, the setting's path, the code."""
    order = await first_candidate(road, minji)
    mall = road.world.malls[MALL]
    mall.settings[1].order.update(claim_request_button_date_type="order_date", claim_request_button_period=1)
    road.clock.forward(days=9)  # type: ignore[attr-defined]
    seen = await road.customer_calls(minji, "cancel.preview", wish(order))
    assert decisive(seen["decision"])["code"] == "period_over"
    await road.customer_calls(minji, "manager.call", {"orderId": order["orderId"], "code": "period_over"})
    (note,) = [m for m in road.world.talk.chats["chat-u-minji"].messages if "상담을 요청" in str(vars_of(m))]
    text = str(vars_of(note))
    assert order["orderId"] in text
    assert "노출기간이 '주문완료일 기준 1일'인데" in text
    assert (
        "쇼핑몰 설정 &gt; 주문 설정 &gt; 주문 후 설정" in text
        or "쇼핑몰 설정 > 주문 설정 > 주문 후 설정" in text
    )
    assert "코드: period_over" in text
    assert held_name(road, order["orderId"]) not in text


def vars_of(message: Any) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__dataclass_fields__}


def held_name(road: Road, order_id: str) -> str:
    return in_mall(road, order_id).buyer.name


async def test_a_customer_of_a_shop_on_trial_finds_the_way_back(road: Road, minji: User) -> None:
    await road.manager_calls("settings.update", {"patch": {"mode": "trial"}})
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    given = {f"q.{item['orderItemCode']}": str(item["quantity"]) for item in order["items"]}
    html = await screen(
        road, minji, "confirm", planToken=preview["planToken"], orderId=order["orderId"], **given
    )
    assert "아직 시험 운영 중이라" in html
    assert "취소 내용으로 돌아가기" in html
    assert "주문 목록 보기" in html
