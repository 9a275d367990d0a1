"""The page's API: what the visitor does, what the app hears, what each side may see."""

import base64
import hashlib
import hmac
from urllib.parse import unquote

import pytest

from .stub_app import APP_ID
from .world import World


@pytest.fixture
async def open_world(world: World) -> World:
    await world.register("command")
    await world.register("hook")
    world.stub.bodies.clear()
    return world


async def test_the_page_is_strict_and_honest(world: World):
    page = await world.client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "모의 환경" in page.text
    assert "ALF" in page.text  # what is not simulated is listed
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert page.headers["cache-control"] == "no-store"
    for name in ("main.js", "page.css", "icon.svg"):
        assert (await world.client.get(f"/sandbox/static/{name}")).status_code == 200
    assert (await world.client.get("/sandbox/static/../page.py")).status_code == 404


async def test_a_typed_command_reaches_the_app_as_the_customer(open_world: World):
    answer = await open_world.post("command", side="front", name="orderList")
    assert answer["result"]["type"] == "wam"
    assert answer["result"]["attributes"]["wamArgs"] == {"screen": "orderList", "language": "ko"}
    (body,) = open_world.stub.bodies
    assert body["params"] == {
        "chat": {"type": "userChat", "id": "chat-minji"},
        "trigger": {"type": "command", "attributes": None},
        "input": None,
        "language": "ko",
    }
    assert body["context"]["caller"] == {"type": "user", "id": "user-minji"}
    assert body["context"]["user"]["memberId"] == "minji"


async def test_a_parameter_travels_as_text(open_world: World):
    await open_world.post("command", side="front", name="orderList", input={"orderId": "20261121-0000001"})
    assert open_world.stub.bodies[0]["params"]["input"] == {"orderId": "20261121-0000001"}


async def test_a_manager_s_command_carries_the_chat_but_not_the_customer(open_world: World):
    await open_world.state()  # the customer has opened the chat
    await open_world.post("command", side="desk", chatId="chat-minji", name="orderList")
    (body,) = open_world.stub.bodies
    assert body["params"]["chat"] == {"type": "userChat", "id": "chat-minji"}
    assert body["context"]["caller"] == {"type": "manager", "id": "mgr-jiwoo"}
    assert "user" not in body["context"]


async def test_a_text_result_is_a_message_and_at_the_desk_a_private_one(open_world: World):
    await open_world.post("command", side="front", name="hello")
    await open_world.post("command", side="desk", chatId="chat-minji", name="why")
    state = await open_world.state()
    front = [m["blocks"][0]["nodes"][0]["text"] for m in state["front"]["chat"]["messages"]]
    (room,) = (c for c in state["desk"]["chats"] if c["id"] == "chat-minji")
    desk = [(m["blocks"][0]["nodes"][0]["text"], m["private"]) for m in room["messages"]]
    assert front == ["안녕하세요"]
    assert desk == [("안녕하세요", False), ("진단 결과", True)]


async def test_other_successes_are_tolerated(open_world: World):
    await open_world.post("panel", act="toggle", scope="front", name="shipDate", shown=True)
    assert await open_world.post("command", side="front", name="shipDate") == {"result": {"success": True}}


@pytest.mark.parametrize(
    "result",
    [
        {"type": "wam"},
        {"type": "wam", "attributes": {"appId": "other", "name": "x"}},
        {"type": "wam", "attributes": {"appId": APP_ID}},
        ["wam"],
    ],
)
async def test_a_broken_action_result_is_an_error(open_world: World, result):
    open_world.stub.answers["orderList.open"] = result
    answer = await open_world.post("command", side="front", name="orderList")
    assert answer["error"]["type"] == "offProtocol"


@pytest.mark.parametrize(
    ("side", "name"), [("front", "why"), ("front", "shipDate"), ("desk", "hello"), ("front", None)]
)
async def test_a_command_of_the_other_side_or_switched_off_does_not_run(open_world: World, side, name):
    await open_world.state()
    answer = await open_world.post("command", side=side, chatId="chat-minji", name=name)
    assert answer["error"]["code"] == 3
    assert open_world.stub.bodies == []


