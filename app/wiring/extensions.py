"""The official extensions beside `command` and `hook`, and who asks when the platform itself calls."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.channel.chat_token import chat_token
from app.channel.suggestions import AskOf
from app.clock import Clock
from app.extensions.authorization import authorization_function
from app.extensions.commerce import ORDERS, CommerceExtension
from app.extensions.config_screen import BY, ConfigScreen
from app.extensions.custom_tab import CustomTabs
from app.keys import KeyRing
from app.ports import Asking, Call, Connection, ConnectionState, Function, PendingClaims, Surface
from app.shops.keeping import SettingsKeeper
from app.shops.settings import choices_of, patched
from app.wiring.base import Base
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.spec import Ask, CommandSpec
from commands.kernel.who import ChannelId, Language


def asks_in_chats(asking: Asking, keys: KeyRing, clock: Clock) -> AskOf:
    """For calls without a chat token: a manager asks for the customer of the chat that the signed context names, the
    platform itself for the user whom it names. Raises `Failure(notIdentified)` where it names nobody.
    """

    async def ask_of(call: Call, command: CommandSpec | None) -> Ask:
        if call.surface is Surface.MANAGER and call.user_chat_id:
            return await asking.ask(call, command, token_for(keys, clock, call, call.user_chat_id))
        if call.surface is Surface.SYSTEM:
            if call.user is None:
                sentence = WORDS.say(call.language, "failure.notIdentified")
                raise Failure(FailureType.NOT_IDENTIFIED, sentence)
            call = replace(call, surface=Surface.USER, caller_id=call.user.id)
        return await asking.ask(call, command, None)

    return ask_of


def token_for(keys: KeyRing, clock: Clock, call: Call, chat_id: str) -> str:
    return chat_token(
        keys, channel_id=call.channel_id, manager_id=call.caller_id, chat_id=chat_id, now=clock()
    )


@dataclass(frozen=True, slots=True)
class ExtensionSide:
    commerce: CommerceExtension
    config: ConfigScreen
    tabs: CustomTabs

    def functions(self) -> list[Function]:
        commerce = self.commerce.functions()
        guarded = [function.name for function in commerce if function.name.startswith(ORDERS)]
        return [
            *commerce,
            authorization_function(guarded),
            *self.config.functions(),
            *self.tabs.functions(),
        ]


def extension_side(
    base: Base,
    commands: Sequence[CommandSpec],
    ask_of: AskOf,
    keeper: SettingsKeeper,
    claims: PendingClaims,
) -> ExtensionSide:
    book, clock = base.book, base.clock
    by_name = {command.name: command for command in commands}

    async def served_to(call: Call) -> frozenset[str]:
        """Everything at registration, when no channel is named; nothing while a shop is not connected."""
        connection = await book.of_channel(call.channel_id) if call.channel_id else None
        if connection is None:
            return frozenset(by_name)
        connected = connection.state is ConnectionState.CONNECTED
        return choices_of(connection).commands_on if connected else frozenset()

    async def change(channel_id: ChannelId, patch: dict[str, Any], language: Language) -> object:
        return await keeper.change(
            channel_id, patch, version=None, by=BY, language=language, may=_saved_by_the_platform
        )

    def chat_token_of(call: Call, chat_id: str) -> str:
        return token_for(base.keys, clock, call, chat_id)

    return ExtensionSide(
        commerce=CommerceExtension(
            by_name, ask_of=ask_of, served_to=served_to, claims=claims, once=base.store.once, clock=clock
        ),
        config=ConfigScreen(book.of_channel, patched, change),
        tabs=CustomTabs(base.settings.channel_app_id, chat_token_of),
    )


def _saved_by_the_platform(_connection: Connection) -> None:
    """The AppStore's screen is open to those managers whom the channel lets into its app settings; whose hand it was
    the hook does not say, and so the screen shows only what is no question of power (config_fields.py).
    """
