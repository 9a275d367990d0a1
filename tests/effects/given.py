"""One process of jumun around a `Mall`: store, jobs, keeper and worker, wired as main does it."""

import asyncio
import dataclasses
from datetime import timedelta

from app.effects.keeper import EffectKeeper
from app.jobs import JobQueue, Worker
from app.ports import Connection, ConnectionState
from app.store import open_database, store_on
from app.wiring.effects import effect_work
from commands.kernel.mall import CancelChoices, Choices
from commands.kernel.order import OrderId
from commands.kernel.plan import Draft
from commands.kernel.spec import Ask
from commands.kernel.who import Caller, CallerKind, ChannelId, Guest, Language, MallId, Member, Shop
from tests.store.given import keys

from .mall import COMMAND, command
from .watched import Watched

SHOP = Shop(MallId("mall"), 1, ChannelId("c1"), name="가게")
SUJIN, OTHER = Member("sujin"), Member("other")
GUEST = Guest("+821011112222")
USER = Caller(CallerKind.USER, "user-1")
MANAGER = Caller(CallerKind.MANAGER, "mgr-1")


class Talk:
    """The chats. Like Channel, it knows a repeated `request_id`."""

    def __init__(self):
        self.written = {}
        self.asked = []
        self.troubles = []
        self.told = {}
        self.opened = []
        self.group_troubles = []

    async def write(self, channel_id, user_chat_id, text, *, private=False, request_id, command=None):
        self.asked.append(request_id)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is None or trouble[0]:
            self.written.setdefault(request_id, (user_chat_id, text, private))
        if trouble is not None:
            raise trouble[1]

    async def write_to_group(self, channel_id, group_id, text, *, request_id, link):
        trouble = self.group_troubles.pop(0) if self.group_troubles else None
        if trouble is not None:
            raise trouble
        self.told.setdefault(request_id, (group_id, text, link))

    async def open_for_team(self, channel_id, user_chat_id):
        self.opened.append(user_chat_id)

    def texts(self, order_id=""):
        return [text for _, text, private in self.written.values() if not private and order_id in text]

    def notes(self):
        return [text for _, text, private in self.written.values() if private]


class Process:
    """`watch` sees every statement; `undo` minutes for every command."""

    def __init__(
        self,
        url,
        clock,
        mall,
        talk,
        *,
        watch=None,
        worker_id="w1",
        budget=0.5,
        undo=0,
        specs=None,
        works=True,
    ):
        opened = open_database(url)
        self.database = Watched(opened, watch) if watch else opened
        self.clock = clock
        self.undo = undo
        self.store = store_on(self.database, keys(), clock)
        self.jobs = JobQueue(self.database, keys(), clock)
        self.keeper = EffectKeeper(
            plans=self.store.plans,
            intents=self.store.intents,
            jobs=self.jobs,
            audit=self.store.audit,
            keys=keys(),
            connection_of=self.store.connections.of_channel,
            undo_minutes=lambda _command, choices: choices.cancel.undo_minutes,
            budget=timedelta(seconds=budget),
        )
        self.work = effect_work(
            specs or [command(mall)],
            self.store,
            self.jobs,
            keys(),
            None,
            self.store.connections.of_channel,
            talk,
            clock,
            self.keeper,
            queue_url="https://jumun.example/console/claims",
            decides_within=timedelta(seconds=budget),
        )
        self.worker = Worker(
            self.database,
            self.jobs,
            self.work.handlers,
            clock,
            worker_id,
            on_give_up=self.work.on_give_up,
        )
        if works:
            self.keeper.runs_by(self.worker.run_once)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.keeper.close()
        await self.database.close()

    async def opens_shop(self, *, mode="live", state=ConnectionState.CONNECTED, **settings):
        connection = Connection(SHOP, state, "owner", settings={"mode": mode, **settings})
        await self.store.connections.bind(connection, self.clock())

    def ask(self, customer=SUJIN, caller=USER, **different):
        choices = Choices(
            version=3, commands_on=frozenset({COMMAND}), cancel=CancelChoices(undo_minutes=self.undo)
        )
        asked = Ask(
            shop=SHOP,
            customer=customer,
            caller=caller,
            language=Language.KO,
            now=self.clock(),
            choices=choices,
            ports=None,
            chat_id="chat-1",
        )
        return dataclasses.replace(asked, **different)

    async def plans(self, order_id, *, ask=None, seen="v1"):
        payload = {"order": order_id, "account": "110-222-333"}
        draft = Draft(COMMAND, OrderId(order_id), seen, payload, {"items": [order_id]})
        return (await self.keeper.plan(ask or self.ask(), draft)).token

    async def confirms(self, token, **asked):
        return await self.keeper.confirm(self.ask(**asked), token)

    async def works(self, times=1, **between):
        for _ in range(times):
            await self.worker.run_once()
            self.clock.pass_(**between)

    async def rows(self, table, where="1 = 1"):
        return await self.database.read(f"SELECT * FROM {table} WHERE {where}")

    async def comes_to(self, table, where):
        """Waits for a row, made by a process beside this one."""
        for _ in range(500):
            if await self.rows(table, where):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"no {table} with {where}")

    async def acts(self, order_id):
        lines = await self.store.audit.newest(SHOP.channel_id, 1000)
        return [line.act.removeprefix(f"{COMMAND}.") for line in reversed(lines) if line.subject == order_id]