async def test_a_screen_calls_with_the_real_caller_whatever_it_says(open_world: World):
    params = {"memberId": "sora", "caller": {"type": "manager"}}
    answer = await open_world.post("call", side="front", appId=APP_ID, name="orderList.view", params=params)
    assert answer["result"]["caller"] == {"type": "user", "id": "user-minji"}
    assert open_world.stub.bodies[0]["params"] == params


async def test_a_screen_gets_the_error_envelope(open_world: World):
    error = {"code": 1, "type": "wrongCode", "message": "m", "data": {"left": 3}}
    open_world.stub.failures["orderList.view"] = error
    answer = await open_world.post("call", side="front", appId=APP_ID, name="orderList.view")
    assert answer == {"error": error}


async def test_a_screen_cannot_call_another_app_or_what_discovery_does_not_list(open_world: World):
    other = await open_world.post("call", side="front", appId="app-x", name="orderList.view")
    assert other["error"]["code"] == 3
    unknown = await open_world.post("call", side="front", appId=APP_ID, name="secret.thing")
    assert unknown["error"] == {
        "code": -32601,
        "type": "methodNotFound",
        "message": "secret.thing is not in discovery",
    }
    assert open_world.stub.bodies == []


async def test_native_calls_of_a_screen_have_the_rights_of_the_person(open_world: World):
    here = {"channelId": "ch-hanok", "userChatId": "chat-minji"}
    await open_world.state()
    mine = here | {"dto": {"plainText": "네", "userId": "user-minji"}}
    answer = await open_world.post("native", side="front", name="writeUserChatMessageAsUser", params=mine)
    assert answer["result"]["message"]["personType"] == "user"
    for name, params in [
        ("writeUserChatMessage", mine),
        ("writeUserChatMessageAsManager", mine),
        ("writeUserChatMessageAsUser", mine | {"userChatId": "chat-sora"}),
        ("writeUserChatMessageAsUser", mine | {"channelId": "ch-other"}),
        ("issueToken", {}),
    ]:
        answer = await open_world.post("native", side="front", name=name, params=params)
        assert answer["error"]["type"] == "forbidden"


async def test_people_write_to_one_another_and_notes_stay_inside(open_world: World):
    await open_world.post("message", side="front", text=" 언제 오나요? ")
    await open_world.post("message", side="desk", chatId="chat-minji", text="확인할게요", private=True)
    await open_world.post("message", side="desk", chatId="chat-minji", text="내일이에요")
    state = await open_world.state()
    texts = [m["blocks"][0]["nodes"][0]["text"] for m in state["front"]["chat"]["messages"]]
    assert texts == ["언제 오나요?", "내일이에요"]
    assert "확인할게요" not in str(state["front"])
    assert "확인할게요" in str(state["desk"])


async def test_the_menu_speaks_the_language_of_the_moment(open_world: World):
    names = []
    for language in ("ko", "en", "ja"):
        await open_world.post("panel", act="language", value=language)
        names.append((await open_world.state())["front"]["commands"][0]["shown"])
    assert names == ["주문목록", "orders", "注文"]
    await open_world.post("command", side="front", name="orderList")
    assert open_world.stub.bodies[-1]["context"]["language"] == "ja"


async def test_nothing_new_is_204(open_world: World):
    seen = (await open_world.state())["version"]
    again = await open_world.client.get("/sandbox/api/state", params={"seen": seen})
    assert again.status_code == 204
    await open_world.post("message", side="front", text="x")
    assert (await open_world.client.get("/sandbox/api/state", params={"seen": seen})).status_code == 200


