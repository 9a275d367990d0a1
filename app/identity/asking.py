"""Turns a signed call into a question: which shop, which customer, on whose behalf (DESIGN §4)."""

from collections.abc import Awaitable, Callable

from app.clock import Clock
from app.ports import Call, Connection, ConnectionOf, ConnectionState, Surface
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import Choices
from commands.kernel.spec import Ask, CommandSpec, Ports
from commands.kernel.who import Caller, CallerKind, Customer, Language

CustomerOf = Callable[[Call, Connection], Awaitable[Customer | None]]
CustomerOfChat = Callable[[Connection, str], Awaitable[Customer | None]]
ChatOf = Callable[[Call, str | None], str | None]


class AskingPeople:
    """Implements `ports.Asking`. `chat_of` opens a manager's chat token."""

    def __init__(
        self,
        *,
        connection_of: ConnectionOf,
        customer_of: CustomerOf,
        customer_of_chat: CustomerOfChat,
        chat_of: ChatOf,
        choices_of: Callable[[Connection], Choices],
        ports: Ports,
        clock: Clock,
    ) -> None:
        self._connection_of = connection_of
        self._customer_of = customer_of
        self._customer_of_chat = customer_of_chat
        self._chat_of = chat_of
        self._choices_of = choices_of
        self._ports = ports
        self._clock = clock

    async def require(self, call: Call, command: CommandSpec) -> Connection:
        """The connection that serves this command. Raises `Failure(notConnected | commandOff)`."""
        connection, _ = await self._serving(call, command)
        return connection

    async def _serving(self, call: Call, command: CommandSpec | None) -> tuple[Connection, Choices]:
        connection = await self._connection_of(call.channel_id) if call.channel_id else None
        if connection is None:
            raise Failure(FailureType.NOT_CONNECTED, WORDS.say(call.language, "failure.notConnected"))
        if connection.state is not ConnectionState.CONNECTED:
            sentence = WORDS.say(language_of(call, connection), "failure.suspended")
            raise Failure(FailureType.NOT_CONNECTED, sentence, state=connection.state.value)
        choices = self._choices_of(connection)
        if command and command.name not in choices.commands_on:
            sentence = WORDS.say(language_of(call, connection), "failure.commandOff")
            raise Failure(FailureType.COMMAND_OFF, sentence, settingPath=f"commands.{command.name}")
        return connection, choices

    async def is_identified(self, call: Call, connection: Connection, _command: CommandSpec) -> bool:
        return await self._customer_of(call, connection) is not None

    async def ask(self, call: Call, command: CommandSpec | None, chat_token: str | None) -> Ask:
        connection, choices = await self._serving(call, command)
        if call.surface is Surface.MANAGER:
            kind, chat_id = CallerKind.MANAGER, self._chat_of(call, chat_token)
            customer = await self._customer_of_chat(connection, chat_id) if chat_id else None
        else:
            kind, chat_id = CallerKind.USER, call.user_chat_id
            customer = await self._customer_of(call, connection)
        if customer is None:
            key = "customerUnknown" if kind is CallerKind.MANAGER else "notIdentified"
            sentence = WORDS.say(language_of(call, connection), f"failure.{key}")
            raise Failure(FailureType.NOT_IDENTIFIED, sentence)
        return Ask(
            shop=connection.shop,
            customer=customer,
            caller=Caller(kind, call.caller_id),
            language=language_of(call, connection),
            now=self._clock(),
            choices=choices,
            ports=self._ports,
            chat_id=chat_id,
        )


def language_of(call: Call, connection: Connection) -> Language:
    """The person's own if Channel told us one of ours, else the shop's."""
    if call.language_given:
        return call.language
    chosen = connection.settings.get("language")
    return Language(chosen) if chosen in set(Language) else Language.KO
