"""`why.explain`: the decision of one command about one order, whole."""

from pydantic import Field

from commands.explain import decision_shape
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderId
from commands.kernel.spec import Ask
from commands.kernel.texts import beside
from commands.shapes import CommandParams, DecisionShape

COMMAND = "why"
TEXTS = beside(__file__)


class ExplainParams(CommandParams):
    order_id: str = Field(min_length=1, max_length=40)
    command: str = Field(min_length=1, max_length=40)


class ExplainResult(DecisionShape):
    pass


async def one_order(ask: Ask, order_id: str) -> Order:
    order = await ask.ports.orders.one(ask.shop, ask.customer, OrderId(order_id))
    if order is None:
        raise Failure(FailureType.NOT_FOUND, TEXTS.say(ask.language, "order.notFound"))
    return order


async def explain(ask: Ask, params: ExplainParams) -> ExplainResult:
    """Every finding, the decisive one marked. Raises `Failure(notFound)` for a command that judges no orders."""
    order = await one_order(ask, params.order_id)
    for offer in await ask.ports.offers.of(ask, order):
        if offer.command == params.command:
            shape = decision_shape(offer.decision, offer.texts, ask.language)
            return ExplainResult(verdict=shape.verdict, findings=shape.findings)
    raise Failure(FailureType.NOT_FOUND, TEXTS.say(ask.language, "command.notFound"))