@pytest.mark.parametrize(
    ("key", "member_id"), [("member:sora", "sora"), ("two", None), ("guest1", None), ("stranger", None)]
)
async def test_the_visitor_may_be_anybody_of_the_mall(open_world: World, key, member_id):
    await open_world.post("panel", act="persona", key=key)
    await open_world.post("command", side="front", name="orderList")
    user = open_world.stub.bodies[0]["context"]["user"]
    assert user["memberId"] == member_id
    assert user["member"] is (member_id is not None)
    if member_id is None:  # Channel knows nothing of somebody who did not sign in
        assert user["profile"] == {"name": "방문자"}


async def test_personas_are_what_they_say(world: World):
    mall = world.panel.mall
    two = world.panel.personas["two"]
    owners = [row for row in mall.customers.values() if row["cellphone"] == two.phone]
    assert len(owners) == 2
    numbers = {row["cellphone"] for row in mall.customers.values()}
    bought = {order.buyer.cellphone for order in mall.orders.values() if order.is_guest}
    guest = world.panel.personas["guest1"]
    assert guest.phone in bought - numbers
    stranger = world.panel.personas["stranger"]
    assert stranger.phone not in bought | numbers


async def test_mall_settings_change_in_the_form_they_have(world: World):
    order = world.panel.mall.settings[1].order
    was = order["claim_request"]
    flipped = "F" if was == "T" else "T"
    assert "said" in await world.post("panel", act="setting", name="claim_request", value=flipped)
    assert order["claim_request"] == flipped
    for name, value in [
        ("claim_request", "maybe"),
        ("claim_request", True),
        ("claim_request_button_period", "7"),
        ("claim_request_button_period", 400),
        ("claim_request_button_exposure", "cancel_N20"),
        ("no_such_setting", "T"),
    ]:
        before = dict(order)
        assert "refused" in await world.post("panel", act="setting", name=name, value=value)
        assert order == before


async def test_faults_are_planted_per_system_and_cleared(world: World):
    for system, fault in [("mall", "503"), ("channel", "slow"), ("sms", "timeout_after_effect")]:
        told = await world.post("panel", act="fault", system=system, fault=fault)
        assert [p["fault"] for p in told["panel"]["planted"][system]] == [fault]
    assert world.malls.faults.take("/orders") == "503"
    for system, fault in [("channel", "quota"), ("sms", "drop_field"), ("moon", "503"), ("mall", "fire")]:
        assert "refused" in await world.post("panel", act="fault", system=system, fault=fault)
    told = await world.post("panel", act="clearFaults")
    assert told["panel"]["planted"] == {"mall": [], "channel": [], "sms": []}


async def test_mall_calls_are_counted_from_the_last_command(open_world: World):
    calls = open_world.panel.mall.calls
    make = type(calls).append
    from app.sandbox.cafe24.state import Call

    make(calls, Call("GET", "/admin/orders", {}))
    await open_world.post("command", side="front", name="orderList")
    make(calls, Call("GET", "/admin/orders", {"limit": "100"}))
    panel = (await open_world.client.get("/sandbox/api/panel")).json()
    assert panel["calls"] == [{"method": "GET", "path": "/admin/orders", "query": {"limit": "100"}}]
    assert panel["functionCalls"][0]["method"] == "orderList.open"


async def test_uninstalling_tells_the_app_and_empties_the_menu(open_world: World):
    assert "받았습니다" in (await open_world.post("panel", act="uninstall"))["said"]
    assert (await open_world.state())["front"]["commands"] == []
    call = await open_world.post("call", side="front", appId=APP_ID, name="orderList.view")
    assert call["error"]["type"] == "forbidden"
    await open_world.post("panel", act="install")
    assert (await open_world.state())["front"]["commands"] != []
    told = [body for body in open_world.stub.bodies if body["method"] == "app.onHook"]
    assert [body["context"]["caller"]["type"] for body in told] == ["system", "system"]
    assert all(body["context"]["channel"]["id"] == "ch-hanok" for body in told)


