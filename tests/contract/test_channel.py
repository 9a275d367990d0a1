"""The exchanges of fixtures/wire/channel, walked three ways: our side says it, our side understands it, and the
simulated AppStore does alike (STYLE §3.7).
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.channel.client import ChannelClient
from app.channel.conversation import ChannelConversation
from app.channel.messages import ButtonForm
from app.channel.signature import signature_of
from app.errors import Unauthorized
from app.ports import ChatUser
from app.sandbox.channel.errors import FunctionFailed
from app.sandbox.channel.functions import SYSTEM, Caller
from app.sandbox.channel.people import Chat, User
from app.store import open_database
from tests.channel.places import APP_ID, CHANNEL, SECRET, AppStore, answering, tokens_in
from tests.world import HandClock, Road, fresh_database, made_road

FOLDER = Path(__file__).parents[2] / "fixtures" / "wire" / "channel"
FIXTURES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
CHAT = "chat-minji"
TOLD = "주문 1건을 찾았습니다 <한옥>"
BUTTON = ("내 주문 보기", "orderList")


@dataclass(frozen=True)
class OurSide:
    """What we do to cause the exchange, and what we make of the answer; or the error that it is to us."""

    act: Callable[[ChannelClient, ButtonForm], Awaitable[Any]]
    makes: Any = None
    raises: type[Exception] | None = None
    button_form: ButtonForm = "flat"


def talk(client: ChannelClient, form: ButtonForm = "flat") -> ChannelConversation:
    return ChannelConversation(client, HandClock(), button_form=form)


def writes(text: str, request_id: str, **how: Any) -> Callable[[ChannelClient, ButtonForm], Awaitable[Any]]:
    return lambda client, form: talk(client, form).write(CHANNEL, CHAT, text, request_id=request_id, **how)


NATIVE: dict[str, OurSide] = {
    "issueToken.app": OurSide(lambda c, _: c.call_as_app("getUser", userId="u")),
    "issueToken.channel": OurSide(lambda c, _: talk(c).user(CHANNEL, "user-minji")),
    "issueToken.wrong_secret": OurSide(lambda c, _: c.call_as_app("getUser"), raises=Unauthorized),
    "registerExtension.command": OurSide(
        lambda c, _: c.call_as_app(
            "registerExtension", appId=c.app_id, systemVersion="v1", extensionName="command"
        ),
        makes={"success": True, "extensions": ["command"]},
    ),
    "getUser.member": OurSide(
        lambda c, _: talk(c).user(CHANNEL, "user-minji"),
        makes=ChatUser("user-minji", member=True, member_id="minji"),
    ),
    "getUser.unknown": OurSide(lambda c, _: talk(c).user(CHANNEL, "user-nobody")),
    "getUser.no_token": OurSide(
        lambda c, _: c.call(CHANNEL, "getUser", channelId=CHANNEL, userId="user-minji"), raises=Unauthorized
    ),
    "getUserChat.open": OurSide(lambda c, _: talk(c).customer_of_chat(CHANNEL, CHAT)),
    "updateUserChatState.opened": OurSide(lambda c, _: talk(c).open_for_team(CHANNEL, CHAT)),
    "writeUserChatMessage.button_flat": OurSide(writes(TOLD, "req-1", command=BUTTON)),
    "writeUserChatMessage.button_attributes": OurSide(
        writes(TOLD, "req-1", command=BUTTON), button_form="attributes"
    ),
    "writeUserChatMessage.private": OurSide(writes("고객이 상담을 원합니다", "req-2", private=True)),
}
CALLS = {name for name, it in FIXTURES.items() if it["request"]["path"].startswith("/functions")}


def test_every_exchange_is_walked_and_says_whence_it_comes() -> None:
    assert FIXTURES.keys() == NATIVE.keys() | CALLS
    for it in FIXTURES.values():
        assert it.keys() - {"note"} == {"source", "seen_on", "confidence", "request", "response"}
        assert it["confidence"] in {"documented", "observed", "assumed"}


# ── we call Channel ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
async def appstore(tmp_path: Path) -> AsyncIterator[tuple[AppStore, Callable[[str], ChannelClient]]]:
    store = AppStore()
    store.talk.users["user-minji"] = User(
        "user-minji", "김민지", "minji", {"mobileNumber": "010-0000-1001", "email": "minji@example.com"}
    )
    store.talk.chats[CHAT] = Chat(CHAT, "userChat", "김민지", "user-minji")
    database = open_database(fresh_database(tmp_path))
    yield store, lambda secret: store.client(tokens_in(database), secret=secret)
    await database.close()


@pytest.mark.parametrize("name", NATIVE)
async def test_our_client_says_it_and_understands_the_answer(
    appstore: tuple[AppStore, Callable[[str], ChannelClient]], name: str
) -> None:
    store, client_with = appstore
    ours, it = NATIVE[name], FIXTURES[name]
    request = it["request"]
    method = request["body"]["method"]
    client = client_with("wrong" if name == "issueToken.wrong_secret" else SECRET)
    recorded = json.dumps(it["response"]["body"]).replace("{token}", "a.b.c").replace('"{number}"', "5")
    token = {"result": {"accessToken": "t.o.k", "refreshToken": "r", "expiresIn": 1800}}
    answer = answering(it["response"]["status"], json.loads(recorded))
    before = [] if method == "issueToken" else [answering(200, token)]
    after = [answering(200, {"result": {"user": {"id": "user-minji"}}})] if name != "getUser.no_token" else []
    twice = [answering(200, token), answer] if name == "getUser.no_token" else []
    store.breakages.extend([*before, answer, *twice, *after])
    if ours.raises:
        with pytest.raises(ours.raises):
            await ours.act(client, ours.button_form)
    else:
        made = await ours.act(client, ours.button_form)
        assert ours.makes is None or made == ours.makes
    sent = next(call for call in store.sent if call.method == method)
    wanted = json.loads(json.dumps(request["body"]).replace("{app secret}", SECRET))
    assert {"method": sent.method, "params": sent.params} == wanted
    assert sent.path == request["path"]
    carries_token = "x-access-token" in request["headers"] or name == "getUser.no_token"
    assert (sent.token is not None) == carries_token


@pytest.mark.parametrize("name", sorted(NATIVE.keys() - {"registerExtension.command"}))
async def test_the_simulated_appstore_answers_alike(
    appstore: tuple[AppStore, Callable[[str], ChannelClient]], name: str
) -> None:
    """Registration is answered in tests/sandbox_channel, where an app stands behind it."""
    store, _ = appstore
    request, response = FIXTURES[name]["request"], FIXTURES[name]["response"]
    pair = store.talk.tokens.issue(SECRET, CHANNEL)
    headers = {k: v.replace("{channel token}", pair.access) for k, v in request["headers"].items()}
    body = json.dumps(request["body"]).replace("{app secret}", SECRET)
    async with httpx.AsyncClient(transport=store, base_url="http://appstore") as http:
        answer = await http.put(request["path"], content=body, headers=headers)
    assert answer.status_code == response["status"]
    assert alike(answer.json(), response["body"])


# ── Channel calls us ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    road = made_road(fresh_database(tmp_path), HandClock(), channel_app_id=APP_ID)
    async with road.application.running():
        await road.world.connect("hanokmall")
        yield road
    await road.client.aclose()


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_we_understand_the_call_and_answer_alike(road: Road, name: str) -> None:
    request, response = FIXTURES[name]["request"], FIXTURES[name]["response"]
    raw = json.dumps(request["body"], ensure_ascii=False).encode()
    signed = {"x-signature": signature_of(raw, bytes.fromhex(road.world.secrets.signing_key))}
    answer = await road.client.put(request["path"], content=raw, headers=request["headers"] | signed)
    assert answer.status_code == response["status"]
    assert includes(answer.json(), response["body"])
    forged = await road.client.put(request["path"], content=raw + b" ", headers=request["headers"] | signed)
    assert forged.status_code == 401


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_the_simulated_appstore_calls_alike(name: str) -> None:
    store, heard = AppStore(), []

    async def hear(request: Request) -> JSONResponse:
        heard.append((request.url.path, request.headers.keys(), await request.json()))
        return JSONResponse({"result": {}})

    store.app = Starlette(routes=[Route("/functions/v1", hear, methods=["PUT"])])
    wanted = FIXTURES[name]["request"]
    body, context = wanted["body"], wanted["body"]["context"]
    user = context.get("user")
    person = user and User(user["id"], user["profile"]["name"], user["memberId"], {**user["profile"]})
    caller = context["caller"]
    try:
        await store.talk.call_function(
            body["method"],
            body["params"],
            caller=SYSTEM if caller["type"] == "system" else Caller(caller["type"], caller["id"]),
            user=person,
            chat=Chat(CHAT, "userChat", "김민지", user["id"]) if user else None,
            language=context.get("language"),
            channel_id=context["channel"]["id"],
        )
    except FunctionFailed as failed:
        pytest.fail(str(failed))
    ((path, headers, said),) = heard
    assert (path, said) == (wanted["path"], body)
    assert set(wanted["headers"]) <= set(headers)


def alike(seen: Any, wanted: Any) -> bool:
    """Equal, where `{token}`, `{text}` and `{number}` stand for any such value."""
    if wanted in ("{token}", "{text}"):
        return isinstance(seen, str) and seen != ""
    if wanted == "{number}":
        return isinstance(seen, int)
    if isinstance(wanted, dict):
        return (
            isinstance(seen, dict)
            and seen.keys() == wanted.keys()
            and all(alike(seen[key], value) for key, value in wanted.items())
        )
    return bool(seen == wanted)


def includes(seen: Any, wanted: Any) -> bool:
    """Everything that the fixture shows is there; we may say more, and list more."""
    if isinstance(wanted, dict):
        return isinstance(seen, dict) and all(
            key in seen and includes(seen[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(seen, list) and all(any(includes(s, w) for s in seen) for w in wanted)
    return alike(seen, wanted)
