"""`/배송지변경` end to end (H24–H26): one address for the whole order, in the warehouse and in the mall, or nothing."""

import asyncio
from typing import Any

import pytest

from app.sandbox.cafe24.order import Order as MallOrder
from app.sandbox.channel.people import User
from tests.world import MALL, Road

from .test_cancel import in_mall, mall_cancels_as, shop_is_live
from .verbs import on_sqlite, refused, until

pytestmark = on_sqlite
SELLMATE = "POST /external/hanok/orders"
PUT = "PUT /admin/orders"
SUWON = {
    "receiverName": "김민지",
    "cellphone": "010-0000-1001",
    "zipcode": "16489",
    "address1": "경기도 수원시 팔달구 효원로 1",
    "address2": "101동 1001호",
    "message": "문 앞에 놓아 주세요",
}
JEJU = SUWON | {"zipcode": "63122", "address1": "제주특별자치도 제주시 문연로 6"}


@pytest.fixture
async def minji(road: Road) -> User:
    await shop_is_live(road)
    await road.world.warehouse.use("sellmate")
    user = road.user("u-minji", "minji")
    await road.customer_calls(
        user, "addressChange.open", {"chat": {"type": "userChat", "id": "chat-u-minji"}}
    )
    return user


async def candidate(road: Road, user: User) -> MallOrder:
    found = await road.customer_calls(user, "addressChange.candidates")
    assert found["orders"], found
    return in_mall(road, found["orders"][0]["orderId"])


async def previewed(road: Road, user: User, order: MallOrder, **different: Any) -> dict[str, Any]:
    params = {"orderId": order.order_id, "address": SUWON | different}
    preview: dict[str, Any] = await road.customer_calls(user, "addressChange.preview", params)
    return preview


async def confirmed(road: Road, user: User, preview: dict[str, Any]) -> dict[str, Any]:
    answer = await road.customer_calls(user, "addressChange.confirm", {"planToken": preview["planToken"]})
    receipt: dict[str, Any] = answer["receipt"]
    return receipt


async def at_the_end(road: Road, user: User, receipt: dict[str, Any], minutes: int = 5) -> dict[str, Any]:
    for _ in range(minutes * 6):
        await road.drain_jobs()
        road.clock.forward(seconds=10)  # type: ignore[attr-defined]
    again = await road.customer_calls(user, "receipt.get", {"receiptId": receipt["receiptId"]})
    now: dict[str, Any] = again["receipt"]
    return now


def decisive(preview: dict[str, Any]) -> tuple[str, list[str]]:
    decision = preview["decision"]
    return decision["verdict"], [f["code"] for f in decision["findings"] if f["decisive"]]


def streets(road: Road, order: MallOrder) -> tuple[set[str], str]:
    """Where the mall and the warehouse would send it."""
    in_warehouse = road.world.warehouse.depot.parcels[order.order_id].receiver["address1"]
    return {r.address1 for r in order.receivers}, in_warehouse


def messages(road: Road, user: User, text: str, *, private: bool = False) -> list[str]:
    chat = road.world.talk.chats[road.chat_ids[user.id]]
    return [str(m.blocks) for m in chat.messages if m.private is private and text in str(m.blocks)]


async def test_the_whole_order_goes_to_one_new_place(road: Road, minji: User) -> None:
    order = await candidate(road, minji)
    before = {r.address1 for r in order.receivers}
    preview = await previewed(road, minji, order)
    assert (preview["decision"]["verdict"], preview["feeBefore"], preview["feeAfter"]) == (
        "allowed",
        "0",
        "0",
    )
    receipt = await confirmed(road, minji, preview)
    assert receipt["state"] == "done"
    assert streets(road, order) == ({SUWON["address1"]}, SUWON["address1"])
    place = order.receivers[0]
    assert (place.name, place.cellphone, place.zipcode) == ("김민지", "010-0000-1001", "16489")
    assert (place.address2, place.shipping_message) == (SUWON["address2"], SUWON["message"])
    assert {row["address1"] for row in order.past_receivers} == before
    assert [memo["content"] for memo in order.memos] == ["고객이 채널톡에서 배송지를 변경했습니다."]
    again = await confirmed(road, minji, preview)
    assert again == receipt
    assert (len(order.past_receivers), len(order.memos)) == (len(order.receivers), 1)
    await road.drain_jobs()
    assert len(messages(road, minji, "배송지를 바꿨어요")) == 1


async def test_several_shipments_change_together(road: Road, minji: User) -> None:
    order = await candidate(road, minji)
    one = order.receivers[0]
    order.receivers.append(type(one)(**{**vars_of(one), "shipping_code": f"D-{order.order_id}-77"}))
    receipt = await confirmed(road, minji, await previewed(road, minji, order))
    assert receipt["state"] == "done"
    assert streets(road, order) == ({SUWON["address1"]}, SUWON["address1"])


def vars_of(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in type(one).__dataclass_fields__}