async def test_toggling_tells_the_app_and_hides_the_command(open_world: World):
    await open_world.post("panel", act="toggle", scope="front", name="hello", shown=False)
    assert [c["name"] for c in (await open_world.state())["front"]["commands"]] == ["orderList"]
    assert open_world.stub.bodies[-1]["params"] == {"name": "hello", "scope": "front", "enabled": False}
    assert "refused" in await open_world.post("panel", act="toggle", scope="front", name="x", shown=True)


async def test_a_hook_that_nobody_registered_is_said_to_be_unheard(world: World):
    assert "등록하지 않아" in (await world.post("panel", act="uninstall"))["said"]


async def test_an_order_webhook_goes_out_with_the_key(world: World):
    order_id = next(iter(world.panel.mall.orders))
    told = await world.post("panel", act="webhook", eventNo=90023, orderId=order_id)
    assert "HTTP 200" in told["said"]
    ((headers, body),) = world.stub.webhooks
    assert headers["x-api-key"] == "hook-key"
    assert order_id.encode() in body
    assert "refused" in await world.post("panel", act="webhook", eventNo=90023, orderId="nope")
    assert "refused" in await world.post("panel", act="webhook", eventNo=1, orderId=order_id)


async def test_an_operator_accepts_rejects_and_ships_and_the_mall_says_so(world: World):
    mall = world.panel.mall
    requested = next(o for o in mall.orders.values() if {i.status for i in o.items} == {"N20"})

    async def does(what: str) -> dict:
        return await world.post("panel", act="backOffice", do=what, orderId=requested.order_id)

    assert "refused" in await does("accept")  # nothing was requested
    assert world.stub.webhooks == []
    mall.file_request(requested.order_id)
    assert "거절" in (await does("reject"))["said"]
    assert {i.status for i in requested.items} == {"C11"}
    assert "HTTP 200" in (await does("ship"))["said"]
    assert {i.status for i in requested.items} == {"N30"}
    again = next(o for o in mall.orders.values() if {i.status for i in o.items} == {"N20"})
    mall.file_request(again.order_id)
    told = await world.post("panel", act="backOffice", do="accept", orderId=again.order_id)
    assert "접수" in told["said"]
    assert {i.status for i in again.items} <= {"C10", "C40", "C34", "C36"}
    events = [body for _, body in world.stub.webhooks]
    assert [b"90026" in body or b"90024" in body for body in events] == [True, True, True]
    assert "refused" in await world.post("panel", act="backOffice", do="ship", orderId="nope")
    assert "refused" in await world.post("panel", act="backOffice", do="burn", orderId=again.order_id)


async def test_opening_the_app_from_the_back_office_is_signed_now(world: World):
    operator = world.panel.mall.operators[0]
    answer = await world.client.get("/sandbox/launch", params={"user": operator["user_id"]})
    assert answer.status_code == 302
    query = answer.headers["location"].removeprefix("/cafe24/launch?")
    message, _, signature = query.partition("&hmac=")
    want = base64.b64encode(hmac.new(b"client-secret", message.encode(), hashlib.sha256).digest()).decode()
    assert unquote(signature) == want
    assert f"user_type={operator['admin_type']}" in message
    assert (await world.client.get("/sandbox/launch", params={"user": "nobody"})).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"act":"uninstall"}', "text/plain"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"act":"explode"}', "application/json"),
        (b'"' + b"x" * 70_000 + b'"', "application/json"),
    ],
)
async def test_what_is_no_act_does_nothing(world: World, content, kind):
    answer = await world.client.post("/sandbox/api/panel", content=content, headers={"content-type": kind})
    assert answer.status_code == 400
    assert world.talk.installed


async def test_unknown_acts_and_empty_messages_are_refused(world: World):
    assert "refused" in await world.post("explode")
    assert "refused" in await world.post("message", side="front", text="   ")
    assert "refused" in await world.post("message", side="desk", chatId="nowhere", text="x")
