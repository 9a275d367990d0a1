"""What we say into chats and read about their people, against the simulated AppStore."""

import httpx
import pytest

from app.channel.conversation import ChannelConversation
from app.errors import OutcomeUnknown, Unavailable
from app.ports import ChatUser
from app.sandbox.channel.people import Chat
from app.store.channel_tokens import SqlChannelTokens

from .places import CHANNEL, AppStore, answering, refusing


@pytest.fixture
def conversation(store: AppStore, kept: SqlChannelTokens) -> ChannelConversation:
    return ChannelConversation(store.client(kept), store.clock, button_form="flat")


async def test_a_member_is_known_and_asked_for_once_in_five_minutes(store, conversation):
    minji = ChatUser("u-minji", member=True, member_id="minji")
    for _ in range(3):
        assert await conversation.user(CHANNEL, "u-minji") == minji
    assert store.methods.count("getUser") == 1
    store.clock.forward(minutes=5)
    assert await conversation.user(CHANNEL, "u-minji") == minji
    assert store.methods.count("getUser") == 2


async def test_a_profile_is_no_identity(conversation):
    """DESIGN §3: a phone number that a visitor typed proves nothing."""
    assert await conversation.user(CHANNEL, "u-guest") == ChatUser("u-guest")


async def test_logging_out_is_seen_once_the_memory_is_over(store, conversation):
    await conversation.user(CHANNEL, "u-minji")
    store.talk.users["u-minji"].member_id = None
    store.clock.forward(minutes=5)
    assert await conversation.user(CHANNEL, "u-minji") == ChatUser("u-minji")


async def test_forgetting_a_channel_forgets_its_people(store, conversation):
    await conversation.user(CHANNEL, "u-minji")
    conversation.forget("ch-other")
    await conversation.user(CHANNEL, "u-minji")
    assert store.methods.count("getUser") == 1
    conversation.forget(CHANNEL)
    await conversation.user(CHANNEL, "u-minji")
    assert store.methods.count("getUser") == 2


async def test_nobody_is_nobody(conversation):
    assert await conversation.user(CHANNEL, "u-nobody") is None
    assert await conversation.customer_of_chat(CHANNEL, "chat-nowhere") is None


async def test_the_customer_of_a_chat(store, conversation):
    assert (await conversation.customer_of_chat(CHANNEL, "chat-minji")).member_id == "minji"
    store.talk.open_chat(Chat("chat-empty", "userChat", "?", None))
    assert await conversation.customer_of_chat(CHANNEL, "chat-empty") is None


@pytest.mark.parametrize("answer", [{}, {"userChat": None}, {"userChat": [1]}, {"userChat": {"userId": 7}}])
async def test_a_chat_without_a_readable_customer_has_none(store, conversation, answer):
    store.breakages.extend([None, answering(200, {"result": answer})])
    assert await conversation.customer_of_chat(CHANNEL, "chat-minji") is None


@pytest.mark.parametrize(
    "breakage",
    [
        answering(503),
        httpx.ReadTimeout("x"),
        httpx.ConnectError("x"),
        answering(200),
        refusing("tooManyRequests"),
    ],
)
async def test_reads_that_fail_are_unavailable_and_never_remembered(store, conversation, breakage):
    store.breakages.extend([None, breakage, breakage])
    with pytest.raises(Unavailable):
        await conversation.user(CHANNEL, "u-minji")
    store.breakages.clear()
    assert (await conversation.user(CHANNEL, "u-minji")).member_id == "minji"


async def test_a_dead_secret_is_unavailable_as_well(store, kept):
    client = store.client(kept, secret="wrong")
    conversation = ChannelConversation(client, store.clock, button_form="flat")
    with pytest.raises(Unavailable):
        await conversation.user(CHANNEL, "u-minji")


async def test_a_right_that_nobody_ticked_makes_nobody_known(store, conversation):
    store.talk.faults.inject("403_scope", path="getUser")
    assert await conversation.user(CHANNEL, "u-minji") is None


async def test_writing(store, conversation):
    await conversation.write(
        CHANNEL,
        "chat-minji",
        "주문 <1건>\n${이름}",
        request_id="r1",
        command=("주문 확인하기", "orderList"),
    )
    (message,) = store.chat.messages
    assert [block["value"] for block in message.blocks] == ["주문 &lt;1건&gt;", "$\u2060{이름}"]
    assert message.name == "주문 도우미"
    assert not message.private
    assert message.buttons[0]["action"] == {"type": "command", "appId": "app-jumun", "name": "orderList"}


async def test_the_other_form_of_buttons(store, kept):
    client = store.client(kept)
    conversation = ChannelConversation(client, store.clock, button_form="attributes")
    await conversation.write(CHANNEL, "chat-minji", "x", request_id="r1", command=("가" * 40, "orderList"))
    (message,) = store.chat.messages
    assert message.buttons[0]["title"] == "가" * 30
    assert message.buttons[0]["action"]["attributes"] == {"appId": "app-jumun", "name": "orderList"}


async def test_one_request_id_writes_one_message(store, conversation):
    for _ in range(2):
        await conversation.write(CHANNEL, "chat-minji", "쪽지", private=True, request_id="r1")
    assert len(store.chat.messages) == 1
    assert store.chat.messages[0].private


async def test_opening_a_chat_for_the_team_is_never_repeated_blindly(store, conversation):
    store.chat.state = "USER_CHAT_STATE_CLOSED"
    await conversation.open_for_team(CHANNEL, "chat-minji")
    assert store.chat.state == "USER_CHAT_STATE_OPENED"
    store.breakages.append(httpx.ReadTimeout("x"))
    with pytest.raises(OutcomeUnknown):
        await conversation.open_for_team(CHANNEL, "chat-minji")


async def test_names_for_people_or_the_ids(store, conversation):
    assert await conversation.names(CHANNEL, "mgr-jiwoo") == ("한옥상점", "한지우")
    assert await conversation.names(CHANNEL, "mgr-gone") == ("한옥상점", "mgr-gone")
    store.talk.faults.inject("503", times=10)
    assert await conversation.names(CHANNEL, "mgr-jiwoo") == (CHANNEL, "mgr-jiwoo")
