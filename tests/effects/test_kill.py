"""kill -9 of a real process at each step of the confirm job: the real cancel over the real Cafe24 adapter, and the
simulated mall and Channel in this process, over loopback. The next life comes to one effect, one settled receipt and
one message.
"""

import asyncio
import json
import socket
import sys
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette

from app.sandbox.channel.functions import sign
from app.store import open_database
from tests.invariants.town import again
from tests.world import MALL, ORIGIN, SECRET_KEY, HandClock, made_road

LIKE = "20261118-0000102"
"""One line, paid by card."""
COMPLETE = {"mode": "complete", "completeScope": ["N10", "N20", "N21", "N22"]}
REQUEST = {"mode": "request"}
NOTHING_NEW = ("SELECT", "GET", "UPDATE mall_lease", "INSERT INTO mall_lease", "INSERT INTO rate")
"""Dying after these is dying before whatever comes next."""


@asynccontextmanager
async def on_loopback(routes):
    """The origin that the dying call."""
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="critical", ws="none"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


class Lives:
    """One after the other, each half a minute later: the mall's lease of a dead one has run out."""

    def __init__(self, road, settings, program):
        self.road, self.settings, self.program = road, settings, program
        self.call = None

    async def next(self, token=None, dies_at=None):
        """Whoever lost the answer to the last confirm asks again first."""
        self.road.clock.forward(seconds=31)
        again, self.call = self.call, self._confirm(token) if token else None
        life = {
            "settings": self.settings,
            "at": self.road.clock().isoformat(),
            "dies_at": dies_at,
            "again": again,
            "call": self.call,
        }
        self.program.stdin.write(json.dumps(life).encode() + b"\n")
        await self.program.stdin.drain()
        return json.loads(await self.program.stdout.readline())

    def _confirm(self, token):
        talk = self.road.world.talk
        context = {
            "caller": {"type": "user", "id": "u-minji"},
            "channel": {"id": talk.channel_id},
            "user": talk.users["u-minji"].context(talk.channel_id),
            "userChat": talk.chats["chat-u-minji"].context(),
            "language": "ko",
        }
        call = {"method": "cancel.confirm", "params": {"planToken": token}, "context": context}
        body = json.dumps(call | {"systemVersion": "v1"})
        return "/functions/v1", body, sign(body.encode(), self.road.world.secrets.signing_key)


@pytest.fixture
async def lives(database_url):
    road = made_road(database_url, HandClock())
    async with on_loopback(road.world.routes()) as origin:
        await road.application.register()
        await road.world.connect(MALL)
        await road.world.goes_live()
        plain = {"database_url": database_url, "secret_key": SECRET_KEY} | road.world.settings()
        settings = json.loads(json.dumps(plain).replace(ORIGIN, origin))
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.effects.dying_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            yield Lives(road, settings, program)
        finally:
            program.stdin.close()
            await program.wait()
    for close in road.application.closers:
        await close()
    await road.client.aclose()


@pytest.fixture
def minji(lives):
    return lives.road.user("u-minji", "minji")


async def plans(road, minji, number):
    """A preview of an order that nobody touched; the order's id and the token."""
    mall = road.world.malls[MALL]
    order = again(mall.orders[LIKE], f"20261119-9{number:06d}")
    mall.orders[order.order_id] = order
    wish = {
        "orderId": order.order_id,
        "items": [{"orderItemCode": order.items[0].code, "quantity": order.items[0].quantity}],
        "reason": {"type": "changeOfMind"},
    }
    preview = await road.customer_calls(minji, "cancel.preview", wish)
    return order.order_id, preview["planToken"]


def steps(places):
    """From the intent on."""
    begun = places.index("before INSERT INTO intent")
    done = [p for p in places[begun:] if not p.partition(" ")[2].startswith(NOTHING_NEW)]
    return [p for p in done if p.startswith("after") or "POST" in p]


def around_the_call(places):
    call = next(n for n, place in enumerate(places) if "POST" in place)
    return places[call - 1 : call + 3]


def told(road, order_id):
    messages = road.world.talk.chats["chat-u-minji"].messages
    return [m.plain_text or repr(m.blocks) for m in messages if order_id in (m.plain_text or repr(m.blocks))]


def effects(road, order_id):
    mall = road.world.malls[MALL]
    claims = [("claim", claim.code) for claim in mall.orders[order_id].claims]
    return claims + [("request", r.outcome) for r in mall.requests if r.order_id == order_id]


async def shop_cancels(road, **choice):
    await road.manager_calls("settings.update", {"patch": {"cancel": choice}})
    road.world.malls[MALL].settings[1].order["claim_request_auto_accept"] = "F"
    road.clock.forward(minutes=6)


async def killed_at_each(lives, minji, choose, end, number):
    """Every life ends at another step of the same confirm, each time of a new order; `number`: of the first one."""
    road, confirmed = lives.road, {}
    undisturbed, token = await plans(road, minji, number)
    places = choose(steps((await lives.next(token))["lived"]))
    confirmed[undisturbed] = ("nowhere", token)
    for nth, place in enumerate(places, number + 1):
        order_id, token = await plans(road, minji, nth)
        assert await lives.next(token, dies_at=place) == {"killed": True}, place
        confirmed[order_id] = (place, token)
    await lives.next()
    for order_id, (place, token) in confirmed.items():
        answer = await road.customer_calls(minji, "cancel.confirm", {"planToken": token})
        assert answer["receipt"]["state"] == end, place
        assert len(effects(road, order_id)) == 1, (place, effects(road, order_id))
        assert len(told(road, order_id)) == 1, (place, told(road, order_id))
    return places


async def test_killed_at_each_step(lives, minji):
    await shop_cancels(lives.road, **COMPLETE)
    places = await killed_at_each(lives, minji, list, "done", 0)
    assert len(places) > 16, places
    await shop_cancels(lives.road, **REQUEST)
    await killed_at_each(lives, minji, around_the_call, "requested", 100)
    rows = {row["state"] for row in await jobs_of(lives.settings["database_url"])}
    assert rows == {"done"}


async def jobs_of(url):
    database = open_database(url)
    try:
        return await database.read("SELECT state FROM job WHERE kind IN ('effect', 'tell')")
    finally:
        await database.close()
