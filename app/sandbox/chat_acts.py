"""What a client of Channel Talk does for the person who sits at it: type, run a command, serve a screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.sandbox.channel import native
from app.sandbox.channel.errors import FunctionFailed, NativeRefused, forbidden
from app.sandbox.channel.functions import Caller
from app.sandbox.channel.message import PRIVATE
from app.sandbox.channel.native_names import CHANNEL_CALLS
from app.sandbox.channel.people import Chat
from app.sandbox.channel.view import chat_view
from app.sandbox.panel import ActRefused, Panel
from app.sandbox.panel_view import persona_view

Body = dict[str, Any]
MOST_CHARACTERS = 2000


class ChatActs:
    """Both sides of the page: `front` is the customer, `desk` the manager."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._talk = panel.talk
        self._acts: dict[str, Callable[[Body], Awaitable[Any]]] = {
            "message": self._say,
            "command": self._command,
            "call": self._call,
            "native": self._native,
        }

    async def do(self, act: str, body: Body) -> Any:
        doing = self._acts.get(act)
        if doing is None:
            raise ActRefused("모르는 동작입니다.")
        return await doing(body)

    def state(self, seen: str) -> Body | None:
        """Both sides as they are now; None when the page has seen just that."""
        panel, talk = self._panel, self._talk
        front = panel.front_chat()
        version = f"{talk.version}.{panel.version}"
        if seen == version:
            return None
        host = {"appId": talk.portal.app_id, "channelId": talk.channel_id, "appearance": panel.appearance}
        return {
            "version": version,
            "language": panel.language,
            "persona": persona_view(panel.persona),
            "manager": {"id": panel.manager.id, "name": panel.manager.name},
            "host": host,
            "front": {"chat": chat_view(front, desk=False), "commands": self._menu("front")},
            "desk": {
                "chats": [chat_view(chat, desk=True) for chat in reversed(talk.chats.values())],
                "commands": self._menu("desk"),
            },
        }

    def _menu(self, scope: str) -> list[Body]:
        """The slash menu in the language of the moment."""
        rows = []
        for command in self._talk.commands(scope):
            words = (command.get("nameDescI18nMap") or {}).get(self._panel.language, {})
            button = (command.get("buttonNameI18nMap") or {}).get(self._panel.language, {})
            name = words.get("name", command["name"])
            rows.append(
                {
                    "name": command["name"],
                    "shown": name,
                    "description": words.get("description", command.get("description", "")),
                    "button": button.get("name") or command.get("buttonName") or name,
                    "params": [param["name"] for param in command.get("paramDefinitions") or []],
                }
            )
        return rows

    async def _say(self, body: Body) -> Any:
        text = body.get("text")
        if not isinstance(text, str) or not text.strip() or len(text) > MOST_CHARACTERS:
            raise ActRefused("보낼 글이 없습니다.")
        dto: Body = {"plainText": text.strip()}
        if _side(body) == "front":
            user = self._panel.persona.user
            self._talk.write(
                self._panel.front_chat(), dto, person_type="user", person_id=user.id, name=user.name
            )
            return {}
        if body.get("private") is True:
            dto["options"] = [PRIVATE]
        manager = self._panel.manager
        chat = self._chat(body)
        self._talk.write(chat, dto, person_type="manager", person_id=manager.id, name=manager.name)
        return {}

    async def _command(self, body: Body) -> Any:
        """Typed, or pressed as a button of a message; the action's result decides what happens next."""
        side, name = _side(body), body.get("name")
        commands = {command["name"]: command for command in self._talk.commands(side)}
        if name not in commands:
            raise NativeRefused(3, "notFound", f"no command {name!r}")
        chat = self._chat(body)
        self._panel.mall.reset_calls()
        attributes = {"chatTitle": chat.title, "isPrivate": "false"} if side == "desk" else None
        params = {
            "chat": {"type": chat.type, "id": chat.id},
            "trigger": {"type": "command", "attributes": attributes},
            "input": body.get("input") or None,  # the broker sends null for what is not there
            "language": self._panel.language,
        }
        result = await self._run(side, chat, commands[name]["actionFunctionName"], params)
        self._after_action(side, chat, result)
        return result

    async def _call(self, body: Body) -> Any:
        """`callFunction` of a screen: a normal signed call with the real caller."""
        if body.get("appId") not in {self._talk.portal.app_id, None}:
            raise NativeRefused(3, "notFound", "no such app")
        name = str(body.get("name"))
        if not self._talk.installed:
            raise forbidden("the app is not installed in this channel")
        if name not in self._talk.registered.functions:
            raise NativeRefused(-32601, "methodNotFound", f"{name} is not in discovery")
        return await self._run(_side(body), self._chat(body), name, body.get("params"))

    async def _native(self, body: Body) -> Any:
        """`callNativeFunction` with the rights of the person at the screen."""
        name = str(body.get("name"))
        params = body.get("params")
        if name not in CHANNEL_CALLS & self._talk.portal.permissions or not isinstance(params, dict):
            raise forbidden(f"{name} is not permitted")
        wanted = "AsManager" if _side(body) == "desk" else "AsUser"
        if name.startswith("write") and not name.endswith(wanted):
            raise forbidden(f"{name} needs another caller")
        if _side(body) == "front" and params.get("userChatId") != self._chat(body).id:
            raise forbidden("a customer reaches only their own chat")
        if params.get("channelId") != self._talk.channel_id:
            raise forbidden("channelId is not this channel")
        return native.answer(self._talk, name, params)

    async def _run(self, side: str, chat: Chat, function: str, params: Any) -> Any:
        panel = self._panel
        if side == "desk":
            caller = Caller("manager", panel.manager.id)
            return await self._talk.call_function(function, params, caller=caller, language=panel.language)
        user = panel.persona.user
        return await self._talk.call_function(
            function, params, caller=Caller("user", user.id), user=user, chat=chat, language=panel.language
        )

    def _after_action(self, side: str, chat: Chat, result: Any) -> None:
        """A `text` becomes a message (how the real client shows it is not public); a `wam` must be whole."""
        if not isinstance(result, dict):
            raise FunctionFailed(1, "offProtocol", "an action answers an object")
        attributes = result.get("attributes") or {}
        if result.get("type") == "text":
            dto: Body = {"plainText": str(attributes.get("message", ""))}
            if side == "desk":
                dto["options"] = [PRIVATE]
            self._talk.write(chat, dto, person_type="bot", person_id=None, name="주문 도우미")
        elif result.get("type") == "wam":
            right_app = attributes.get("appId") == self._talk.portal.app_id
            if not right_app or not isinstance(attributes.get("name"), str):
                raise FunctionFailed(1, "offProtocol", "a wam action needs appId and name")

    def _chat(self, body: Body) -> Chat:
        """The customer has one chat; the manager says which."""
        if _side(body) == "front":
            return self._panel.front_chat()
        chat = self._talk.chats.get(str(body.get("chatId")))
        if chat is None:
            raise ActRefused("모르는 대화입니다.")
        return chat


def _side(body: Body) -> str:
    return "desk" if body.get("side") == "desk" else "front"
