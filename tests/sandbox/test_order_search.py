"""Searching orders: filters, windows, pages, and the silence about unknown words."""

import pytest


async def ids(get, **query):
    answer = await get("/orders", limit=1000, **query)
    assert answer.status_code == 200, answer.text
    return [order["order_id"] for order in answer.json()["orders"]]


async def test_a_member_gets_the_own_orders_newest_first(get, mall):
    found = await ids(get, member_id="minji", start_date="2026-08-21", end_date="2026-11-21")
    assert len(found) >= 5
    assert found == sorted(found, reverse=True)
    assert {mall.orders[order_id].buyer.member_id for order_id in found} == {"minji"}


async def test_unknown_filters_are_ignored_silently(get):
    """There is no filter by recipient phone: asking for it returns other people's orders."""
    everybody = await ids(get)
    assert await ids(get, receiver_cellphone="010-0000-1001") == everybody
    assert await ids(get, memberid="minji") == everybody
    assert await ids(get, member_id="") == everybody
    assert await ids(get, member_id="minji") != everybody


@pytest.mark.parametrize(
    ("phone", "found"), [("010-0000-2001", 2), ("01000002001", 0), ("010-0000-20", 0), ("010-2345-6789", 3)]
)
async def test_the_orderers_mobile_matches_as_a_whole_with_hyphens(get, phone, found):
    assert len(await ids(get, buyer_cellphone=phone)) == found


async def test_order_numbers_need_no_dates_and_come_in_lists(get, mall):
    oldest, newest = min(mall.orders), max(mall.orders)
    assert await ids(get, order_id=f"{oldest},{newest}") == [newest, oldest]
    assert oldest not in await ids(get)  # without dates: the last three months
    assert (await get("/orders", order_id=",".join(["20260101-0000001"] * 101))).status_code == 422


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2026-08-21", "2026-11-21", 200),
        ("2026-08-20", "2026-11-21", 422),
        ("2026-11-30", "2027-02-28", 200),
        ("2026-11-21", "2026-11-20", 422),
        ("2026-11-21", None, 422),
        (None, "2026-11-21", 422),
        ("20261101", "2026-11-21", 422),
        ("2026-11-31", "2026-12-21", 422),
        ("2026-11-01 00:00:00", "2026-11-21T12:00:00+09:00", 200),
    ],
)
async def test_a_window_has_two_ends_and_at_most_three_months(get, start, end, status):
    dates = {name: value for name, value in (("start_date", start), ("end_date", end)) if value}
    assert (await get("/orders", **dates)).status_code == status


@pytest.mark.parametrize(("field", "value"), [("market_id", "coupang"), ("subscription", "T")])
async def test_the_window_holds_both_its_days_in_korean_time(get, mall, field, value):
    """An order of 23:50 and one of 06:00 belong to the Korean day that their number names."""
    order = next(order for order in mall.orders.values() if order.wire.get(field) == value)
    day = f"{order.order_id[:4]}-{order.order_id[4:6]}-{order.order_id[6:8]}"
    assert order.order_id in await ids(get, start_date=day, end_date=day)


@pytest.mark.parametrize(
    ("limit", "status"), [("1", 200), ("1000", 200), ("0", 422), ("1001", 422), ("ten", 422), ("-1", 422)]
)
async def test_the_limit_has_bounds(get, limit, status):
    assert (await get("/orders", limit=limit)).status_code == status


async def test_the_page_is_ten_and_links_to_its_neighbours(get):
    first = (await get("/orders")).json()
    assert len(first["orders"]) == 10
    link = next(link["href"] for link in first["links"] if link["rel"] == "next")
    assert link.startswith("http://mall.test/cafe24/hanokmall/api/v2/admin/orders?")
    second = (await get("/orders", limit=10, offset=10)).json()
    assert "offset=10" in link
    assert {link["rel"] for link in second["links"]} == {"next", "prev"}
    assert first["orders"][-1]["order_date"] > second["orders"][0]["order_date"]
    assert "links" not in (await get("/orders", limit=1000)).json()


