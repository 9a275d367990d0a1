"""What a mall sends by itself: the launch query and the webhooks."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote

import pytest

from app.sandbox.cafe24.launch import launch_query


def test_the_launch_query_follows_the_recipe(mall, clock):
    """Pairs in alphabetical order, blanks as %20, hmac over the raw text at the end."""
    query = launch_query(mall, "demo-secret", clock, "hanokcs", user_type="A")
    message, _, signature = query.rpartition("&hmac=")
    keys = [pair.partition("=")[0] for pair in message.split("&")]
    assert keys == sorted(keys)
    expected = base64.b64encode(hmac.new(b"demo-secret", message.encode(), hashlib.sha256).digest()).decode()
    assert unquote(signature) == expected
    values = parse_qs(message)
    assert values["timestamp"] == [str(int(clock().timestamp()))]
    assert (values["user_type"], values["user_name"], values["is_multi_shop"]) == (["A"], ["오세린"], ["F"])


def test_the_launch_query_reproduces_the_known_vector(empty_mall):
    """The self-made vector of the contract sheet."""
    empty_mall.mall_id = "samplemall"
    empty_mall.shops = empty_mall.shops[:1]
    empty_mall.operators = [{"user_id": "samplemall", "user_name": "홍 길동"}]
    query = launch_query(
        empty_mall, "test_client_secret", lambda: datetime.fromtimestamp(1795230000, UTC), "samplemall"
    )
    assert query.endswith("&hmac=F9y9HLXUZQT0l5Fl0GsMmbRzX0v48t1lJDQgmpVkvng%3D")


def read(webhook):
    assert webhook.headers["X-API-Key"] == "key"
    return json.loads(webhook.body)


@pytest.mark.parametrize(
    ("event_no", "code", "extra"),
    [
        (90023, "create_order", None),
        (90024, "shipping_start", "withdraw"),
        (90025, "paid_order", "withdraw"),
        (90026, "cancel_order", "cancel_date"),
        (90027, "return_order", "claim_reason"),
        (90028, "exchange_order", "cancel_date"),
    ],
)
def test_order_events_carry_a_snapshot_without_lines(mall, event_no, code, extra):
    order_id = next(iter(mall.orders))
    event = read(mall.order_webhook(event_no, order_id, "key"))
    resource = event["resource"]
    assert (event["event_no"], resource["event_code"], resource["order_id"]) == (event_no, code, order_id)
    assert (resource["mall_id"], resource["event_shop_no"]) == ("hanokmall", "1")
    assert resource["buyer_cellphone"]
    assert not {"items", "order_status", "receivers"} & set(resource)
    assert extra is None or extra in resource


def test_small_order_events_say_only_what_to_read_again(mall):
    shipped = next(order for order in mall.orders.values() if order.items[0].tracking_no)
    receiver = read(mall.order_webhook(90064, shipped.order_id, "key"))["resource"]
    assert set(receiver) == {"mall_id", "event_shop_no", "event_code", "order_id", "order_place_id"}
    tracking = read(mall.order_webhook(90162, shipped.order_id, "key"))["resource"]
    assert tracking["tracking_no"] == shipped.items[0].tracking_no
    code = read(mall.order_webhook(90024, shipped.order_id, "key", "shipping_end"))["resource"]["event_code"]
    assert code == "shipping_end"


def test_bulk_events_join_order_numbers_with_commas(mall):
    first, second = list(mall.orders)[:2]
    assert (
        read(mall.bulk_webhook(90071, [first, second], "key"))["resource"]["order_id"] == f"{first},{second}"
    )


def test_app_and_shop_events_have_their_own_words(mall, empty_mall):
    removed = read(mall.app_webhook(90077, "demo-client", "key"))["resource"]
    assert (removed["client_id"], removed["deleted_date"]) == ("demo-client", "2026-11-21T14:00:00+09:00")
    assert "expired_date" in read(mall.app_webhook(90078, "demo-client", "key"))["resource"]
    changed = read(empty_mall.shop_webhook(90111, 2, "key"))["resource"]
    assert (changed["shop_no"], changed["is_active"]) == ("2", "F")
    gone = read(empty_mall.shop_webhook(90112, 2, "key"))["resource"]
    assert (gone["event_shop_no"], "shop_no" in gone) == ("2", False)
