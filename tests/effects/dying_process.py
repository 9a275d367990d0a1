"""Lives of the real application, each in a process of its own that kills itself at a given place.

python -m tests.effects.dying_process reads one life a line (JSON), forks for it, and answers one line: how it ended,
and the places that it came by. Forking saves a second of imports a life.
"""

import asyncio
import gc
import json
import os
import signal
import sys
from datetime import datetime

import httpx

from app.main import build
from app.settings import read_settings
from app.sms.outbox import Outbox
from app.store import open_database, store_on
from tests.store.given import MovingClock

from .watched import Watched


class Reaper:
    """Notes the places, the second time as `place #2`, and kills this process at one of them."""

    def __init__(self, dies_at):
        self.dies_at = dies_at
        self.watching = False
        self.places = []
        self.met = {}

    def __call__(self, place):
        if not self.watching:
            return
        self.met[place] = self.met.get(place, 0) + 1
        name = place if self.met[place] == 1 else f"{place} #{self.met[place]}"
        self.places.append(name)
        if name == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


class WatchedWire(httpx.AsyncBaseTransport):
    """Announces every call to the mall and to Channel, before it leaves and when its answer is there."""

    def __init__(self, reaper):
        self.reaper = reaper
        self.wire = httpx.AsyncHTTPTransport(verify=False)  # reading certificates takes its time

    async def handle_async_request(self, request):
        name = f"{request.method} {request.url.path.rsplit('/', 1)[-1]}"
        self.reaper(f"before {name}")
        response = await self.wire.handle_async_request(request)
        await response.aread()
        self.reaper(f"after {name}")
        return response


def composed(life, reaper):
    settings = read_settings(_env_file=None, **life["settings"])
    clock = MovingClock(datetime.fromisoformat(life["at"]))
    database = Watched(open_database(settings.database_url), reaper)
    return build(
        settings,
        clock=clock,
        client=httpx.AsyncClient(transport=WatchedWire(reaper), trust_env=False),
        store=store_on(database, settings.keys, clock),
        outbox=Outbox(clock),
        registers_itself=False,
    )


async def lives(life):
    """Does what an earlier life left undone, and answers again; then, watched, gets a call and works on."""
    reaper = Reaper(life["dies_at"])
    application = composed(life, reaper)
    await works(application, life["again"])
    reaper.watching = True
    await works(application, life["call"])
    return reaper.places


async def works(application, call):
    """Before the call too: a job that is due already comes first."""
    while await application.drain():
        pass
    if call:
        path, body, signature = call
        headers = {"content-type": "application/json", "x-signature": signature}
        wire = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=wire, base_url="http://127.0.0.1") as channel:
            answer = await channel.put(path, content=body.encode(), headers=headers)
        assert b"receipt" in answer.content, answer.content
    while await application.drain():
        pass


def end_of(life):
    """In a process of its own: `killed`, or `lived` with its places."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        said = json.dumps({"lived": asyncio.run(lives(life))})
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return (
        {"killed": True} if status == -signal.SIGKILL else json.loads(said or json.dumps({"status": status}))
    )


if __name__ == "__main__":
    for number, line in enumerate(sys.stdin):
        if number == 0:
            composed(json.loads(line), Reaper(None))  # what is made once a process is made before the forks
            gc.freeze()
        print(json.dumps(end_of(json.loads(line))), flush=True)
