"""Decisions that end a receipt, in the wire's shape."""

from commands.explain import decision_shape
from commands.kernel.decision import Blocked, ChangesWhen, Decision, Effect, Finding, Layer, NeedsManager
from commands.kernel.plan import Json
from commands.kernel.ports import AUTO_PICKUP_ON
from commands.kernel.spec import Ask

from .finding_out import TEXTS
from .order_rules import PICKUP_SETTING

UNCLEAR = "outcome_unclear"
REJECTED = "request_rejected"
GONE = "order_gone"
BY_A_MANAGER = ChangesWhen(act="talk_to_a_manager")


def ending(ask: Ask, code: str) -> Json:
    """What nobody can be sure of goes to a manager; what the shop decided is a plain no."""
    effect = Effect.NEEDS_MANAGER if code == UNCLEAR else Effect.BLOCKS
    switch = code == AUTO_PICKUP_ON
    finding = Finding(
        "R1",
        code,
        effect,
        Layer.MALL_SETTING if switch else Layer.ORDER,
        setting_path=PICKUP_SETTING if switch else None,
        changes_when=BY_A_MANAGER,
    )
    decision = NeedsManager(None, (finding,)) if code == UNCLEAR else Blocked((finding,))
    return said(ask, decision)


def said(ask: Ask, decision: Decision[object]) -> Json:
    shape = decision_shape(decision, TEXTS, ask.language)
    words: Json = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return words
