"""A manager in a customer's chat, and who may not be one (DESIGN §3 Managers)."""

from app.sandbox.channel.functions import Caller
from app.sandbox.channel.people import Chat
from tests.world import HandClock, Road

from .verbs import guest_enters, manager_opens, on_sqlite, orders_of, refused


async def managers_orders(road: Road, token: str | None, manager: str = "mgr-jiwoo") -> list[str]:
    params = {"chatToken": token} if token is not None else {}
    answer = await road.manager_calls("orderList.view", params, manager=manager)
    return [order["orderId"] for order in answer["orders"]]


async def test_a_manager_sees_the_customer_of_the_chat(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    token = await manager_opens(road, "chat-u-minji")
    assert await managers_orders(road, token) == await orders_of(road, minji)


async def test_a_manager_sees_a_guest_by_the_phone_session_of_the_chat(road: Road, clock: HandClock) -> None:
    guest = road.user("u-guest")
    token = await manager_opens(road, "chat-u-guest")
    assert (await refused(road.manager_calls("orderList.view", {"chatToken": token}))).kind == "notIdentified"
    await guest_enters(road, guest)
    assert await managers_orders(road, token) == await orders_of(road, guest)
    clock.forward(minutes=29, seconds=59)
    assert len(await managers_orders(road, token)) == 2
    clock.forward(seconds=1)
    failure = await refused(road.manager_calls("orderList.view", {"chatToken": token}))
    assert failure.kind == "notIdentified"


@on_sqlite
async def test_a_phone_number_in_the_profile_is_no_identity(road: Road) -> None:
    visitor = road.user("u-visitor")
    visitor.profile.update({"mobileNumber": "010-0000-1001", "email": "minji@example.com"})
    token = await manager_opens(road, "chat-u-visitor")
    assert (await refused(road.manager_calls("orderList.view", {"chatToken": token}))).kind == "notIdentified"
    assert (await refused(road.customer_calls(visitor, "orderList.view"))).kind == "notIdentified"


@on_sqlite
async def test_without_with_forged_and_with_a_foreign_token_nobody_is_seen(road: Road) -> None:
    road.user("u-minji", "minji")
    token = await manager_opens(road, "chat-u-minji")
    tag = token[-2]
    forged = token[:-2] + ("A" if tag != "A" else "B") + token[-1]
    road.forget_mall_calls()
    for bad in (None, "", "x", forged, token.replace("chat.", "csrf.", 1), "가" * 30):
        failure = await refused(
            road.manager_calls("orderList.view", {} if bad is None else {"chatToken": bad})
        )
        assert (failure.code, failure.kind) == (4, "notIdentified")
    other = await refused(road.manager_calls("orderList.view", {"chatToken": token}, manager="mgr-doyun"))
    assert other.kind == "notIdentified"
    assert road.mall_calls == []
    assert len(await managers_orders(road, token)) == 5


@on_sqlite
async def test_a_token_opens_its_own_chat_only(road: Road) -> None:
    road.user("u-minji", "minji")
    sora = road.user("u-sora", "sora")
    token = await manager_opens(road, "chat-u-sora")
    assert await managers_orders(road, token) == await orders_of(road, sora)


@on_sqlite
async def test_a_customer_who_sends_a_chat_token_gains_nothing(road: Road) -> None:
    road.user("u-minji", "minji")
    token = await manager_opens(road, "chat-u-minji")
    haru, visitor = road.user("u-haru", "haru"), road.user("u-visitor")
    own = await orders_of(road, haru)
    answer = await road.customer_calls(haru, "orderList.view", {"chatToken": token})
    assert [order["orderId"] for order in answer["orders"]] == own
    failure = await refused(road.customer_calls(visitor, "orderList.view", {"chatToken": token}))
    assert failure.kind == "notIdentified"


@on_sqlite
async def test_a_manager_needs_a_chat_with_a_customer(road: Road) -> None:
    for params in ({}, {"chat": None}, {"chat": {"type": "group", "id": "group-orders"}}):
        failure = await refused(road.manager_calls("orderList.open", params))
        assert failure.kind == "notIdentified"


@on_sqlite
async def test_an_unknown_customer_gets_the_phone_step_into_the_chat_once(road: Road) -> None:
    road.user("u-visitor")
    token = await manager_opens(road, "chat-u-visitor")
    html = (await road.manager_calls("orderList.screen", {"chatToken": token}))["html"]
    assert "identity.invite" in html
    for _ in range(2):
        await road.manager_calls("identity.invite", {"chatToken": token})
    (message,) = road.world.talk.chats["chat-u-visitor"].messages
    assert not message.private
    assert message.buttons[0]["action"]["name"] == "orderList"
    assert (await refused(road.manager_calls("identity.invite", {"chatToken": "x"}))).kind == "notIdentified"


async def test_a_manager_is_called_once_in_ten_minutes_with_a_private_note(
    road: Road, clock: HandClock
) -> None:
    minji = road.user("u-minji", "minji")
    chat = road.world.talk.chats["chat-u-minji"]
    chat.state = "USER_CHAT_STATE_CLOSED"
    asked = {"orderId": "20261118-0000123", "code": "notFound"}
    for _ in range(3):
        await road.customer_calls(minji, "manager.call", asked)
    (note,) = chat.messages
    assert note.private
    said = " ".join(block["value"] for block in note.blocks)
    assert "20261118-0000123" in said
    assert "찾지 못했어요" in said, "in words, not the code"
    assert chat.state == "USER_CHAT_STATE_OPENED"
    clock.forward(minutes=10)
    await road.customer_calls(minji, "manager.call", asked)
    assert len(chat.messages) == 2


@on_sqlite
async def test_a_call_that_could_not_be_written_may_be_made_again(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    road.world.talk.faults.inject("503", path="writeUserChatMessage", times=2)
    failure = await refused(road.customer_calls(minji, "manager.call", {"code": "x"}))
    assert failure.kind == "upstreamUnavailable"
    await road.customer_calls(minji, "manager.call", {"code": "x"})
    assert len(road.world.talk.chats["chat-u-minji"].messages) == 1


@on_sqlite
async def test_notes_hold_no_words_of_the_customer(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    for params in ({}, {"code": ""}, {"code": "<b>"}, {"code": "x" * 61}, {"code": "x", "orderId": "../1"}):
        failure = await refused(road.customer_calls(minji, "manager.call", params))
        assert failure.kind == "invalidParams", params
    assert road.world.talk.chats["chat-u-minji"].messages == []


@on_sqlite
async def test_a_chat_that_only_the_params_name_is_remembered_if_it_is_ones_own(road: Road) -> None:
    """What a WAM sends is the customer's to forge: a note must not land in somebody else's chat."""
    road.world.talk.context_names_user = False
    thief, victim = road.user("u-thief"), road.user("u-victim")
    foreign = {"chat": {"type": "userChat", "id": "chat-u-victim"}}
    await road.customer_calls(thief, "orderList.open", foreign)
    failure = await refused(road.customer_calls(thief, "manager.call", {"code": "x"}))
    assert (failure.code, failure.kind) == (3, "notFound")
    await road.customer_calls(victim, "orderList.open", foreign)
    await road.customer_calls(victim, "manager.call", {"code": "x"})
    assert len(road.world.talk.chats["chat-u-victim"].messages) == 1


@on_sqlite
async def test_context_without_a_user_is_asked_for_natively(road: Road) -> None:
    """CHANNEL.md §1: do not rely on `user` and `userChat`."""
    minji = road.user("u-minji", "minji")
    expected = await orders_of(road, minji)
    road.world.talk.context_names_user = False
    assert await orders_of(road, minji) == expected
    assert (await refused(road.customer_calls(road.user("u-2"), "orderList.view"))).kind == "notIdentified"


@on_sqlite
async def test_apps_and_the_system_may_do_nothing_but_look_at_the_metadata(road: Road) -> None:
    names = [n for n in road.world.talk.registered.functions if not n.startswith(("extension.", "hooks."))]
    assert len(names) > 15
    for caller in (Caller("app", "other-app"), Caller("system", "system"), Caller("system")):
        for name in names:
            failure = await refused(road.world.talk.call_function(name, {}, caller=caller))
            assert (failure.code, failure.kind) == (4, "forbidden"), name
    for hook in ("hooks.installed", "hooks.uninstalled", "hooks.commandToggled"):
        for caller in (Caller("app", "a"), Caller("user", "u-minji"), Caller("manager", "mgr-jiwoo")):
            assert (await refused(road.world.talk.call_function(hook, {}, caller=caller))).kind == "forbidden"
    assert (await road.manager_calls("connection.status"))["state"] == "connected"


@on_sqlite
async def test_customers_may_not_do_what_managers_do_and_the_other_way_round(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    for name in (
        "settings.get", "settings.update", "connection.start", "connection.status", "console.link",
        "identity.invite",
    ):  # fmt: skip
        assert (await refused(road.customer_calls(minji, name, {"patch": {}}))).kind == "forbidden"
    for name in (
        "identity.get",
        "identity.sendCode",
        "identity.verifyCode",
        "identity.choose",
        "manager.call",
    ):
        assert (await refused(road.manager_calls(name))).kind == "forbidden"


@on_sqlite
async def test_a_chat_whose_customer_changed_shows_no_session_of_the_former(road: Road) -> None:
    guest = road.user("u-guest")
    await guest_enters(road, guest)
    token = await manager_opens(road, "chat-u-guest")
    assert len(await managers_orders(road, token)) == 2
    road.user("u-else")
    road.world.talk.chats["chat-u-guest"] = Chat("chat-u-guest", "userChat", "other", "u-else")
    assert (await refused(road.manager_calls("orderList.view", {"chatToken": token}))).kind == "notIdentified"
