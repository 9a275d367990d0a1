"""An admin says that Channel's 회원 해시 is on, or takes it back (DESIGN §4.1)."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from app.clock import Clock
from app.ports import Audit, AuditLine, Connection, Connections
from commands.kernel.who import ChannelId

from .pages import go
from .rights import Shown
from .visits import Visit

Patched = Callable[[Connection, dict[str, Any]], tuple[Mapping[str, Any], Mapping[str, str]]]
SETTING = "identity.memberHashConfirmed"


class MemberHash:
    """`forget`: the settings changed, so drop what this process remembers of the channel."""

    def __init__(
        self,
        *,
        connections: Connections,
        audit: Audit,
        clock: Clock,
        patched: Patched,
        shown: Shown,
        forget: Callable[[ChannelId], None],
    ) -> None:
        self._connections = connections
        self._audit = audit
        self._clock = clock
        self._patched = patched
        self._shown = shown
        self._forget = forget

    async def change(self, visit: Visit) -> Response:
        """The form names the version that its admin saw: settings that changed since are shown first."""
        connection, wanted = visit.connection, visit.form.get("confirmed")
        if connection is None or wanted not in {"yes", "no"}:
            return go("/console/connection")
        confirmed = wanted == "yes"
        if self._is_confirmed(connection) is not confirmed:
            if visit.form.get("version") != str(connection.version):
                return go("/console/connection?done=hashChanged")
            if not await self._store(connection, confirmed=confirmed):
                return go("/console/connection?done=hashChanged")
            await self._note(visit, connection, confirmed=confirmed)
        return go(f"/console/connection?done={'hashConfirmed' if confirmed else 'hashWithdrawn'}")

    async def _store(self, connection: Connection, *, confirmed: bool) -> bool:
        channel_id = connection.shop.channel_id
        patch = {"identity": {"memberHashConfirmed": confirmed or None}}
        settings, secrets = self._patched(connection, patch)
        version = await self._connections.change_settings(
            channel_id, seen=connection.version, settings=settings, secrets=secrets
        )
        self._forget(channel_id)
        return version is not None

    def _is_confirmed(self, connection: Connection) -> bool:
        return bool(self._shown(connection)["identity"]["memberHashConfirmed"])

    async def _note(self, visit: Visit, connection: Connection, *, confirmed: bool) -> None:
        line = AuditLine(
            channel_id=connection.shop.channel_id,
            mall_id=connection.shop.mall_id,
            act="settings.update",
            by=visit.session.who,
            subject="settings",
            at=self._clock(),
            facts={"changed": SETTING, "confirmed": confirmed},
        )
        await self._audit.add(line)
