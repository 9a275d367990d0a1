"""Native calls: what they change, what they answer, and what they turn down."""

import pytest

from app.sandbox.channel.view import chat_view

from .world import NATIVE, World

PRIVATE = "MESSAGE_OPTION_PRIVATE"


class Caller:
    """A channel token, and the customer's chat."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.chat = world.panel.front_chat()

    async def __call__(self, method: str, **params) -> dict:
        here = {"channelId": self.world.talk.channel_id}
        return await self.world.native(method, here | params, self.token)

    async def write(self, method: str = "writeUserChatMessage", **dto) -> dict:
        return await self(method, userChatId=self.chat.id, dto=dto)


@pytest.fixture
async def call(world: World) -> Caller:
    return Caller(world, await world.channel_token())


async def test_one_request_id_makes_one_message(call: Caller):
    first = await call.write(blocks=[{"type": "text", "value": "하나"}], requestId="r1")
    again = await call.write(blocks=[{"type": "text", "value": "하나"}], requestId="r1")
    other = await call.write(blocks=[{"type": "text", "value": "하나"}], requestId="r2")
    assert first == again
    assert first["result"]["message"]["id"] != other["result"]["message"]["id"]
    assert len(call.chat.messages) == 2


async def test_a_message_whose_answer_got_lost_is_written_once(call: Caller):
    call.world.talk.faults.inject("timeout_after_effect")
    message = {"method": "writeUserChatMessage", "params": {"channelId": "ch-hanok"}}
    message["params"] |= {"userChatId": call.chat.id, "dto": {"plainText": "x", "requestId": "r"}}
    headers = {"x-access-token": call.token}
    lost = await call.world.client.put(NATIVE, json=message, headers=headers)
    assert (lost.status_code, len(call.chat.messages)) == (504, 1)
    assert (await call.world.client.put(NATIVE, json=message, headers=headers)).status_code == 200
    assert len(call.chat.messages) == 1


async def test_private_messages_never_reach_the_customer_s_side(call: Caller):
    await call.write(plainText="매니저만", options=[PRIVATE])
    await call.write(plainText="모두")
    assert len(chat_view(call.chat, desk=True)["messages"]) == 2
    front = chat_view(call.chat, desk=False)["messages"]
    assert [m["blocks"][0]["nodes"] for m in front] == [[{"text": "모두"}]]


async def test_both_forms_of_a_button_are_the_same_to_the_page(call: Caller):
    flat = {"type": "command", "appId": "app-jumun", "name": "orderList"}
    nested = {"type": "command", "attributes": {"appId": "app-jumun", "name": "orderList"}}
    await call.write(plainText="x", buttons=[{"title": "보기", "action": form} for form in (flat, nested)])
    shown = chat_view(call.chat, desk=False)["messages"][0]["buttons"]
    assert [button["action"] for button in shown] == [flat, flat]


GOOD_BUTTON = {"title": "보기", "action": {"type": "web", "url": "https://shop.example"}}
BAD_DTOS = [
    ("empty", {}),
    ("unknown member", {"plainText": "x", "colour": "red"}),
    ("raw tag", {"blocks": [{"type": "text", "value": "a < b"}]}),
    ("raw ampersand", {"blocks": [{"type": "text", "value": "a & b"}]}),
    ("foreign tag", {"blocks": [{"type": "text", "value": "<script>x</script>"}]}),
    ("open tag", {"blocks": [{"type": "text", "value": "<b>x"}]}),
    (
        "script link",
        {"blocks": [{"type": "text", "value": '<link type="url" value="javascript:1">x</link>'}]},
    ),
    ("unknown block", {"blocks": [{"type": "html", "value": "x"}]}),
    ("bad block in bullets", {"blocks": [{"type": "bullets", "blocks": [{"type": "text"}]}]}),
    ("three buttons", {"plainText": "x", "buttons": [GOOD_BUTTON] * 3}),
    ("long title", {"plainText": "x", "buttons": [GOOD_BUTTON | {"title": "가" * 31}]}),
    ("no action", {"plainText": "x", "buttons": [{"title": "보기"}]}),
    (
        "command without app",
        {"plainText": "x", "buttons": [{"title": "a", "action": {"type": "command", "name": "b"}}]},
    ),
    ("colour", {"plainText": "x", "buttons": [GOOD_BUTTON | {"colorVariant": "beige"}]}),
    ("option in short form", {"plainText": "x", "options": ["private"]}),
    ("bot name with a colon", {"plainText": "x", "botName": "a:b"}),
    ("bot name too long", {"plainText": "x", "botName": "a" * 31}),
    ("file by http", {"files": [{"url": "http://x/y.png"}]}),
]


@pytest.mark.parametrize(("_case", "dto"), BAD_DTOS)
async def test_a_bad_message_is_refused_and_not_written(call: Caller, _case, dto):
    answer = await call.write(**dto)
    assert (answer["error"]["code"], answer["error"]["type"]) == (2, "invalidParams")
    assert call.chat.messages == []


async def test_writing_as_somebody_needs_that_somebody(call: Caller):
    assert "error" in await call.write("writeUserChatMessageAsManager", plainText="x")
    assert "error" in await call.write("writeUserChatMessageAsUser", plainText="x", userId="user-other")
    await call.write("writeUserChatMessageAsManager", plainText="x", managerId="mgr-jiwoo")
    await call.write("writeUserChatMessageAsUser", plainText="x", userId=call.chat.user_id)
    assert [(m.person_type, m.person_id) for m in call.chat.messages] == [
        ("manager", "mgr-jiwoo"),
        ("user", call.chat.user_id),
    ]


async def test_people_chats_and_groups_can_be_read(call: Caller):
    user = (await call("getUser", userId=call.chat.user_id))["result"]["user"]
    assert (user["id"], user["memberId"], user["member"]) == ("user-minji", "minji", True)
    found = (await call("searchUser", memberId="minji"))["result"]["user"]
    assert found == user
    chat = (await call("getUserChat", userChatId=call.chat.id))["result"]["userChat"]
    assert chat["userId"] == "user-minji"
    assert (await call("getManager", managerId="mgr-doyun"))["result"]["manager"]["id"] == "mgr-doyun"
    assert (await call("getGroup", groupId="group-orders"))["result"]["group"]["name"] == "주문 알림"
    written = await call("writeGroupMessage", groupId="group-orders", dto={"plainText": "알림"})
    assert written["result"]["message"]["chatType"] == "group"


MISSING = [
    ("getUser", {"userId": "nobody"}, 3),
    ("getUser", {}, 2),
    ("getUser", {"userId": None}, 2),
    ("searchUser", {"memberId": "nobody"}, 3),
    ("getUserChat", {"userChatId": "nowhere"}, 3),
    ("getUserChat", {"userChatId": "group-orders"}, 3),
    ("writeGroupMessage", {"groupId": "chat-minji", "dto": {"plainText": "x"}}, 3),
    ("getManager", {"managerId": "nobody"}, 3),
    ("launchRocket", {}, -32601),
]


@pytest.mark.parametrize(("method", "params", "code"), MISSING)
async def test_what_is_not_there_has_its_code(call: Caller, method, params, code):
    assert (await call(method, **params))["error"]["code"] == code


async def test_states_and_options_can_be_changed(call: Caller):
    chat = {"userChatId": call.chat.id}
    closed = await call("updateUserChatState", **chat, state="closed", botName="주문")
    assert closed["result"]["userChat"]["state"] == "USER_CHAT_STATE_CLOSED"
    assert "error" in await call("updateUserChatState", **chat, state="sleeping", botName="주문")
    assert "error" in await call(
        "updateUserChatState", **chat, state="USER_CHAT_STATE_OPENED"
    )  # botName missing
    await call("manageUserChat", **chat)
    assert call.chat.state == "USER_CHAT_STATE_OPENED"
    message = (await call.write(plainText="x"))["result"]["message"]["id"]
    target = {"chatId": call.chat.id, "chatType": "userChat", "messageId": message}
    for mask in ("options", ["options"], {"paths": ["options"]}):
        await call("patchMessage", **target, body={"options": [PRIVATE]}, updateMask=mask)
        assert call.chat.messages[0].private
        call.chat.messages[0].options = []
    assert "error" in await call("patchMessage", **target, body={}, updateMask="blocks")


async def test_a_permission_that_is_not_ticked_is_refused(call: Caller):
    talk = call.world.talk
    talk.portal = type(talk.portal)(talk.portal.app_id, talk.portal.app_secret, frozenset({"getChannel"}))
    assert (await call("getUser", userId="user-minji"))["error"]["type"] == "forbidden"
    assert "result" in await call("getChannel")


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{", "parseError"), (b"[]", "invalidParams"), (b'{"method":"getUser","params":[]}', "invalidParams")],
)
async def test_a_body_that_is_no_call(world: World, body, kind):
    answer = await world.client.put(NATIVE, content=body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (200, kind)


FAULTS = [
    ("500", 500, "internal"),
    ("503", 503, "internal"),
    ("429", 429, "tooManyRequests"),
    ("401_expired", 200, "unauthorized"),
    ("403_scope", 200, "forbidden"),
    ("html_error", 502, None),
]


@pytest.mark.parametrize(("fault", "status", "kind"), FAULTS)
async def test_a_planted_fault_hits_once_and_changes_nothing(call: Caller, fault, status, kind):
    call.world.talk.faults.inject(fault, path="write")
    assert "result" in await call("getUser", userId="user-minji")
    params = {"channelId": "ch-hanok", "userChatId": call.chat.id, "dto": {"plainText": "x"}}
    body, headers = {"method": "writeUserChatMessage", "params": params}, {"x-access-token": call.token}
    answer = await call.world.client.put(NATIVE, json=body, headers=headers)
    assert answer.status_code == status
    assert call.chat.messages == []
    if kind is None:
        assert answer.headers["content-type"].startswith("text/html")
    else:
        assert answer.json()["error"]["type"] == kind
    assert "result" in await call.write(plainText="x")
