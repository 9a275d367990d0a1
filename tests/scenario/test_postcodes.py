"""주소 검색 over the whole road: from the form to the provider and back, and nothing of it where none is configured."""

from typing import Any

from app.sandbox.channel.people import User
from tests.world import HandClock, Road, opened_road

from .test_cancel import shop_is_live
from .verbs import on_sqlite

pytestmark = on_sqlite
TYPED = {"receiverName": "김민지", "address2": "101동 1001호"}


async def sits_down(road: Road) -> tuple[User, str]:
    await shop_is_live(road)
    user = road.user("u-minji", "minji")
    await road.customer_calls(
        user, "addressChange.open", {"chat": {"type": "userChat", "id": "chat-u-minji"}}
    )
    found = await road.customer_calls(user, "addressChange.candidates")
    return user, found["orders"][0]["orderId"]


async def sees(road: Road, user: User, screen: str, **given: Any) -> str:
    answer = await road.customer_calls(user, "addressChange.screen", {"screen": screen, "input": given})
    html: str = answer["html"]
    return html


async def test_words_lead_to_a_place_of_the_simulated_mall(road: Road) -> None:
    user, order_id = await sits_down(road)
    here = {"orderId": order_id, **TYPED}
    assert "주소 검색" in await sees(road, user, "form", **here)
    found = await sees(road, user, "search", **here, words="테헤란로")
    assert 'value="06236 서울특별시 강남구 테헤란로 000"' in found
    assert "세종대로" not in found
    place = "06236 서울특별시 강남구 테헤란로 000"
    filled = await sees(road, user, "form", **here, place=place, picked=True)
    assert all(f'value="{value}"' in filled for value in (*TYPED.values(), *place.split(" ", 1)))


async def test_without_a_provider_the_form_works_by_hand(database_url: str) -> None:
    async with opened_road(database_url, HandClock(), postcode_search_url="") as road:
        user, order_id = await sits_down(road)
        form = await sees(road, user, "form", orderId=order_id, **TYPED)
        assert "도로명 주소" in form
        assert "주소 검색" not in form
        assert await sees(road, user, "search", orderId=order_id, **TYPED, words="테헤란로") == form