async def test_the_offset_ceiling_is_refused_in_the_observed_words(get):
    answer = await get("/orders", offset=15000)
    assert answer.status_code == 422
    assert (
        answer.json()["error"]["message"]
        == "[Start location of list] must be less than 15000. (parameter.offset)"
    )
    assert (await get("/orders", offset=14999)).json() == {
        "orders": [],
        "links": [
            {
                "rel": "prev",
                "href": "http://mall.test/cafe24/hanokmall/api/v2/admin/orders?limit=10&offset=14989",
            }
        ],
    }


@pytest.mark.parametrize(
    ("query", "judge"),
    [
        ({"order_status": "N30"}, lambda o: any(i.status == "N30" for i in o.items)),
        ({"order_status": "C00,C10"}, lambda o: any(i.status in {"C00", "C10"} for i in o.items)),
        ({"member_type": "3"}, lambda o: o.is_guest),
        ({"member_type": "2"}, lambda o: not o.is_guest),
        ({"product_no": "16,20"}, lambda o: any(i.product_no in {16, 20} for i in o.items)),
        ({"order_place_id": "coupang,shopn"}, lambda o: o.wire.get("order_place_id") in {"coupang", "shopn"}),
        ({"payment_method": "mileage"}, lambda o: "point" in o.payment_methods),
        ({"payment_method": "point"}, lambda o: "prepaid" in o.payment_methods),
        ({"payment_status": "F"}, lambda o: o.paid_at is None),
        ({"subscription": "T"}, lambda o: o.wire.get("subscription") == "T"),
        ({"buyer_name": "최도윤", "member_type": "3"}, lambda o: o.is_guest and o.buyer.name == "최도윤"),
        ({"receiver_name": "강순자"}, lambda o: any(r.name == "강순자" for r in o.receivers)),
        ({"refund_status": "M"}, lambda o: any(c.refund and c.refund.status == "M" for c in o.claims)),
    ],
)
async def test_documented_filters(get, mall, query, judge):
    """Each filter finds exactly the orders that its meaning says, and at least one."""
    window = {"start_date": "2026-08-21", "end_date": "2026-11-21"}
    expected = {o.order_id for o in mall.orders.values() if judge(o) and o.order_id >= "20260821"}
    assert expected
    assert set(await ids(get, **window, **query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"date_type": "payment_date"},
        {"order_status": "N99"},
        {"member_type": "1"},
        {"payment_method": "credit"},
    ],
)
async def test_words_outside_closed_lists_are_422(get, query):
    """`payment_date` is no date type, although it is a field."""
    assert (await get("/orders", **query)).status_code == 422


@pytest.mark.parametrize(
    ("date_type", "date"),
    [
        ("shipend_date", "delivered_date"),
        ("shipbegin_date", "shipped_date"),
        ("cancel_request_date", "cancel_request_date"),
    ],
)
async def test_windows_may_look_at_line_dates(get, mall, date_type, date):
    found = await ids(get, date_type=date_type, start_date="2026-11-10", end_date="2026-11-21")
    assert found
    for order_id in found:
        assert any(
            f"{i.dates[date]:%Y%m%d}" >= "20261110" for i in mall.orders[order_id].items if date in i.dates
        )


async def test_the_count_takes_filters_but_no_embed(get):
    """With embed or fields the real count answers an empty list."""
    found = await ids(get, member_id="minji")
    assert (await get("/orders/count", member_id="minji")).json() == {"count": len(found)}
    assert (await get("/orders/count", member_id="minji", embed="items")).json() == []
    assert (await get("/orders/count", member_id="minji", fields="order_id")).json() == []


async def test_orders_belong_to_their_shop(get, empty_mall, mall):
    mall.shops.append(mall.shops[0] | {"shop_no": 2, "default": "F"})
    mall.settings[2] = mall.settings[1]
    assert await ids(get, shop_no=2) == []
    order_id = next(iter(mall.orders))
    assert (await get(f"/orders/{order_id}", shop_no=2)).status_code == 404
    assert await ids(get, at=empty_mall) == []
