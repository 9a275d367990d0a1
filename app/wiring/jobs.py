"""What the worker runs: recurring house-keeping, and the jobs that webhooks leave."""

from collections.abc import Mapping
from datetime import timedelta

from app.cafe24.connect import MallConnecting
from app.cafe24.webhooks import Webhooks
from app.ops import Metrics
from app.ports import Job, JobHandler
from app.store.phone import VerificationStore
from app.store.purge import purge
from app.wiring.base import Base
from app.wiring.effects import CLAIMS_DUE, SWEEP
from app.wiring.mall import MallSide
from app.wiring.promises import LOOK_FOR_DUE, SHIP_DATES

RECURRING: Mapping[str, timedelta] = {
    "purge": timedelta(hours=1),
    "refresh_idle": timedelta(hours=6),
    "revoke_lapsed": timedelta(minutes=5),
    CLAIMS_DUE: timedelta(minutes=1),
    SWEEP: timedelta(hours=1),
    SHIP_DATES: LOOK_FOR_DUE,
}


def job_handlers(
    base: Base,
    mall: MallSide,
    connecting: MallConnecting,
    webhooks: Webhooks,
    others: Mapping[str, JobHandler],
) -> dict[str, JobHandler]:
    database, clock = base.store.database, base.clock
    phone = VerificationStore(database)

    async def purge_all(_job: Job) -> None:
        await phone.purge(clock())
        await purge(database, clock())

    async def refresh_idle(_job: Job) -> None:
        await mall.tokens.refresh_idle(clock())

    async def revoke_lapsed(_job: Job) -> None:
        await connecting.revoke_lapsed(clock())

    handlers: dict[str, JobHandler] = {
        **webhooks.handlers(),
        **others,
        "purge": purge_all,
        "refresh_idle": refresh_idle,
        "revoke_lapsed": revoke_lapsed,
    }
    return {kind: _counted(kind, handler, base.metrics) for kind, handler in handlers.items()}


def _counted(kind: str, handler: JobHandler, metrics: Metrics) -> JobHandler:
    async def run(job: Job) -> None:
        try:
            await handler(job)
        except Exception as error:
            metrics.job(kind, type(error).__name__)
            raise
        metrics.job(kind, "ok")

    return run
