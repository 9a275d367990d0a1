"""How a change ended that did not end well: one finding, in the wire's shape, with what stands where."""

from collections.abc import Mapping

from commands.explain import decision_shape
from commands.kernel.decision import Blocked, ChangesWhen, Effect, Fact, Finding, Layer, NeedsManager
from commands.kernel.plan import Json, ReceiptState, Settled
from commands.kernel.spec import Ask

from .finding_out import TEXTS

BY_A_MANAGER = ChangesWhen(act="talk_to_a_manager")


def refused(ask: Ask, by: str) -> Settled:
    """`by`: mall or warehouse. Everything is as it was."""
    layer = Layer.WMS if by == "warehouse" else Layer.ORDER
    finding = Finding("R1", f"{by}_refused_address", Effect.BLOCKS, layer, changes_when=BY_A_MANAGER)
    return Settled(ReceiptState.FAILED, decision=_json(ask, Blocked((finding,))))


def disagree(ask: Ask, stand: Mapping[str, Fact]) -> Settled:
    """Nobody may say that all is well: `stand` names what the mall and the warehouse hold, as far as is known."""
    needs = Effect.NEEDS_MANAGER
    finding = Finding("R2", "addresses_disagree", needs, Layer.WMS, stand, changes_when=BY_A_MANAGER)
    return Settled(ReceiptState.FAILED, decision=_json(ask, NeedsManager(None, (finding,))))


def _json(ask: Ask, decision: Blocked | NeedsManager[None]) -> Json:
    shape = decision_shape(decision, TEXTS, ask.language)
    said: Json = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return said
