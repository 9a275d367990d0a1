"""A tiny app behind the simulated AppStore: verifies signatures, answers Functions, serves one screen."""

import base64
import hashlib
import hmac
import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
DISCOVERY = "extension.core.function.getFunctions"
GET_COMMANDS = "extension.command.metadata.getCommands"
GET_HOOKS = "extension.hook.metadata.getHooks"
APP_ID = "app-jumun"


def command(name: str, scope: str = "front", action: str = "orderList.open", **more) -> dict:
    words = {
        "ko": ("주문목록", "최근 주문을 봅니다"),
        "en": ("orders", "See my orders"),
        "ja": ("注文", "注文を見る"),
    }
    return {
        "name": name,
        "scope": scope,
        "buttonName": "내 주문 보기",
        "actionFunctionName": action,
        "systemVersion": "v1",
        "alfMode": "recommend",
        "nameDescI18nMap": {
            lang: {"name": word if name == "orderList" else f"{name}-{lang}", "description": text}
            for lang, (word, text) in words.items()
        },
        "paramDefinitions": [{"name": "orderId", "type": "string", "required": False}],
    } | more


class StubApp:
    """`answers`: Function name → result, or a callable of the request body, or an exception-like envelope."""

    def __init__(self) -> None:
        self.bodies: list[dict] = []
        self.paths: list[str] = []
        self.commands = [
            command("orderList"),
            command("hello", action="hello.open"),
            command("orderList", "desk"),
            command("why", "desk", "why.open"),
            command("shipDate", action="broken.open", enabledByDefault=False),
        ]
        self.hooks = [
            {"type": kind, "actionFunctionName": "app.onHook"}
            for kind in ("app.installed", "app.uninstalled", "command.toggle")
        ]
        self.failures: dict[str, dict] = {}
        self.answers: dict[str, object] = {
            "orderList.open": self._open,
            "hello.open": {"type": "text", "attributes": {"message": "안녕하세요"}},
            "why.open": {"type": "text", "attributes": {"message": "진단 결과"}},
            "broken.open": {"success": True},
            "orderList.view": lambda body: {"orders": [], "caller": body["context"]["caller"]},
            "app.onHook": {},
        }
        routes = [
            Route("/functions", self.functions, methods=["PUT"]),
            Route("/functions/{version}", self.functions, methods=["PUT"]),
            Route("/wam/{name}", self.screen),
            Route("/wam-static/screen.js", self.script),
            Route("/cafe24/webhooks", self.webhook, methods=["POST"]),
        ]
        self.asgi = Starlette(routes=routes)
        self.webhooks: list[tuple[dict, bytes]] = []

    def methods(self) -> list[str]:
        return [body["method"] for body in self.bodies]

    def _open(self, body: dict) -> dict:
        args = {"screen": "orderList", "language": body["params"]["language"]}
        return {"type": "wam", "attributes": {"appId": APP_ID, "name": "orderList", "wamArgs": args}}

    async def functions(self, request: Request) -> Response:
        raw = await request.body()
        want = base64.b64encode(hmac.new(bytes.fromhex(KEY), raw, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(want, request.headers.get("x-signature", "")):
            return JSONResponse({"error": "invalid signature"}, 401)
        body = json.loads(raw)
        self.bodies.append(body)
        self.paths.append(request.url.path)
        return JSONResponse(self.answer(body))

    def answer(self, body: dict) -> dict:
        method = body["method"]
        if method in self.failures:
            return {"error": self.failures[method]}
        if method == DISCOVERY:
            names = [GET_COMMANDS, GET_HOOKS, *self.answers]
            listed = [{"name": name, "inputSchema": {"type": "object"}} for name in names]
            return {"result": {"functions": listed, "success": True, "errorMessage": ""}}
        if method == GET_COMMANDS:
            return {"result": {"commands": self.commands}}
        if method == GET_HOOKS:
            return {"result": {"hooks": self.hooks}}
        if method not in self.answers:
            return {"error": {"code": -32601, "type": "methodNotFound", "message": "unknown"}}
        known = self.answers[method]
        return {"result": known(body) if callable(known) else known}

    async def webhook(self, request: Request) -> Response:
        self.webhooks.append((dict(request.headers), await request.body()))
        return Response(status_code=200)

    async def screen(self, _request: Request) -> Response:
        return HTMLResponse(
            '<!doctype html><html lang="ko"><title>주문</title><body><h1>주문목록</h1>'
            '<p id="told">기다리는 중</p><button id="call">불러오기</button><button id="bad">없는 함수</button>'
            '<button id="end">닫기</button><script src="/wam-static/screen.js"></script></body></html>'
        )

    async def script(self, _request: Request) -> Response:
        return Response(_SCREEN_SCRIPT, media_type="text/javascript")


_SCREEN_SCRIPT = """
const told = document.getElementById("told");
const early = window.ChannelIOWam !== undefined;
const wait = setInterval(() => {
  const wam = window.ChannelIOWam;
  if (!wam) return;
  clearInterval(wait);
  const keys = ["appId", "channelId", "chatId", "chatType", "appearance", "managerId", "language", "nothing"];
  told.textContent = JSON.stringify({ early, ...Object.fromEntries(keys.map((k) => [k, wam.getWamData(k)])) });
  wam.setSize({ height: 300 });
  const appId = wam.getWamData("appId");
  document.getElementById("call").onclick = async () => {
    told.textContent = JSON.stringify(await wam.callFunction({ appId, name: "orderList.view", params: {} }));
  };
  document.getElementById("bad").onclick = () =>
    wam.callFunction({ appId, name: "no.such", params: {} }).catch((error) => {
      told.textContent = JSON.stringify([error instanceof Error, error.type, error.code, error.message]);
    });
  document.getElementById("end").onclick = () => wam.close();
}, 20);
"""
