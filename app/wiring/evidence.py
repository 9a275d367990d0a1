"""Photos of claims: the album that commands ask, uploads, links for managers, and the sweep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.routing import BaseRoute

from app.clock import Clock
from app.evidence.album import Album
from app.evidence.decoder import Decoder
from app.evidence.files import open_files
from app.evidence.links import Links
from app.evidence.uploads import Uploads
from app.ports import Asking, ConnectionOf, Function, Job, JobHandler
from app.settings import Settings
from app.shops.settings import choices_of
from app.store.rates import SqlRates
from app.store.store import Store
from commands.kernel.mall import ExchangeReturnChoices
from commands.kernel.spec import CommandSpec
from commands.kernel.who import ChannelId

COMMAND = "exchangeReturn"
SWEEP = "evidence_sweep"
EVIDENCE_SWEEPS: Mapping[str, timedelta] = {SWEEP: timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class EvidenceSide:
    """`links` is the managers'; `album.erase` is for a customer who asks to be forgotten."""

    album: Album
    links: Links
    uploads: Uploads
    handlers: Mapping[str, JobHandler]

    def functions(self, commands: Sequence[CommandSpec], asking: Asking) -> list[Function]:
        """Served with the switch of the command that asks for photos."""
        command = next((command for command in commands if command.name == COMMAND), None)
        return self.uploads.functions(asking, command)

    def routes(self) -> list[BaseRoute]:
        return [*self.uploads.routes(), *self.links.routes()]


def evidence_side(
    settings: Settings,
    store: Store,
    connection_of: ConnectionOf,
    clock: Clock,
) -> EvidenceSide:
    keys = settings.keys
    access, secret = settings.evidence_access_key, settings.evidence_secret_key
    files = open_files(
        settings.evidence_url,
        access_key=access.get_secret_value() if access else "",
        secret_key=secret.get_secret_value() if secret else "",
    )

    async def days_of(channel_id: ChannelId) -> int:
        """A shop that is gone keeps its photos as long as one that chose nothing."""
        connection = await connection_of(channel_id)
        chosen = choices_of(connection).exchange_return if connection else ExchangeReturnChoices()
        return chosen.evidence_days

    album = Album(store.photos, files, keys, clock, days_of=days_of)
    uploads = Uploads(
        album,
        Decoder(),
        store.once,
        SqlRates(store.database),
        keys,
        clock,
        public_url=settings.public_url,
    )

    async def sweep(_job: Job) -> None:
        await album.sweep()

    links = Links(album, keys, clock, public_url=settings.public_url)
    return EvidenceSide(album, links, uploads, {SWEEP: sweep})
