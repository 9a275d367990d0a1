"""What people do in a scenario, as verbs; and how an answer that fails is caught."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.sandbox.channel.errors import FunctionFailed
from app.sandbox.channel.people import User
from tests.world import Road

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""

GUEST_PHONE = "010-0000-2001"
"""Two guest orders within three months, and no member has the number."""
TWO_ACCOUNTS_PHONE = "010-2345-6789"
STRANGER_PHONE = "010-9999-0000"


async def refused(act: Awaitable[Any]) -> FunctionFailed:
    with pytest.raises(FunctionFailed) as caught:
        await act
    return caught.value


async def customer_asks_for_a_code(road: Road, user: User, phone: str) -> dict[str, Any]:
    await road.customer_calls(user, "identity.screen", {"screen": "phone"})
    return await road.customer_calls(user, "identity.sendCode", {"phone": phone})


def newest_code(road: Road) -> str:
    found = re.search(r"(?<!\d)\d{6}(?!\d)", road.outbox.messages[-1].text)
    assert found
    return found[0]


def another_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def customer_verifies(road: Road, user: User, phone: str) -> dict[str, Any]:
    sent = await customer_asks_for_a_code(road, user, phone)
    return await road.customer_calls(
        user,
        "identity.verifyCode",
        {"verificationId": sent["verificationId"], "code": newest_code(road)},
    )


async def guest_enters(road: Road, user: User, phone: str = GUEST_PHONE) -> None:
    await customer_verifies(road, user, phone)
    await road.customer_calls(user, "identity.choose", {"guest": True})


async def orders_of(road: Road, user: User) -> list[str]:
    return [order["orderId"] for order in (await road.customer_calls(user, "orderList.view"))["orders"]]


async def manager_opens(road: Road, chat_id: str, manager: str = "mgr-jiwoo") -> str:
    """The token with which this manager acts in this chat."""
    action = await road.manager_calls(
        "orderList.open", {"chat": {"type": "userChat", "id": chat_id}}, manager=manager
    )
    token: str = action["attributes"]["wamArgs"]["chatToken"]
    return token


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Waits for what a job does beside us."""
    for _ in range(int(seconds / 0.02)):
        if await true():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen")
