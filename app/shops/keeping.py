"""Changing settings: the one way, for `settings.update` and for the console."""

from collections.abc import Callable

from app.clock import Clock
from app.ports import Audit, AuditLine, Connection, Connections
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId, Language

from .settings import Patch, changed_keys, chosen, patched, settings_of

ATTEMPTS = 3
May = Callable[[Connection], None]


class SettingsKeeper:
    """`forget`: the settings changed, so drop what this process remembers of the channel."""

    def __init__(
        self, connections: Connections, audit: Audit, clock: Clock, *, forget: Callable[[ChannelId], None]
    ) -> None:
        self._connections = connections
        self._audit = audit
        self._clock = clock
        self._forget = forget

    async def change(
        self,
        channel_id: ChannelId,
        patch: Patch,
        *,
        version: int | None,
        by: str,
        language: Language,
        may: May,
    ) -> Connection:
        """Without `version` the patch is merged into whatever there is now; with it, `conflict` when changed.
        A patch that changes nothing conflicts with nothing: the same call may arrive twice. `may` raises for whoever
        is no admin, and is asked anew of what was read. Raises `notConnected`, `invalidParams`.
        """
        for _ in range(ATTEMPTS):
            connection = await self._connected(channel_id, language)
            may(connection)
            settings, kept = patched(connection, patch)
            before = chosen(settings_of(connection))
            changed = changed_keys(before, settings) + changed_keys(connection.secrets, kept)
            if not changed:
                return connection
            if version not in {None, connection.version}:
                break
            stored = await self._connections.change_settings(
                channel_id, seen=connection.version, settings=settings, secrets=kept
            )
            if stored is not None:
                await self._note(connection, changed, by)
                return await self._connected(channel_id, language)
        sentence = WORDS.say(language, "manager.settings.conflict")
        raise Failure(FailureType.CONFLICT, sentence, version=connection.version)

    async def _connected(self, channel_id: ChannelId, language: Language) -> Connection:
        connection = await self._connections.of_channel(channel_id)
        if connection is None:
            raise Failure(FailureType.NOT_CONNECTED, WORDS.say(language, "manager.connect.text"))
        return connection

    async def _note(self, connection: Connection, changed: list[str], by: str) -> None:
        self._forget(connection.shop.channel_id)
        line = AuditLine(
            channel_id=connection.shop.channel_id,
            mall_id=connection.shop.mall_id,
            act="settings.update",
            by=by,
            subject="settings",
            at=self._clock(),
            facts={"changed": ", ".join(changed)},
        )
        await self._audit.add(line)
