"""`/교환반품` end to end (H21–H23, H43–H45, H63–H68): a customer of the simulated mall asks, the shop decides, once."""

from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.evidence.pictures import photo
from tests.world import MALL, HandClock, Road

from .verbs import refused, until

LIVE = {"mode": "live", "identity": {"memberHashConfirmed": True}}
SHIPPED, DELIVERED = "20261116-0000103", "20261111-0000104"
"""Of minji: a vest and two pouches on their way, a set of cups that has arrived."""
POUCH = 21
RETURN_ADDRESS = "경기도 파주시 문발로 000 한옥상점 물류동"


async def settings_are(road: Road, **exchange_return: Any) -> None:
    own = {"returnAddress": RETURN_ADDRESS, "autoPickupOff": True} | exchange_return
    await road.manager_calls("settings.update", {"patch": LIVE | {"exchangeReturn": own}})


@pytest.fixture
async def minji(road: Road) -> User:
    await settings_are(road)
    user = road.user("u-minji", "minji")
    await road.customer_calls(
        user, "exchangeReturn.open", {"chat": {"type": "userChat", "id": "chat-u-minji"}}
    )
    return user


def in_mall(road: Road, order_id: str) -> Any:
    return road.world.malls[MALL].orders[order_id]


def statuses(road: Road, order_id: str) -> list[str]:
    return [item.status for item in in_mall(road, order_id).items]


def requests(road: Road, order_id: str) -> list[Any]:
    return [entry for entry in road.world.malls[MALL].requests if entry.order_id == order_id]


async def lines_of(road: Road, user: User, order_id: str) -> list[dict[str, Any]]:
    found = await road.customer_calls(user, "exchangeReturn.candidates")
    lines: list[dict[str, Any]] = next(o for o in found["orders"] if o["orderId"] == order_id)["items"]
    return lines


def wish(order_id: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "kind": "return",
        "orderId": order_id,
        "items": [{"orderItemCode": line["orderItemCode"], "quantity": line["quantity"]} for line in lines],
        "reason": {"type": "changeOfMind"},
        "pickup": {"sameAsOrder": True},
    } | more


async def uploaded(road: Road, user: User, order_id: str, seed: int = 1) -> str:
    started = await road.customer_calls(user, "evidence.start", {"orderId": order_id, "kind": "return"})
    path = "/wam/uploads/" + started["uploadUrl"].rsplit("/", 1)[1]
    answer = await road.client.post(path, files={"file": ("photo.jpg", photo(seed), "image/jpeg")})
    assert answer.status_code == 201, answer.text
    ref: str = answer.json()["uploadRef"]
    return ref


async def confirmed(road: Road, user: User, params: dict[str, Any]) -> dict[str, Any]:
    preview = await road.customer_calls(user, "exchangeReturn.preview", params)
    assert preview.get("planToken"), (preview["decision"], preview.get("missing"))
    answer = await road.customer_calls(user, "exchangeReturn.confirm", {"planToken": preview["planToken"]})
    receipt: dict[str, Any] = answer["receipt"]
    return receipt


async def is_told(road: Road, words: str) -> None:
    """Messages are written beside the work on the mall."""

    async def said() -> bool:
        await road.drain_jobs()
        return any(words in str(m.blocks) for m in road.world.talk.chats["chat-u-minji"].messages)

    await until(said)


async def state_of(road: Road, user: User, receipt: dict[str, Any]) -> str:
    found = await road.customer_calls(user, "receipt.get", {"receiptId": receipt["receiptId"]})
    state: str = found["receipt"]["state"]
    return state


async def defect(road: Road, user: User, order_id: str = DELIVERED) -> dict[str, Any]:
    """A claim that waits: cups that arrived broken, with two photos."""
    lines = await lines_of(road, user, order_id)
    refs = [await uploaded(road, user, order_id, seed) for seed in (1, 2)]
    return wish(order_id, *lines, reason={"type": "defective", "text": "금이 갔어요"}, evidence=refs)


