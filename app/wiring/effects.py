"""Plans, receipts, and the jobs behind them. The keeper comes first, since commands reach it through their ports;
its jobs come after, since they run commands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.clock import Clock
from app.effects.afterwards import AfterwardJobs
from app.effects.asks import Asks
from app.effects.carrying import EffectJobs
from app.effects.following import Following
from app.effects.keeper import EffectKeeper
from app.effects.looking import LOOK, Looking
from app.effects.pending import BUDGET, PendingQueue
from app.effects.pending_deadlines import Deadlines
from app.effects.pending_telling import Announcing
from app.effects.settling import AFTERWARDS, ANNOUNCE, EFFECT, TAKE_BACK, TELL, Settling
from app.effects.telling import Telling
from app.jobs.queue import JobQueue
from app.keys import KeyRing
from app.ports import ConnectionOf, Conversation, JobHandler, OnGiveUp
from app.shops.settings import choices_of
from app.store.store import Store
from commands.kernel.mall import Choices
from commands.kernel.spec import CommandSpec, Ports

CLAIMS_DUE = "claims_due"
SWEEP = "look_at_requests"


def effect_keeper(store: Store, jobs: JobQueue, keys: KeyRing, connection_of: ConnectionOf) -> EffectKeeper:
    return EffectKeeper(
        plans=store.plans,
        intents=store.intents,
        jobs=jobs,
        audit=store.audit,
        keys=keys,
        connection_of=connection_of,
        undo_minutes=undo_minutes,
    )


def undo_minutes(command: str, choices: Choices) -> int:
    return choices.cancel.undo_minutes if command == "cancel" else 0


@dataclass(frozen=True, slots=True)
class EffectWork:
    """What the worker runs, what it does when it gives up, and who follows the requests that a shop decides on."""

    handlers: Mapping[str, JobHandler]
    on_give_up: Mapping[str, OnGiveUp]
    following: Following
    pending: PendingQueue


def effect_work(
    commands: Sequence[CommandSpec],
    store: Store,
    jobs: JobQueue,
    keys: KeyRing,
    ports: Ports,
    connection_of: ConnectionOf,
    conversation: Conversation,
    clock: Clock,
    keeper: EffectKeeper,
    *,
    queue_url: str,
    decides_within: timedelta = BUDGET,
) -> EffectWork:
    asks = Asks(connection_of, choices_of, ports, clock)
    settling = Settling(store.intents, jobs, store.audit, keys)
    afterwards = AfterwardJobs(commands, asks, store.plans, store.intents, jobs, store.chats, conversation)
    carrying = EffectJobs(commands, asks, store.plans, store.intents, settling, clock, afterwards)
    telling = Telling(commands, asks, store.plans, store.intents, store.chats, conversation)
    queue = PendingQueue(
        store.claims,
        store.plans,
        store.intents,
        settling,
        connection_of,
        clock,
        keeper.run_beside,
        budget=decides_within,
    )
    announcing = Announcing(asks, store.plans, store.intents, store.chats, conversation, queue_url=queue_url)
    deadlines = Deadlines(store.claims, queue, settling, connection_of, choices_of, clock)
    following = Following(commands, asks, store.plans, store.intents, settling, clock)
    looking = Looking(store.looks, jobs, following, clock)
    return EffectWork(
        handlers={
            EFFECT: carrying.carry_out,
            TELL: telling.tell,
            AFTERWARDS: afterwards.work,
            TAKE_BACK: afterwards.take_back,
            ANNOUNCE: announcing.announce,
            CLAIMS_DUE: deadlines.look,
            SWEEP: looking.sweep,
            LOOK: looking.look,
        },
        on_give_up={EFFECT: carrying.give_up},
        following=following,
        pending=queue,
    )
