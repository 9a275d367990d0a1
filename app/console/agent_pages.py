"""The pages AI 에이전트: keys, plans that wait for a manager, and what an agent did in a conversation, call by call."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.clock import Clock

from .agent_calls import AgentCalls
from .agent_deciding import AgentDecisions
from .agent_keys import AgentKeysPage
from .agent_near import HERE, AgentNeighbours
from .pages import Pages, go
from .visits import Visits, with_shop


def agent_pages(visits: Visits, pages: Pages, near: AgentNeighbours | None, clock: Clock) -> list[BaseRoute]:
    """None where nobody serves agents."""
    if near is None:
        return []
    keys = AgentKeysPage(pages, near, clock)
    decisions = AgentDecisions(keys, near, clock)
    calls = AgentCalls(pages, near.audit)

    async def back(_request: Request) -> Response:
        return go(HERE)

    reading, writing = visits.reading, visits.writing
    managers = writing(with_shop(decisions.decide), admins_only=False)
    return [
        Route(HERE, reading(with_shop(keys.show))),
        Route(f"{HERE}/calls", reading(with_shop(calls.show))),
        Route(f"{HERE}/approvals", managers, methods=["POST"]),
        Route(f"{HERE}/keys", writing(with_shop(keys.create)), methods=["POST"]),
        Route(f"{HERE}/keys/revoke", writing(with_shop(keys.revoke)), methods=["POST"]),
        *(Route(f"{HERE}/{path}", back) for path in ("approvals", "keys", "keys/revoke")),
    ]
