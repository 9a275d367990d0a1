"""Decisions that end a receipt: one finding, in the wire's shape, with what stands where."""

from collections.abc import Mapping

from commands.explain import decision_shape
from commands.kernel.decision import Blocked, ChangesWhen, Effect, Fact, Finding, Layer, NeedsManager
from commands.kernel.plan import Json
from commands.kernel.spec import Ask

from .command import TEXTS

UNCLEAR = "outcome_unclear"
MALL_REFUSED, MALL_SILENT, WAREHOUSE_REFUSED = "mall_refused", "mall_silent", "warehouse_refused"
STILL_STOPPED, STILL_SHIPS = "warehouse_still_stopped", "warehouse_still_ships"
MUST_BE_TOLD = "warehouse_must_be_told"
FOR_A_MANAGER = frozenset({UNCLEAR, STILL_STOPPED, STILL_SHIPS, MUST_BE_TOLD})
OF_WAREHOUSE = frozenset({WAREHOUSE_REFUSED, STILL_STOPPED, STILL_SHIPS, MUST_BE_TOLD})
BY_A_MANAGER = ChangesWhen(act="talk_to_a_manager")


def ending(ask: Ask, code: str, stand: Mapping[str, Fact] | None = None) -> Json:
    """What nobody can be sure of goes to a manager; what was decided is a plain no. `stand`: what the mall and the
    warehouse hold, as far as is known.
    """
    open_end = code in FOR_A_MANAGER
    effect = Effect.NEEDS_MANAGER if open_end else Effect.BLOCKS
    layer = Layer.WMS if code in OF_WAREHOUSE else Layer.ORDER
    finding = Finding("R1", code, effect, layer, stand or {}, changes_when=BY_A_MANAGER)
    decision = NeedsManager(None, (finding,)) if open_end else Blocked((finding,))
    shape = decision_shape(decision, TEXTS, ask.language)
    said: Json = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return said
