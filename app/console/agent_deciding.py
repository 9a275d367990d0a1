"""A manager's yes or no to what an agent wants to do for a customer: ten minutes at most, and the first one counts."""

from starlette.responses import Response

from app.clock import Clock
from app.ports import AuditLine, Connection
from app.ports.agents import ApprovalState

from .agent_keys import AgentKeysPage
from .agent_near import AgentNeighbours
from .visits import Visit

LONGEST_ID = 60
VERDICTS = {"approve": ApprovalState.APPROVED, "refuse": ApprovalState.REFUSED}


class AgentDecisions:
    def __init__(self, page: AgentKeysPage, near: AgentNeighbours, clock: Clock) -> None:
        self._page = page
        self._near = near
        self._clock = clock

    async def decide(self, visit: Visit, connection: Connection) -> Response:
        """Exactly one decides; whoever comes second, or too late, reads so."""
        shop, now = connection.shop, self._clock()
        state = VERDICTS.get(visit.form.get("action", ""))
        kept = await self._near.approvals.one(shop.channel_id, visit.form.get("id", "")[:LONGEST_ID])
        done = None
        if kept is not None and kept.mall_id == shop.mall_id and state is not None:
            done = await self._near.approvals.decide(kept, state, visit.session.who, now)
        if done is None:
            return await self._page.page(visit, connection, said="approval.late", status=409)
        facts = {"subject": done.subject, "conversation": done.conversation_id, "act": done.act}
        line = AuditLine(
            shop.channel_id,
            f"agents.{done.state}",
            visit.session.who,
            done.order_id,
            now,
            shop.mall_id,
            facts,
        )
        await self._near.audit.add(line)
        return await self._page.page(visit, connection, said=f"approval.{done.state}")
