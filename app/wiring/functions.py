"""Channel's side of the composition: its client, the commands' Functions, and what its lifecycle hooks lead to."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from app.cafe24.binding import GONE
from app.channel.client import ChannelClient
from app.channel.conversation import ChannelConversation
from app.channel.hooks import ConfigSaved, hook_functions
from app.evidence.words import shell_words as photo_words
from app.identity.sessions import Sessions
from app.ports import Asking, Call, Connection, ConnectionState, Function, Surface
from app.wiring.base import Base
from commands.explain import WORDS
from commands.kernel.spec import CommandSpec, FunctionSpec
from commands.kernel.who import ChannelId, Language
from commands.receipt import RECEIPT

AWAY = "channel_away"
"""A mark in `Once`, by channel: our app was removed from it, and its working connection was put to sleep."""
AWAY_LIFE = timedelta(days=3650)


def channel_client(base: Base) -> ChannelClient:
    settings = base.settings
    return ChannelClient(
        base.client,
        base.store.channel_tokens,
        base.clock,
        base_url=settings.channel_appstore_url,
        app_id=settings.channel_app_id,
        secret=settings.channel_app_secret.get_secret_value(),
        on_call=partial(base.metrics.outside, "channel"),
    )


def command_functions(commands: Sequence[CommandSpec], asking: Asking) -> list[Function]:
    own = [_bound(command, spec, asking) for command in commands for spec in command.functions]
    return [*own, _bound(None, RECEIPT, asking)]


def _bound(command: CommandSpec | None, spec: FunctionSpec, asking: Asking) -> Function:
    """A command's Function, asked by whoever the signed context names."""

    async def run(call: Call, params: Any) -> Any:
        return await spec.run(await asking.ask(call, command, params.chat_token), params)

    surfaces = frozenset(Surface(kind.value) for kind in spec.callers)
    return Function(spec.name, spec.params, spec.result, run, surfaces)


def channel_lifecycle(
    base: Base, sessions: Sessions, conversation: ChannelConversation, config_saved: ConfigSaved
) -> list[Function]:
    """Removing the app from a channel ends its sessions and tokens; its connection waits for a return. A return
    wakes only what the removal put to sleep: hooks come twice, and a mall suspends its shops for its own reasons.
    """
    store, book, clock = base.store, base.book, base.clock

    async def installed(channel_id: ChannelId) -> None:
        conversation.forget(channel_id)
        if await store.once.take(AWAY, channel_id, clock()) is None:
            return
        connection = await store.connections.of_channel(channel_id)
        if connection and connection.state is ConnectionState.SUSPENDED:
            await _set(connection, await _state_of_mall(connection))

    async def uninstalled(channel_id: ChannelId) -> None:
        await sessions.end_all(channel_id)
        await store.channel_tokens.drop(channel_id)
        conversation.forget(channel_id)
        connection = await store.connections.of_channel(channel_id)
        if connection and connection.state is not ConnectionState.SUSPENDED:
            now = clock()
            await store.once.first(AWAY, channel_id, now, now + AWAY_LIFE)
            await _set(connection, ConnectionState.SUSPENDED)

    async def toggled(channel_id: ChannelId) -> None:
        book.forget(channel_id)

    async def _state_of_mall(connection: Connection) -> ConnectionState:
        """A shop that its mall has closed meanwhile stays closed."""
        mall_id = connection.shop.mall_id
        if await store.once.peek(GONE, mall_id, clock()) is not None:
            return ConnectionState.SUSPENDED
        alive = await store.mall_tokens.get(mall_id) is not None
        return ConnectionState.CONNECTED if alive else ConnectionState.RECONNECT

    async def _set(connection: Connection, state: ConnectionState) -> None:
        await store.connections.set_state(connection.shop.mall_id, connection.shop.shop_no, state)
        book.forget(connection.shop.channel_id)

    return hook_functions(
        installed=installed, uninstalled=uninstalled, toggled=toggled, config_saved=config_saved
    )


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
        language.value: {
            **{html: WORDS.say(language, f"shell.{key}") for html, key in names.items()},
            **photo_words(language),
        }
        for language in Language
    }