async def test_a_label_printed_by_the_warehouse_refuses(road: Road, minji: User) -> None:
    order = await candidate(road, minji)
    road.world.warehouse.depot.print_label(order.order_id)
    assert decisive(await previewed(road, minji, order)) == ("blocked", ["label_printed"])


async def test_a_tracking_number_on_one_item_refuses(road: Road, minji: User) -> None:
    """H25 b."""
    order = await candidate(road, minji)
    road.world.malls[MALL].ship(order.order_id, [order.items[0].code], "651234567890")
    preview = await previewed(road, minji, order)
    assert preview["decision"]["verdict"] == "blocked"
    assert {"label_printed", "already_shipped"} <= {f["code"] for f in preview["decision"]["findings"]}


async def test_different_places_of_one_order_need_a_person(road: Road, minji: User) -> None:
    """H25 a."""
    order = await candidate(road, minji)
    one = order.receivers[0]
    elsewhere = {
        **vars_of(one),
        "shipping_code": f"D-{order.order_id}-77",
        "address1": "서울특별시 중구 세종대로 110",
    }
    order.receivers.append(type(one)(**elsewhere))
    assert decisive(await previewed(road, minji, order)) == ("needsManager", ["several_addresses"])


async def test_two_customers_in_one_package_are_both_refused(road: Road, minji: User) -> None:
    """H25 c."""
    doyun = road.user("u-doyun", "doyun")
    theirs = {user.id: await candidate(road, user) for user in (minji, doyun)}
    hers, his = theirs[minji.id], theirs[doyun.id]
    road.world.warehouse.depot.combine(hers.order_id, his.order_id)
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    for user, order in ((minji, hers), (doyun, his)):
        preview = await previewed(road, user, order)
        assert decisive(preview) == ("blocked", ["combined_package"])
        assert "planToken" not in preview
        (finding,) = (f for f in preview["decision"]["findings"] if f["decisive"])
        assert finding["facts"] == {"orders": 1}
        other = his if order is hers else hers
        assert other.order_id not in str(preview), "nobody learns whose order it is"


async def test_orders_combined_after_the_preview_change_nothing(road: Road, minji: User) -> None:
    order = await candidate(road, minji)
    preview = await previewed(road, minji, order)
    depot = road.world.warehouse.depot
    other = next(p for p in depot.parcels.values() if p.order_id != order.order_id and not p.tracking)
    depot.combine(order.order_id, other.order_id)
    failed = await refused(
        road.customer_calls(minji, "addressChange.confirm", {"planToken": preview["planToken"]})
    )
    assert failed.kind == "planStale"
    assert SUWON["address1"] not in str(streets(road, order))


@pytest.mark.parametrize(
    ("_case", "table", "address", "outcome"),
    [
        ("Z: dearer", {}, JEJU, ("blocked", ["fee_rises"])),
        ("Z: an island", {}, SUWON | {"zipcode": "40200"}, ("blocked", ["fee_rises"])),
        ("Z: the same", {}, SUWON, ("allowed", [])),
        (
            "N: a named place",
            {
                "region_setting_type": "N",
                "regional_surcharge_list": [
                    {
                        "regional_surcharge_no": 1,
                        "region_name": "제주특별자치도",
                        "surcharge_region_name": "제주시",
                        "regional_surcharge_amount": "3000.00",
                    }
                ],
            },
            JEJU,
            ("blocked", ["fee_rises"]),
        ),
        (
            "A: Jeju",
            {
                "region_setting_type": "A",
                "regional_surcharge_list": None,
                "jeju_surcharge_amount": "3000.00",
                "remote_area_surcharge_amount": "5000.00",
            },
            JEJU,
            ("blocked", ["fee_rises"]),
        ),
        (
            "A: an island of our own table",
            {
                "region_setting_type": "A",
                "regional_surcharge_list": None,
                "jeju_surcharge_amount": "3000.00",
                "remote_area_surcharge_amount": "5000.00",
            },
            SUWON | {"zipcode": "40200"},
            ("needsManager", ["fee_uncertain"]),
        ),
        ("none in use", {"use_regional_surcharge": "F"}, JEJU, ("allowed", [])),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_fee_must_stay_the_same(
    road: Road, minji: User, _case: str, table: dict[str, Any], address: dict[str, str], outcome: Any
) -> None:
    """H25 d."""
    road.world.malls[MALL].settings[1].regionalsurcharge.update(table)
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    order = await candidate(road, minji)
    assert decisive(await previewed(road, minji, order, **address)) == outcome


async def test_a_cheaper_place_is_refused_too(road: Road, minji: User) -> None:
    order = await candidate(road, minji)
    for receiver in order.receivers:
        receiver.zipcode, receiver.address1 = JEJU["zipcode"], JEJU["address1"]
    assert decisive(await previewed(road, minji, order)) == ("blocked", ["fee_falls"])


async def test_fees_of_suppliers_need_a_person(road: Road, minji: User) -> None:
    road.world.malls[MALL].settings[1].shipping["supplier_regional_surcharge"] = "S"
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    order = await candidate(road, minji)
    assert decisive(await previewed(road, minji, order)) == ("needsManager", ["fee_by_supplier"])


async def test_a_state_that_the_mall_does_not_open_is_refused(road: Road, minji: User) -> None:
    """H26."""
    order = await candidate(road, minji)
    mall_cancels_as(road, receiver_address_modify_button_exposure=["N00"])
    assert decisive(await previewed(road, minji, order)) == ("blocked", ["address_not_open"])
    found = await road.customer_calls(minji, "addressChange.candidates")
    assert (found["orders"], found["why"]["verdict"]) == ([], "blocked")


@pytest.mark.parametrize(
    ("provider", "faults", "code"),
    [("sellmate", 20, "warehouse_unavailable"), ("fassto", 0, "warehouse_cannot_change")],
)
async def test_a_warehouse_that_cannot_tell_needs_a_person(
    road: Road, minji: User, provider: str, faults: int, code: str
) -> None:
    order = await candidate(road, minji)
    await road.world.warehouse.use(provider)
    if faults:
        road.world.warehouse.faults.inject("503", times=faults)
    assert decisive(await previewed(road, minji, order)) == ("needsManager", [code])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zipcode": "00000"}, "zipcode"),
        ({"zipcode": "99999"}, "zipcode"),
        ({"zipcode": "1648"}, "zipcode"),
        ({"address1": "1 Market Street, San Francisco"}, "address1"),
        ({"receiverName": "김민지🎁"}, "receiverName"),
        ({"address2": "101호\x07"}, "address2"),
        ({"address2": "101호\u202e"}, "address2"),
        ({"address2": "가" * 300}, "address2"),
        ({"message": "나" * 300}, "message"),
        ({"address1": ""}, "address1"),
        ({"cellphone": "+1 415 555 0100"}, "cellphone"),
    ],
    ids=str,
)
async def test_bad_input_names_its_field(road: Road, minji: User, wrong: dict[str, str], field: str) -> None:
    order = await candidate(road, minji)
    failed = await refused(previewed(road, minji, order, **wrong))
    assert failed.kind == "invalidParams"
    assert list(failed.data["fields"]) == [field]
    assert failed.data["fields"][field] == failed.message