async def test_a_return_by_fault_of_the_buyer_is_filed_at_once_and_once(road: Road, minji: User) -> None:
    """H21: part of an order; confirming twice files one request and gives one receipt."""
    vest, _pouches = await lines_of(road, minji, SHIPPED)
    params = wish(SHIPPED, vest, reason={"type": "dissatisfied", "text": "색이 달라요"})
    preview = await road.customer_calls(minji, "exchangeReturn.preview", params)
    assert (preview["outcome"], preview["shippingPayer"], preview["shippingFee"]) == (
        "request",
        "buyer",
        "3000",
    )
    token = {"planToken": preview["planToken"]}
    first = (await road.customer_calls(minji, "exchangeReturn.confirm", token))["receipt"]
    again = (await road.customer_calls(minji, "exchangeReturn.confirm", token))["receipt"]
    assert again == first
    assert first["state"] == "requested"
    assert statuses(road, SHIPPED) == ["R00", "N30"]
    (entry,) = requests(road, SHIPPED)
    assert (entry.reason_type, entry.kind, entry.way_back.fetched) == ("E", "return", True)
    assert "색이 달라요" in entry.reason


async def test_an_exchange_for_another_option_of_the_same_product(road: Road, minji: User) -> None:
    _vest, pouches = await lines_of(road, minji, SHIPPED)
    params = wish(SHIPPED, pouches, kind="exchange")
    offered = await road.customer_calls(minji, "exchangeReturn.preview", params)
    assert offered["missing"] == ["exchangeFor"]
    variants = {v["optionText"]: v for v in offered["targets"][0]["variants"]}
    assert variants["나비"]["available"] is False
    wanted = variants["모란"]["variantCode"]
    target = [{"orderItemCode": pouches["orderItemCode"], "variantCode": wanted, "quantity": 2}]
    receipt = await confirmed(road, minji, params | {"exchangeFor": target})
    assert receipt["state"] == "requested"
    assert statuses(road, SHIPPED) == ["N30", "E00"]
    (entry,) = requests(road, SHIPPED)
    assert [(t.product_no, t.variant_code, t.quantity) for t in entry.targets] == [(POUCH, wanted, 2)]


async def test_a_defect_waits_and_is_filed_when_a_manager_approves(road: Road, minji: User) -> None:
    """H22, H44: the mall's order is untouched until then, and one request is filed, however often it is approved."""
    params = await defect(road, minji)
    receipt = await confirmed(road, minji, params)
    assert receipt["state"] == "pending"
    assert receipt["pendingId"] == receipt["receiptId"]
    assert (statuses(road, DELIVERED), requests(road, DELIVERED)) == (["N40"], [])
    (claim,) = (await road.manager_calls("claims.pending"))["claims"]
    assert (claim["kind"], len(claim["photos"])) == ("return:defective", 2)
    decision = {"pendingId": receipt["pendingId"], "action": "approve"}
    for _ in range(2):
        await road.manager_calls("claims.decide", decision)
        await road.drain_jobs()
    assert await state_of(road, minji, receipt) == "requested"
    assert statuses(road, DELIVERED) == ["R00"]
    (entry,) = requests(road, DELIVERED)
    assert entry.reason_type == "K"
    await is_told(road, "승인되어")


async def test_a_rejected_claim_leaves_the_order_and_brings_the_manager_s_words(
    road: Road, minji: User
) -> None:
    """H68."""
    receipt = await confirmed(road, minji, await defect(road, minji))
    words = "사진으로는 사용 흔적으로 보여요."
    decision = {"pendingId": receipt["pendingId"], "action": "reject", "message": words}
    await road.manager_calls("claims.decide", decision)
    await road.drain_jobs()
    assert await state_of(road, minji, receipt) == "failed"
    assert (statuses(road, DELIVERED), requests(road, DELIVERED)) == (["N40"], [])
    await is_told(road, words)


