"""The `command` extension: which commands there are, and the action that opens a command's screen."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import Field

from app.clock import Clock
from app.keys import KeyRing
from app.ports import Call, Chats, ChatUser, Connection, ConnectionOf, Function, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Unavailable
from commands.kernel.spec import CommandSpec
from commands.kernel.who import ChannelId
from commands.shapes import Params

from .agent import ActionResult, AgentAnswers
from .chat_token import chat_token
from .command_entries import CommandList, Scope, entry, takes_reason
from .discovery import NoParams

GET_COMMANDS = "extension.command.metadata.getCommands"
USER_CHAT = "userChat"
IDENTITY_SCREEN = "identity"
SURFACE_OF: dict[Scope, Surface] = {"front": Surface.USER, "desk": Surface.MANAGER}
LONGEST_REASON = 200


class Chat(Params):
    type: str = ""
    id: str = Field("", max_length=200)


class OpenParams(Params):
    """What AppStore sends when a command is run. UNKNOWN: the names of the two members that bring the answers to our
    questions, and where they stand (CHANNEL.md §8); `answers_given` looks in both places.
    """

    chat: Chat | None = None
    trigger: dict[str, Any] | None = None
    input: dict[str, Any] | None = None
    language: str | None = None
    continuation_token: str | None = Field(None, max_length=8_192)
    answers: dict[str, Any] | None = None

    @property
    def answers_given(self) -> tuple[Any, Any]:
        inside = self.input or {}
        return (
            self.continuation_token or inside.get("continuationToken"),
            self.answers or inside.get("answers"),
        )


CustomerOfChat = Callable[[ChannelId, str], Awaitable[ChatUser | None]]
IsIdentified = Callable[[Call, Connection, CommandSpec], Awaitable[bool]]


class CommandExtension:
    """`require(call, command)` raises `notConnected` or `commandOff`; `is_identified` asks who the user is."""

    def __init__(
        self,
        commands: Sequence[CommandSpec],
        *,
        app_id: str,
        keys: KeyRing,
        clock: Clock,
        chats: Chats,
        connection_of: ConnectionOf,
        require: Callable[[Call, CommandSpec], Awaitable[Connection]],
        is_identified: IsIdentified,
        customer_of_chat: CustomerOfChat,
        agent: AgentAnswers,
    ) -> None:
        self._commands = commands
        self._app_id = app_id
        self._keys = keys
        self._clock = clock
        self._chats = chats
        self._connection_of = connection_of
        self._require = require
        self._is_identified = is_identified
        self._customer_of_chat = customer_of_chat
        self._agent = agent

    def functions(self) -> list[Function]:
        listing = Function(
            GET_COMMANDS,
            NoParams,
            CommandList,
            self._get_commands,
            frozenset(Surface),
            "The commands we serve",
        )
        return [listing, *(self._open_function(command) for command in self._commands)]

    async def _get_commands(self, call: Call, _params: NoParams) -> CommandList:
        """Without a channel (registration) all; with a known one, what its connection serves."""
        connection = await self._connection_of(call.channel_id) if call.channel_id else None
        served = [c for c in self._commands if connection is None or is_on(connection, c)]
        return CommandList(commands=[entry(c, scope) for c in served for scope in c.scopes])

    def _open_function(self, command: CommandSpec) -> Function:
        async def run(call: Call, params: OpenParams) -> ActionResult:
            return await self._open(call, command, params)

        surfaces = frozenset(SURFACE_OF[scope] for scope in command.scopes)
        return Function(f"{command.name}.open", OpenParams, ActionResult, run, surfaces)

    async def _open(self, call: Call, command: CommandSpec, params: OpenParams) -> ActionResult:
        order_id = _order_id(params) or self._agent.answered(call, command, params.answers_given)
        arguments: dict[str, Any] = {"language": call.language.value}
        if order_id and command.order_screen:
            arguments |= {"screen": command.order_screen, "orderId": order_id} | _reason(command, params)
        chat_id = _chat_id(call, params)
        if call.surface is Surface.MANAGER:
            return self._wam(command.name, arguments | self._chat_token(call, chat_id))
        if chat_id and await self._is_in_chat(call, chat_id):
            await self._chats.remember(call.channel_id, call.caller_id, chat_id, self._clock())
        connection = await self._require(call, command)
        if await self._is_identified(call, connection, command):
            told = await self._agent.tells(call, command, params.trigger, order_id)
            return told or self._wam(command.name, arguments)
        following = {"nextCommand": command.name, "nextScreen": arguments.pop("screen", command.first_screen)}
        return self._wam(IDENTITY_SCREEN, arguments | following)

    async def _is_in_chat(self, call: Call, chat_id: str) -> bool:
        """What is only in the params came through the customer's own client: Channel says whose chat it is."""
        if call.user_chat_id:
            return True
        try:
            customer = await self._customer_of_chat(call.channel_id, chat_id)
        except Unavailable:
            return False
        return customer is not None and customer.id == call.caller_id

    def _chat_token(self, call: Call, chat_id: str | None) -> dict[str, str]:
        if not chat_id:
            raise Failure(FailureType.NOT_IDENTIFIED, "this command needs a chat with a customer")
        token = chat_token(
            self._keys,
            channel_id=call.channel_id,
            manager_id=call.caller_id,
            chat_id=chat_id,
            now=self._clock(),
        )
        return {"chatToken": token}

    def _wam(self, name: str, arguments: dict[str, Any]) -> ActionResult:
        return ActionResult(
            type="wam", attributes={"appId": self._app_id, "name": name, "wamArgs": arguments}
        )


def is_on(connection: Connection, command: CommandSpec) -> bool:
    switches = connection.settings.get("commands") or {}
    return bool(switches.get(command.name, True))


def _order_id(params: OpenParams) -> str | None:
    value = (params.input or {}).get("orderId")
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    return text[:40] or None


def _reason(command: CommandSpec, params: OpenParams) -> dict[str, str]:
    """What the customer said on why, for the form of commands that ask for it."""
    value = (params.input or {}).get("reason") if takes_reason(command) else None
    text = " ".join(value.split())[:LONGEST_REASON] if isinstance(value, str) else ""
    return {"text": text} if text else {}


def _chat_id(call: Call, params: OpenParams) -> str | None:
    """A customer writes in user chats only, and the signed context outranks the params."""
    if call.user_chat_id:
        return call.user_chat_id
    chat = params.chat
    return chat.id or None if chat and chat.type == USER_CHAT else None