async def test_anothers_order_is_not_found(road: Road, minji: User) -> None:
    order = await candidate(road, road.user("u-doyun", "doyun"))
    assert (await refused(previewed(road, minji, order))).kind == "notFound"


@pytest.mark.parametrize(
    ("system", "path"), [("mall", PUT), ("warehouse", f"{SELLMATE}/")], ids=["mall", "warehouse"]
)
@pytest.mark.parametrize("fault", ["timeout_after_effect", "500", "503"])
async def test_a_lost_or_refused_write_ends_with_one_address(
    road: Road, minji: User, system: str, path: str, fault: str
) -> None:
    order = await candidate(road, minji)
    preview = await previewed(road, minji, order)
    faults = road.world.malls.faults if system == "mall" else road.world.warehouse.faults
    faults.inject(fault, path=path)
    receipt = await confirmed(road, minji, preview)
    assert (await at_the_end(road, minji, receipt))["state"] == "done"
    assert streets(road, order) == ({SUWON["address1"]}, SUWON["address1"])
    assert len(order.past_receivers) == len(order.receivers)
    assert len(messages(road, minji, "배송지를 바꿨어요")) == 1


async def test_a_delivery_that_the_mall_does_not_know_any_more_leads_everything_back(
    road: Road, minji: User
) -> None:
    """The mall's certain no between our word to the warehouse and our write."""
    order = await candidate(road, minji)
    before = order.receivers[0].address1
    preview = await previewed(road, minji, order)
    warehouse = road.world.warehouse
    warehouse.faults.slow_seconds = 0.5
    warehouse.faults.inject("slow", path=f"{SELLMATE}/")
    confirming = asyncio.create_task(confirmed(road, minji, preview))

    async def told() -> bool:
        return any(call.endswith("/address") for call in warehouse.sellmate.meeting.calls)

    await until(told)
    order.receivers[0].shipping_code = f"D-{order.order_id}-99"
    end = await at_the_end(road, minji, await confirming, minutes=1)
    assert end["state"] == "failed"
    assert [f["code"] for f in end["decision"]["findings"]] == ["mall_refused_address"]
    assert streets(road, order) == ({before}, before)


async def test_a_customer_of_a_shop_on_trial_finds_the_way_back(road: Road, minji: User) -> None:
    await road.manager_calls("settings.update", {"patch": {"mode": "trial"}})
    order = await candidate(road, minji)
    preview = await previewed(road, minji, order)
    given = {"planToken": preview["planToken"], "orderId": order.order_id, **SUWON}
    answer = await road.customer_calls(minji, "addressChange.screen", {"screen": "confirm", "input": given})
    assert "아직 시험 운영 중이라" in answer["html"]
    assert "바꿀 주소로 돌아가기" in answer["html"]
    assert "상담원에게 문의하기" in answer["html"]
    assert streets(road, order) != ({SUWON["address1"]}, SUWON["address1"])