async def test_the_customer_withdraws_a_claim_that_waits_and_may_ask_again(road: Road, minji: User) -> None:
    params = await defect(road, minji)
    receipt = await confirmed(road, minji, params)
    held = await road.customer_calls(minji, "exchangeReturn.preview", params)
    assert "planToken" not in held
    assert [f["code"] for f in held["decision"]["findings"] if f["decisive"]] == ["receipt_open"]
    back = await road.customer_calls(minji, "exchangeReturn.withdraw", {"pendingId": receipt["pendingId"]})
    assert back["receipt"]["state"] == "withdrawn"
    late = {"pendingId": receipt["pendingId"], "action": "approve"}
    assert (await refused(road.manager_calls("claims.decide", late))).kind == "conflict"
    assert (await confirmed(road, minji, params))["state"] == "pending"
    assert requests(road, DELIVERED) == []


async def test_of_two_claims_on_the_same_lines_one_waits(road: Road, minji: User) -> None:
    """Both were looked at before either was confirmed."""
    params = await defect(road, minji)
    one = await road.customer_calls(minji, "exchangeReturn.preview", params)
    two = await road.customer_calls(minji, "exchangeReturn.preview", params)
    first = await road.customer_calls(minji, "exchangeReturn.confirm", {"planToken": one["planToken"]})
    assert first["receipt"]["state"] == "pending"
    stale = road.customer_calls(minji, "exchangeReturn.confirm", {"planToken": two["planToken"]})
    assert (await refused(stale)).kind == "planStale"
    assert len((await road.manager_calls("claims.pending"))["claims"]) == 1


async def test_at_once_when_the_shop_chose_so(road: Road, minji: User) -> None:
    """H43."""
    await settings_are(road, sellerFault="request")
    receipt = await confirmed(road, minji, await defect(road, minji))
    assert receipt["state"] == "requested"
    assert statuses(road, DELIVERED) == ["R00"]


@pytest.mark.parametrize(("accepts", "state"), [(True, "done"), (False, "failed")])
async def test_the_shop_decides_in_its_back_office_and_the_customer_is_told(
    road: Road, minji: User, accepts: bool, state: str
) -> None:
    """H67: rejected there, the item says 반품 거절됨."""
    lines = await lines_of(road, minji, DELIVERED)
    receipt = await confirmed(road, minji, wish(DELIVERED, *lines))
    mall = road.world.malls[MALL]
    act = mall.accept_request(DELIVERED) if accepts else mall.reject_request(DELIVERED, reason="사용함")
    webhook = mall.act_webhook(act, road.world.secrets.webhook_key)
    answer = await road.client.post("/cafe24/webhooks", content=webhook.body, headers=webhook.headers)
    assert answer.status_code == 200
    await road.drain_jobs()

    async def settled() -> bool:
        return await state_of(road, minji, receipt) == state

    await until(settled)
    detail = await road.customer_calls(minji, "orderList.detail", {"orderId": DELIVERED})
    (item,) = detail["order"]["items"]
    assert item["statusText"] == ("반품 중" if accepts else "반품 거절됨")


async def test_an_answer_that_is_lost_files_one_request(road: Road, minji: User) -> None:
    lines = await lines_of(road, minji, DELIVERED)
    preview = await road.customer_calls(minji, "exchangeReturn.preview", wish(DELIVERED, *lines))
    road.world.malls.faults.inject("timeout_after_effect", path="POST /admin/returnrequests", times=1)
    token = {"planToken": preview["planToken"]}
    receipt = (await road.customer_calls(minji, "exchangeReturn.confirm", token))["receipt"]
    for _ in range(5):
        if receipt["state"] == "requested":
            break
        assert receipt["state"] == "checking"
        road.clock.forward(seconds=61)  # type: ignore[attr-defined]
        await road.drain_jobs()
        receipt = (await road.customer_calls(minji, "exchangeReturn.confirm", token))["receipt"]
    assert receipt["state"] == "requested"
    assert len(requests(road, DELIVERED)) == 1


