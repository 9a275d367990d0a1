"""The simulated channel: its people and chats, its one installed app, and the calls to that app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.sandbox.channel.errors import FunctionFailed, absent
from app.sandbox.channel.functions import SYSTEM, AppEndpoint, Caller
from app.sandbox.channel.message import Message
from app.sandbox.channel.native_names import NATIVE_NAMES
from app.sandbox.channel.people import Chat, Manager, User
from app.sandbox.channel.tokens import AppTokens
from app.sandbox.faults import Faults

NOT_SIMULATED = (
    "command, hook이 아닌 확장의 메타데이터 검사 (등록만 받습니다)",
    "명령의 자동완성과 needsUserInput 질문 (ALF 화면)",
    "ALF(AI 상담원)의 판단과 말투",
    "상담 배정·태그·상담 종료 뒤 처리, 파일 올리기, 메시지 수정 표시",
    "실제 채널톡의 WAM 전송 방식과 화면 크기 제한 (같은 출처의 iframe을 씁니다)",
    "채널톡 서버의 재시도와 시간 제한 (공개되지 않아 10초로 둡니다)",
    "훅의 params 형식 (공개되지 않아 최소한만 보냅니다)",
)


@dataclass(frozen=True, slots=True)
class Portal:
    """What the developer typed into, or got from, the app portal."""

    app_id: str
    app_secret: str
    permissions: frozenset[str] = NATIVE_NAMES


@dataclass(slots=True)
class Registered:
    """What the app has told about itself so far."""

    functions: tuple[str, ...] = ()
    commands: list[dict[str, Any]] = field(default_factory=list)
    hooks: dict[str, str] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=list)


class ChannelTalk:
    """One channel, one app. Everything that a call or the panel may change."""

    def __init__(
        self,
        portal: Portal,
        endpoint: AppEndpoint,
        *,
        now: Callable[[], datetime],
        channel_id: str = "ch-hanok",
        channel_name: str = "한옥상점",
        managers: tuple[Manager, ...] = (
            Manager("mgr-jiwoo", "한지우", "jiwoo@hanok.example"),
            Manager("mgr-doyun", "서도윤", "doyun@hanok.example"),
        ),
    ) -> None:
        self.portal = portal
        self.endpoint = endpoint
        self.now = now
        self.channel_id = channel_id
        self.channel_name = channel_name
        self.managers = {manager.id: manager for manager in managers}
        self.users: dict[str, User] = {}
        self.chats: dict[str, Chat] = {}
        self.tokens = AppTokens(now, portal.app_id, portal.app_secret)
        self.registered = Registered()
        self.hidden: set[tuple[str, str]] = set()
        self.faults = Faults()
        self.context_names_user = True
        self.installed = True
        self.other_apps: dict[str, Callable[[str, dict[str, Any]], Any]] = {}
        self.version = 0
        self.open_chat(Chat("group-orders", "group", "주문 알림", manager_ids=list(self.managers)))
        self._by_request: dict[tuple[str, str], Message] = {}
        self._count = 0

    def open_chat(self, chat: Chat) -> Chat:
        """The chat of this id, opened now if it is new."""
        self.version += 1
        return self.chats.setdefault(chat.id, chat)

    def chat(self, chat_id: object, kind: str) -> Chat:
        chat = self.chats.get(chat_id) if isinstance(chat_id, str) else None
        if chat is None or chat.type != kind:
            raise absent(kind)
        return chat

    def user(self, user_id: object) -> User:
        user = self.users.get(user_id) if isinstance(user_id, str) else None
        if user is None:
            raise absent("user")
        return user

    def write(
        self, chat: Chat, dto: dict[str, Any], *, person_type: str, person_id: str | None, name: str
    ) -> Message:
        """Adds a checked message; one `requestId` in one chat makes one message."""
        request_id = dto.get("requestId")
        if request_id is not None and (known := self._by_request.get((chat.id, request_id))):
            return known
        self._count += 1
        message = Message(
            id=f"msg-{self._count}",
            chat_id=chat.id,
            chat_type=chat.type,
            person_type=person_type,
            person_id=person_id,
            name=name,
            at=self.now(),
            blocks=dto.get("blocks", []),
            plain_text=dto.get("plainText", ""),
            buttons=dto.get("buttons", []),
            files=dto.get("files", []),
            options=dto.get("options", []),
            request_id=request_id,
        )
        chat.messages.append(message)
        if request_id is not None:
            self._by_request[chat.id, request_id] = message
        self.version += 1
        return message

    def commands(self, scope: str) -> list[dict[str, Any]]:
        """What a client of this scope may type."""
        if not self.installed:
            return []
        shown = (command for command in self.registered.commands if command["scope"] == scope)
        return [command for command in shown if (scope, command["name"]) not in self.hidden]

    async def call_function(
        self,
        method: str,
        params: Any,
        *,
        caller: Caller,
        user: User | None = None,
        chat: Chat | None = None,
        language: str | None = None,
        channel_id: str | None = None,
    ) -> Any:
        """One signed call with the context that this caller has. Raises `FunctionFailed`."""
        context: dict[str, Any] = {
            "caller": {"type": caller.type, "id": caller.id},
            "channel": {"id": self.channel_id if channel_id is None else channel_id},
        }
        if caller.type == "user" and self.context_names_user:
            context["user"] = user.context(self.channel_id) if user else None
            context["userChat"] = chat.context() if chat else None
        if language is not None:
            context["language"] = language
        return await self.endpoint.call(method, params, context)

    async def send_hook(self, kind: str, params: dict[str, Any] | None = None) -> str | None:
        """Calls the app's handler for a lifecycle event; the name of what went wrong, or None."""
        function = self.registered.hooks.get(kind)
        if function is None:
            return "notRegistered"
        try:
            await self.call_function(function, params or {}, caller=SYSTEM)
        except FunctionFailed as failed:
            return failed.kind or str(failed.code)
        return None

    async def install(self) -> str | None:
        self.installed = True
        self.version += 1
        return await self.send_hook("app.installed")

    async def uninstall(self) -> str | None:
        """Tokens of the channel die first: what the app still does then must fail."""
        self.installed = False
        self.tokens.end(self.channel_id)
        self.version += 1
        return await self.send_hook("app.uninstalled")

    async def toggle(self, scope: str, name: str, *, shown: bool) -> str | None:
        """A manager shows or hides a command."""
        (self.hidden.discard if shown else self.hidden.add)((scope, name))
        self.version += 1
        # The members of this hook are not public: these three are a guess (ASSUMPTION).
        return await self.send_hook("command.toggle", {"name": name, "scope": scope, "enabled": shown})
