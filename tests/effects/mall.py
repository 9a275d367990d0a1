"""A mall that keeps its orders in a file, so that it outlives the process, and a command that cancels there once."""

import asyncio
import os
from pathlib import Path

from commands.kernel.plan import Interrupted, ReceiptState, Settled, WentStale
from commands.kernel.spec import CommandSpec
from commands.kernel.texts import Texts

TEXTS = Texts(Path(__file__).parent / "texts")
COMMAND = "fake"


def nothing(_place):
    """Nobody watches."""


class Mall:
    """Each line of the file is an effect. `troubles`: per call (takes effect, error). `slow`: seconds a call takes."""

    def __init__(self, file: Path, watch=nothing):
        self.file = file
        self.watch = watch
        self.troubles = []
        self.slow = 0.0
        self.versions = {}
        self.reads = 0
        self.unreadable = None
        self.decided = {}

    def effects(self, order_id):
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [line for line in lines if line.split()[0] == order_id]

    async def version(self, order_id):
        self.reads += 1
        if self.unreadable is not None:
            raise self.unreadable
        return self.versions.get(order_id, "v1")

    async def cancel(self, order_id):
        self.watch("before mall.cancel")
        if self.slow:
            await asyncio.sleep(self.slow)
        happens, error = self.troubles.pop(0) if self.troubles else (True, None)
        if happens:
            with self.file.open("a") as file:
                file.write(f"{order_id} cancelled\n")
                file.flush()
                os.fsync(file.fileno())
        self.watch("after mall.cancel")
        if error is not None:
            raise error
        return f"C-{order_id}"


def command(mall, *, ends=ReceiptState.DONE, name=COMMAND):
    async def act(ask, payload, seen, step):
        order_id = payload["order"]

        async def look():
            return await mall.version(order_id)

        async def cancel():
            return await mall.cancel(order_id)

        if await step("look", look) != seen:
            return WentStale()
        try:
            claim = await step("cancel", cancel, mark=True)
        except Interrupted as mark:
            await mall.version(order_id)
            if mall.effects(order_id):
                await step.settle(mark.step, f"C-{order_id}")
            else:
                await step.forget(mark.step)
            claim = await step("cancel", cancel, mark=True)
        return Settled(ends, claim_code=claim)

    async def follow(ask, receipt):
        return mall.decided.get(receipt.order_id)

    return CommandSpec(
        name=name, texts=TEXTS, functions=(), screens={}, first_screen="", act=act, follow=follow
    )
