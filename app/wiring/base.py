"""What every side of the composition stands on."""

from dataclasses import dataclass

from app import http
from app.clock import Clock
from app.jobs.queue import JobQueue
from app.keys import KeyRing
from app.ops import Metrics
from app.settings import Settings
from app.shops.book import ConnectionBook
from app.store.store import Store


@dataclass(frozen=True, slots=True)
class Base:
    settings: Settings
    clock: Clock
    client: http.Client
    store: Store
    jobs: JobQueue
    book: ConnectionBook
    metrics: Metrics

    @property
    def keys(self) -> KeyRing:
        return self.settings.keys
