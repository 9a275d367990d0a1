"""The Functions of the commands, and what follows from Channel's lifecycle hooks."""

from collections.abc import Sequence
from typing import Any

from app.channel.conversation import ChannelConversation
from app.channel.hooks import hook_functions
from app.identity.sessions import Sessions
from app.ports import Asking, Call, ConnectionState, Function, Surface
from app.shops.book import ConnectionBook
from app.store.store import Store
from commands.explain import WORDS
from commands.kernel.spec import CommandSpec, FunctionSpec
from commands.kernel.who import ChannelId, Language


def command_functions(commands: Sequence[CommandSpec], asking: Asking) -> list[Function]:
    return [_bound(command, spec, asking) for command in commands for spec in command.functions]


def _bound(command: CommandSpec, spec: FunctionSpec, asking: Asking) -> Function:
    """A command's Function, asked by whoever the signed context names."""

    async def run(call: Call, params: Any) -> Any:
        return await spec.run(await asking.ask(call, command, params.chat_token), params)

    surfaces = frozenset(Surface(kind.value) for kind in spec.callers)
    return Function(spec.name, spec.params, spec.result, run, surfaces)


def channel_lifecycle(
    store: Store, sessions: Sessions, book: ConnectionBook, conversation: ChannelConversation
) -> list[Function]:
    """Removing the app from a channel ends its sessions and tokens; its connection waits for a return."""

    async def installed(channel_id: ChannelId) -> None:
        await _set(channel_id, ConnectionState.SUSPENDED, ConnectionState.CONNECTED)

    async def uninstalled(channel_id: ChannelId) -> None:
        await sessions.end_all(channel_id)
        await store.channel_tokens.drop(channel_id)
        conversation.forget(channel_id)
        await _set(channel_id, ConnectionState.CONNECTED, ConnectionState.SUSPENDED)

    async def toggled(channel_id: ChannelId) -> None:
        book.forget(channel_id)

    async def _set(channel_id: ChannelId, was: ConnectionState, becomes: ConnectionState) -> None:
        connection = await store.connections.of_channel(channel_id)
        if connection and connection.state is was:
            await store.connections.set_state(connection.shop.mall_id, connection.shop.shop_no, becomes)
        book.forget(channel_id)

    return hook_functions(installed=installed, uninstalled=uninstalled, toggled=toggled)


def shell_words() -> dict[str, dict[str, str]]:
    """The few sentences that the shell itself must say, as `data-` names of its templates."""
    names = {
        "trouble-title": "troubleTitle",
        "trouble": "trouble",
        "again": "again",
        "outside": "outside",
        "time-left": "timeLeft",
    }
    return {
        language.value: {html: WORDS.say(language, f"shell.{key}") for html, key in names.items()}
        for language in Language
    }
