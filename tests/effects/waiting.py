"""A command whose claims wait for a manager, and who decides on them."""

import asyncio
import dataclasses

from commands.kernel.mall import ExchangeReturnChoices
from commands.kernel.plan import ReceiptState, Settled, WentStale
from commands.kernel.who import Language

from .given import SHOP, Process
from .mall import command

KIND = "return:defective"
JIWOO, DOYUN = "mgr-jiwoo", "mgr-doyun"
NO = "사진에서 불량이 확인되지 않아요."
GROUP = {"notify": {"groupId": "group-1"}}


def waiting(mall, *, kind=KIND):
    """Nothing is asked of the mall before `approve`, which does what `command` does and ends as a request."""
    carried_out = command(mall, ends=ReceiptState.REQUESTED)

    async def act(ask, payload, seen, step):
        async def look():
            return await mall.version(payload["order"])

        if await step("look", look) != seen:
            return WentStale()
        return Settled(ReceiptState.PENDING, kind=kind)

    return dataclasses.replace(carried_out, act=act, approve=carried_out.act)


class Desk(Process):
    """A process with a queue, and its managers."""

    def __init__(self, url, clock, mall, talk, **different):
        super().__init__(url, clock, mall, talk, specs=[waiting(mall)], **different)

    async def waits(self, order_id="o1", **asked):
        """The receipt of a claim that waits now, everybody told."""
        token = await self.plans(order_id, **asked)
        receipt = await self.confirms(token, **_who(asked))
        if receipt.state is ReceiptState.CHECKING:  # a machine too busy for the budget of a confirm
            await self.works(2)
            receipt = await self.confirms(token, **_who(asked))
        assert receipt.state is ReceiptState.PENDING
        await self.works(2)
        return receipt

    def approves(self, receipt_id, manager=JIWOO):
        return self._decides(receipt_id, manager, "approve", None)

    def rejects(self, receipt_id, words=NO, manager=JIWOO):
        return self._decides(receipt_id, manager, "reject", words)

    def withdraws(self, receipt_id, **asked):
        return self.keeper.withdraw(self.ask(**asked), receipt_id)

    def _decides(self, receipt_id, manager, action, message):
        return self.work.pending.decide(
            SHOP.channel_id,
            receipt_id,
            manager_id=manager,
            action=action,
            message=message,
            language=Language.KO,
        )

    async def looks_at_the_clock(self):
        """The recurring look, and what it leaves to do."""
        await self.work.handlers["claims_due"](None)
        await self.works(3)

    async def chooses(self, **settings):
        connection = await self.store.connections.of_channel(SHOP.channel_id)
        await self.store.connections.change_settings(
            SHOP.channel_id, seen=connection.version, settings={"mode": "live", **settings}, secrets={}
        )

    async def at_deadline(self, what, **settings):
        await self.chooses(exchangeReturn={"atDeadline": what}, **settings)

    async def state(self, receipt_id):
        return (await self.store.intents.get(SHOP.mall_id, receipt_id)).state


def _who(asked):
    ask = asked.get("ask")
    return {"customer": ask.customer, "caller": ask.caller} if ask else {}


def together(*calls):
    return asyncio.gather(*calls, return_exceptions=True)


HOURS = ExchangeReturnChoices().deadline_hours
