"""Decisions that end a receipt: one finding, in the wire's shape."""

from commands.explain import decision_shape
from commands.kernel.decision import Blocked, ChangesWhen, Effect, Finding, Layer, NeedsManager
from commands.kernel.plan import Json
from commands.kernel.spec import Ask

from .command import TEXTS

UNCLEAR = "outcome_unclear"
BY_A_MANAGER = ChangesWhen(act="talk_to_a_manager")


def ending(ask: Ask, code: str) -> Json:
    """What nobody can be sure of goes to a manager; what the shop decided is a plain no."""
    effect = Effect.NEEDS_MANAGER if code == UNCLEAR else Effect.BLOCKS
    finding = Finding("R1", code, effect, Layer.ORDER, changes_when=BY_A_MANAGER)
    decision = NeedsManager(None, (finding,)) if code == UNCLEAR else Blocked((finding,))
    shape = decision_shape(decision, TEXTS, ask.language)
    said: Json = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return said
