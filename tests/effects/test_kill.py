"""kill -9 of a real process at each step of the confirm and its job: one effect, one settled receipt."""

import asyncio
import signal
import sys

from commands.kernel.plan import ReceiptState

from .given import SHOP
from .watched import named

PLACES = [
    "after INSERT INTO intent",
    "after INSERT INTO audit_line",
    "after commit",
    "after INSERT INTO mall_lease",
    "after UPDATE job SET",
    "after INSERT INTO job_step",
    "before mall.cancel",
    "after mall.cancel",
    "before UPDATE intent SET",
    "after UPDATE intent SET",
    "before SELECT user_chat_id FROM",
]


def test_places_are_named_as_the_watch_names_them():
    assert f"after {named('INSERT INTO  intent (mall_id)')}" == PLACES[0]


async def killed(url, mall, token, place, at):
    command = (sys.executable, "-m", "tests.effects.dying_process", url, str(mall.file), token, place, at)
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL, place


async def test_killed(process, database_url, clock, mall, talk):
    await process.store.chats.remember(SHOP.channel_id, "user-1", "chat-1", clock())
    process.keeper.runs_by(None)
    orders = {f"o{n:02}": place for n, place in enumerate(PLACES)}
    tokens = {order: await process.plans(order) for order in orders}
    for order, place in orders.items():
        await killed(database_url, mall, tokens[order], place, clock().isoformat())
        clock.pass_(seconds=31)
        await process.keeper.confirm(process.ask(), tokens[order])
        await process.works(3, seconds=1)
        receipt = await process.confirms(tokens[order])
        assert receipt.state is ReceiptState.DONE, place
        assert mall.effects(order) == [f"{order} cancelled"], place
        assert await process.acts(order) == ["confirmed", "done"], place
        assert talk.texts(order)[-1] == f"취소했어요 {order} C-{order}", place
    assert len(await process.rows("intent")) == len(PLACES)
