"""Calls to the app: signature, context per caller, and answers that are no answers."""

import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.channel.errors import FunctionFailed
from app.sandbox.channel.functions import SYSTEM, AppEndpoint, Caller, sign
from app.sandbox.channel.people import Chat, User

from .stub_app import KEY
from .world import World

VECTORS = [
    (
        "minimal discovery",
        (
            b'{"method":"extension.core.function.getFunctions","params":{},"context":{"caller":{"type":"system",'
            b'"id":"system"},"channel":{"id":""}},"systemVersion":"v1"}'
        ),
        155,
        "cnHxq/O10eyTD8CN6gPsZ1AOzFQAbewd0mdIKU1ZRJo=",
    ),
    (
        "Korean text, spaces, one LF at the end",
        '{ "method": "extension.core.function.getFunctions", "params": {}, "context": {"caller": {"type": "user", '
        '"id": "홍길동"}, "channel": {"id": "1"}} }\n'.encode(),
        151,
        "p9isoCLM0crUvh9Xsqi5KBN8ptawft+7EX1Drcw/6dc=",
    ),
]


@pytest.mark.parametrize(("_case", "raw", "size", "want"), VECTORS)
def test_signature_vectors_of_the_contract(_case, raw, size, want):
    assert len(raw) == size
    assert sign(raw, KEY) == want


def test_the_key_is_decoded_not_used_as_text():
    assert sign(VECTORS[0][1], KEY) != "NYcolYblPXdZKNU62oAfEUol9Z+DMl+kS7E+Sl/qRBk="
    with pytest.raises(ValueError):
        sign(b"{}", "not hex")


async def test_discovery_is_sent_byte_for_byte_as_in_the_first_vector():
    seen = []

    async def app(request):
        seen.append((await request.body(), request.headers["x-signature"], request.headers["content-type"]))
        return Response(b'{"result":{}}')

    endpoint = endpoint_of(app)
    context = {"caller": {"type": "system", "id": "system"}, "channel": {"id": ""}}
    await endpoint.call("extension.core.function.getFunctions", {}, context)
    assert seen == [(VECTORS[0][1], VECTORS[0][3], "application/json")]


async def test_a_customer_comes_with_user_and_chat_and_a_manager_without(world: World):
    user = User("u1", "김민지", "minji", {"mobileNumber": "010-0000-1001"})
    chat = Chat("c1", "userChat", "김민지", "u1")
    await world.talk.call_function(
        "orderList.view", None, caller=Caller("user", "u1"), user=user, chat=chat, language="ko"
    )
    await world.talk.call_function(
        "orderList.view", {}, caller=Caller("manager", "m1"), chat=chat, language="en"
    )
    first, second = world.stub.bodies
    assert first["params"] is None
    assert first["context"] == {
        "caller": {"type": "user", "id": "u1"},
        "channel": {"id": "ch-hanok"},
        "user": {
            "id": "u1",
            "channelId": "ch-hanok",
            "type": "member",
            "member": True,
            "memberId": "minji",
            "profile": {"name": "김민지", "mobileNumber": "010-0000-1001"},
        },
        "userChat": {"id": "c1", "profile": {}, "state": "USER_CHAT_STATE_OPENED"},
        "language": "ko",
    }
    assert second["context"] == {
        "caller": {"type": "manager", "id": "m1"},
        "channel": {"id": "ch-hanok"},
        "language": "en",
    }


async def test_a_logged_out_customer_has_no_member_id_and_the_context_may_leave_them_out(world: World):
    user = User("u2", "방문자")
    await world.talk.call_function("orderList.view", {}, caller=Caller("user", "u2"), user=user)
    context = world.stub.bodies[0]["context"]
    assert (context["user"]["type"], context["user"]["member"], context["user"]["memberId"]) == (
        "lead",
        False,
        None,
    )
    assert context["userChat"] is None
    world.talk.context_names_user = False
    await world.talk.call_function("orderList.view", {}, caller=Caller("user", "u2"), user=user)
    assert world.stub.bodies[1]["context"].keys() == {"caller", "channel"}


async def test_the_same_bytes_can_come_twice_and_the_version_can_be_missing(world: World):
    world.talk.endpoint.deliver_twice = True
    world.talk.endpoint.versionless = True
    await world.talk.call_function("orderList.view", {}, caller=SYSTEM)
    assert world.stub.paths == ["/functions", "/functions"]
    assert world.stub.bodies[0] == world.stub.bodies[1]


async def test_an_error_keeps_all_its_members(world: World):
    world.stub.failures["orderList.view"] = {
        "code": 1,
        "type": "planStale",
        "message": "m",
        "data": {"left": 2},
    }
    with pytest.raises(FunctionFailed) as caught:
        await world.talk.call_function("orderList.view", {}, caller=SYSTEM)
    assert caught.value.envelope() == {
        "error": {"code": 1, "type": "planStale", "message": "m", "data": {"left": 2}}
    }
    assert [(s.method, s.trouble) for s in world.talk.endpoint.sent] == [("orderList.view", "planStale")]


OFF_PROTOCOL = [
    ("neither result nor error", 200, b"{}"),
    ("both", 200, b'{"result":{},"error":{"code":1,"message":""}}'),
    ("no object", 200, b"[]"),
    ("no JSON", 200, b"<html>"),
    ("401 of a wrong signature", 401, b'{"error":"invalid signature"}'),
    ("a result with an error status", 500, b'{"result":{}}'),
    ("an error without a code", 200, b'{"error":{"message":"x"}}'),
]


@pytest.mark.parametrize(("_case", "status", "body"), OFF_PROTOCOL)
async def test_an_answer_off_the_protocol_is_a_failure(_case, status, body):
    async def app(_request):
        return Response(body, status)

    with pytest.raises(FunctionFailed) as caught:
        await endpoint_of(app).call("x", {}, {"caller": {"type": "system"}})
    assert (caught.value.kind, caught.value.status) == ("offProtocol", status)


async def test_an_error_envelope_with_status_400_is_still_understood():
    async def app(_request):
        error = {"code": 2, "type": "parseError", "message": "m"}
        return Response(json.dumps({"error": error}), 400)

    with pytest.raises(FunctionFailed) as caught:
        await endpoint_of(app).call("x", {}, {"caller": {"type": "system"}})
    assert (caught.value.code, caught.value.kind, caught.value.status) == (2, "parseError", 400)


@pytest.mark.parametrize(
    ("error", "kind"), [(httpx.ReadTimeout("slow"), "timeout"), (httpx.ConnectError("gone"), "unreachable")]
)
async def test_an_app_that_does_not_answer(error, kind):
    def broken(_request):
        raise error

    endpoint = AppEndpoint(
        httpx.AsyncClient(transport=httpx.MockTransport(broken)), "http://app/functions", KEY
    )
    with pytest.raises(FunctionFailed) as caught:
        await endpoint.call("x", {}, {"caller": {"type": "system"}})
    assert caught.value.kind == kind


def endpoint_of(app) -> AppEndpoint:
    asgi = Starlette(routes=[Route("/functions/v1", app, methods=["PUT"])])
    http = httpx.AsyncClient(transport=httpx.ASGITransport(asgi))
    return AppEndpoint(http, "http://app.test/functions/", KEY)