async def test_the_last_piece_went_to_somebody_else(road: Road, minji: User) -> None:
    """The stock is read again when the plan is confirmed."""
    _vest, pouches = await lines_of(road, minji, SHIPPED)
    params = wish(SHIPPED, pouches, kind="exchange")
    offered = await road.customer_calls(minji, "exchangeReturn.preview", params)
    wanted = next(v for v in offered["targets"][0]["variants"] if v["optionText"] == "모란")["variantCode"]
    target = [{"orderItemCode": pouches["orderItemCode"], "variantCode": wanted, "quantity": 2}]
    preview = await road.customer_calls(minji, "exchangeReturn.preview", params | {"exchangeFor": target})
    sell_out(road, wanted)
    failure = await refused(
        road.customer_calls(minji, "exchangeReturn.confirm", {"planToken": preview["planToken"]})
    )
    assert failure.kind == "planStale"
    assert requests(road, SHIPPED) == []


def sell_out(road: Road, variant_code: str) -> None:
    variants = road.world.malls[MALL].products[POUCH].variants
    next(v for v in variants if v.variant_code == variant_code).quantity = 0


async def test_while_couriers_are_asked_automatically_it_fails_and_says_why(road: Road, minji: User) -> None:
    """H23."""
    road.world.malls[MALL].auto_pickup = True
    lines = await lines_of(road, minji, DELIVERED)
    receipt = await confirmed(road, minji, wish(DELIVERED, *lines))
    assert receipt["state"] == "failed"
    finding = next(f for f in receipt["decision"]["findings"] if f["decisive"])
    assert finding["code"] == "auto_pickup_on"
    assert "택배사 수거신청 자동접수" in finding["managerText"]


async def test_photos_of_another_order_prove_nothing(road: Road, minji: User) -> None:
    ref = await uploaded(road, minji, SHIPPED)
    lines = await lines_of(road, minji, DELIVERED)
    params = wish(DELIVERED, *lines, reason={"type": "defective"}, evidence=[ref])
    assert (
        await refused(road.customer_calls(minji, "exchangeReturn.preview", params))
    ).kind == "invalidParams"


async def test_the_order_of_somebody_else_is_not_found(road: Road, minji: User) -> None:
    jihun = road.user("u-jihun", "jihun")
    lines = await lines_of(road, minji, DELIVERED)
    params = wish(DELIVERED, *lines)
    assert (await refused(road.customer_calls(jihun, "exchangeReturn.preview", params))).kind == "notFound"
    receipt = await confirmed(road, minji, await defect(road, minji))
    theirs = road.customer_calls(jihun, "exchangeReturn.withdraw", {"pendingId": receipt["pendingId"]})
    assert (await refused(theirs)).kind == "notFound"
    assert await state_of(road, minji, receipt) == "pending"


async def test_sent_by_oneself_to_the_return_address(road: Road, minji: User) -> None:
    """H45."""
    lines = await lines_of(road, minji, DELIVERED)
    params = wish(
        DELIVERED, *lines, pickup=None, selfSend={"courier": "우체국택배", "trackingNumber": "6012345"}
    )
    await confirmed(road, minji, params)
    (entry,) = requests(road, DELIVERED)
    assert (entry.way_back.fetched, entry.way_back.tracking_no, entry.way_back.company) == (
        False,
        "6012345",
        "우체국택배",
    )


async def test_looking_and_previewing_cost_little(road: Road, minji: User, clock: HandClock) -> None:
    """DESIGN §8: settings warm, candidates one call a window, preview at most two and one a product."""
    await road.manager_calls("settings.update", {"patch": {"orders": {"lookbackMonths": 3}}})
    await lines_of(road, minji, SHIPPED)
    clock.forward(seconds=45)
    road.forget_mall_calls()
    vest, _pouches = await lines_of(road, minji, SHIPPED)
    assert len(road.mall_calls) == 1
    road.forget_mall_calls()
    await road.customer_calls(minji, "exchangeReturn.preview", wish(SHIPPED, vest))
    assert len(road.mall_calls) <= 2
