"""The whole of app/cafe24 behind a web app, with a mall, a desk and a browser."""

from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from app.cafe24.binding import Binding
from app.cafe24.connect import MallConnecting
from app.cafe24.install import Install
from app.cafe24.probe import mall_exists
from app.cafe24.webhooks import Webhooks
from app.errors import Unavailable
from app.keys import KeyRing
from app.ports import Job
from commands.kernel.who import ChannelId, Language
from tests.cafe24.doubles import CLIENT_SECRET, MemoryOnce, MemoryPairings, Rig, simulated

PUBLIC = "https://jumun.example"
KEY = "webhook-key"


@dataclass
class Trail:
    lines: list = field(default_factory=list)

    async def add(self, line) -> None:
        self.lines.append(line)

    async def newest(self, channel_id, limit):
        return self.lines[-limit:]


@dataclass
class MemoryJobs:
    waiting: list = field(default_factory=list)
    known: set = field(default_factory=set)

    async def put(self, mall_id, kind, payload, *, due_at=None, unique=None):
        if unique in self.known:
            return None
        self.known.add(unique)
        job = Job(str(len(self.known)), mall_id, kind, payload, 1, None)
        self.waiting.append((due_at, job))
        return job.id


@dataclass
class MemoryDeliveries:
    bodies: dict = field(default_factory=dict)
    settled: set = field(default_factory=set)

    async def keep(self, mall_id, dedupe_key, body, at):
        first = (mall_id, dedupe_key) not in self.bodies
        self.bodies.setdefault((mall_id, dedupe_key), body)
        return first

    async def open_body(self, mall_id, dedupe_key):
        key = (mall_id, dedupe_key)
        return None if key in self.settled else self.bodies.get(key)

    async def settle(self, mall_id, dedupe_key, at):
        self.settled.add((mall_id, dedupe_key))


class Place:
    """`browser` is the operator's; `signed_in` holds what the console was told."""

    def __init__(self, rig: Rig | None = None, keys=(KEY, "older-key"), kept=None) -> None:
        """`kept`: a real store, which `rig` stands on as well."""
        self.rig = rig or simulated()
        if kept is None:
            self.rig.store.pairs.clear()
        self.once = kept.once if kept else MemoryOnce()
        self.pairings = kept.pairings if kept else MemoryPairings()
        self.audit = kept.audit if kept else Trail()
        self.deliveries = kept.deliveries if kept else MemoryDeliveries()
        self.jobs = MemoryJobs()
        self.changed, self.signed_in, self.heard = [], [], []
        self.deaf = False
        clock = self.rig.time.now
        self.connecting = MallConnecting(
            oauth=self.rig.oauth,
            probe=partial(mall_exists, self.rig.http, self.rig.oauth),
            connections=self.rig.connections,
            pairings=self.pairings,
            tokens=self.rig.store,
            once=self.once,
            audit=self.audit,
            clock=clock,
            forget=self.rig.tokens.forget,
        )
        binding = Binding(
            connections=self.rig.connections,
            tokens=self.rig.store,
            once=self.once,
            audit=self.audit,
            clock=clock,
            forget=self.rig.tokens.forget,
            changed=self.changed.append,
        )
        install = Install(
            client_secret=CLIENT_SECRET,
            public_url=PUBLIC,
            keys=KeyRing([b"k" * 32]),
            oauth=self.rig.oauth,
            client=self.rig.client,
            connecting=self.connecting,
            binding=binding,
            connections=self.rig.connections,
            pairings=self.pairings,
            once=self.once,
            sign_in=self._sign_in,
            clock=clock,
        )
        self.webhooks = Webhooks(
            keys=keys,
            deliveries=self.deliveries,
            jobs=self.jobs,
            connections=self.rig.connections,
            tokens=self.rig.store,
            once=self.once,
            audit=self.audit,
            client=self.rig.client,
            orders=self.rig.orders,
            clock=clock,
            changed=self.changed.append,
            forget_tokens=self.rig.tokens.forget,
            on_order=self._hears_of,
        )
        self.app = Starlette(routes=[*install.routes(), *self.webhooks.routes()])
        self.browser = self.new_browser()

    def new_browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=PUBLIC)

    async def _sign_in(self, **who):
        self.signed_in.append(who)
        return PlainTextResponse("console")

    async def _hears_of(self, mall_id, order_ids):
        if self.deaf:
            raise Unavailable("store", "follow")
        self.heard.append((mall_id, order_ids))

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────
    async def manager_starts(self, mall="hanokmall", *, channel="channel-1", code=None, shop_no=None) -> str:
        consent = await self.connecting.start(
            channel_id=ChannelId(channel),
            manager_id="manager-1",
            mall_id=None if code else mall,
            pairing_code=code,
            shop_no=shop_no,
            language=Language.KO,
        )
        return consent.authorize_url

    async def operator_consents(self, url: str, operator="hanokmall", decision="agree") -> str:
        """The path and query that the browser is sent back to."""
        answer = await self.rig.http.post(url, data={"operator": operator, "decision": decision})
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    async def operator_returns(self, path: str) -> httpx.Response:
        return await self.browser.get(path)

    async def operator_answers(self, page: httpx.Response, answer="yes", **fields) -> httpx.Response:
        form = {"csrf": field_of(page, "csrf"), "shop_no": "1", "answer": answer} | fields
        return await self.browser.post("/cafe24/bind", data=form, headers={"Origin": PUBLIC})

    async def connects(self, **who) -> httpx.Response:
        back = await self.operator_consents(await self.manager_starts(**who))
        return await self.operator_answers(await self.operator_returns(back))

    async def cafe24_sends(self, webhook, key=KEY) -> httpx.Response:
        headers = {} if key is None else {"X-API-Key": key}
        return await self.browser.post("/cafe24/webhooks", json=webhook, headers=headers)

    async def drain_jobs(self) -> int:
        """Runs what is due, as the worker would."""
        now = self.rig.time.now()
        due = [job for due_at, job in self.jobs.waiting if due_at is None or due_at <= now]
        self.jobs.waiting = [(at, job) for at, job in self.jobs.waiting if job not in due]
        for job in due:
            await self.webhooks.handlers()[job.kind](job)
        return len(due)

    @property
    def connection(self):
        (only,) = self.rig.connections.rows
        return only


def field_of(page: httpx.Response, name: str) -> str:
    return page.text.partition(f'name="{name}" value="')[2].partition('"')[0]


def state_of(url: str) -> str:
    return dict(parse_qsl(urlsplit(url).query))["state"]
