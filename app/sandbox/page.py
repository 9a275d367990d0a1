"""The chat page of the sandbox and its small API. For loopback: one visitor, no sign-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from app.sandbox.channel.errors import FunctionFailed, NativeRefused
from app.sandbox.chat_acts import ChatActs
from app.sandbox.panel import ActRefused, Panel
from app.sandbox.panel_view import not_simulated, panel_view

HERE = Path(__file__).parent
MOST_BYTES = 64 * 1024
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NO_STORE = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def sandbox_routes(panel: Panel) -> list[BaseRoute]:
    """`/`, `/sandbox/api/…`, `/sandbox/launch` and `/sandbox/static/…`."""
    page = _Page(panel)
    return [
        Route("/", page.show),
        Route("/sandbox/launch", page.launch),
        Route("/sandbox/api/state", page.state),
        Route("/sandbox/api/phone", page.inbox),
        Route("/sandbox/api/panel", page.panel_state),
        Route("/sandbox/api/panel", page.panel_act, methods=["POST"]),
        Route("/sandbox/api/{act:str}", page.chat_act, methods=["POST"]),
        Mount("/sandbox/static", StaticFiles(directory=HERE / "static")),
    ]


class _Page:
    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._acts = ChatActs(panel)
        loader = FileSystemLoader(HERE / "templates")
        self._template = Environment(loader=loader, autoescape=True).get_template("chat.html")

    async def show(self, _request: Request) -> Response:
        text = self._template.render(
            channel=self._panel.talk.channel_name,
            console=self._panel.places.console,
            wam=self._panel.places.wam,
            missing=not_simulated(),
        )
        return HTMLResponse(text, headers=_NO_STORE | {"content-security-policy": CSP})

    async def launch(self, request: Request) -> Response:
        try:
            url = self._panel.launch_url(request.query_params.get("user", ""))
        except ActRefused as refused:
            return HTMLResponse(str(refused), 404, headers=_NO_STORE)
        return RedirectResponse(url, 302, headers=_NO_STORE)

    async def state(self, request: Request) -> Response:
        """204 when nothing has happened since the version that the page has `seen`."""
        state = self._acts.state(request.query_params.get("seen", ""))
        return Response(status_code=204, headers=_NO_STORE) if state is None else _json(state)

    async def inbox(self, _request: Request) -> Response:
        return _json({"messages": self._panel.phone.inbox()})

    async def panel_state(self, _request: Request) -> Response:
        return _json(panel_view(self._panel))

    async def panel_act(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _refused("JSON이 아닙니다.")
        try:
            said = await self._panel.act(body)
        except ActRefused as refused:
            return _refused(str(refused))
        return _json({"said": said, "panel": panel_view(self._panel)})

    async def chat_act(self, request: Request) -> Response:
        """A command, a call of a screen, a message: `{"result"}` or the error envelope, both as 200."""
        body = await _body(request)
        if body is None:
            return _refused("JSON이 아닙니다.")
        try:
            return _json({"result": await self._acts.do(request.path_params["act"], body)})
        except (FunctionFailed, NativeRefused) as failed:
            return _json(failed.envelope())
        except ActRefused as refused:
            return _refused(str(refused))


async def _body(request: Request) -> dict[str, Any] | None:
    """JSON only: another site's form cannot send that without asking first."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return None
    raw = await request.body()
    try:
        body = orjson.loads(raw) if len(raw) <= MOST_BYTES else None
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, _NO_STORE, "application/json")


def _refused(text: str) -> Response:
    return _json({"refused": text}, 400)
