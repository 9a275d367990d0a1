"""How an effect ended, as values: the decision of one that was given up, and an end as JSON and back."""

from collections.abc import Mapping
from typing import Any

from app.errors import Unauthorized
from app.ports import GivenUp, Intent, Verdict
from commands.explain import WORDS, decision_shape
from commands.kernel.decision import Blocked, ChangesWhen, Effect, Finding, Layer
from commands.kernel.plan import Json, ReceiptState, Settled, WentStale
from commands.kernel.ports import MallRefused, OutcomeUnknown, Unavailable
from commands.kernel.texts import Texts, beside
from commands.kernel.who import CallerKind, Language

LONGEST_MESSAGE = 200
MALL_SAID = "mallSaid"
MALL_REFUSED = "mall_refused"
OUTCOME_UNKNOWN = "outcome_unknown"
REJECTED = "rejected_by_shop"
TEXTS = beside(__file__)
"""Sentences about claims that wait, for every command."""
ASK_MANAGER = ChangesWhen(act="ask_manager")


def given_up(given: GivenUp, language: Language, shown: Json) -> Settled:
    """A call that was or may have been made outweighs everything: nobody may say that nothing happened.
    The mall's own words go into what is `shown`, which is sealed: only managers read them.
    """
    said = None
    match given.error:
        case _ if given.may_have_acted:
            finding = _finding(OUTCOME_UNKNOWN)
        case OutcomeUnknown():
            finding = _finding(OUTCOME_UNKNOWN)
        case MallRefused(message=message):
            finding = _finding(MALL_REFUSED)
            said = {**shown, MALL_SAID: message[:LONGEST_MESSAGE]}
        case Unauthorized():
            finding = _finding("connection_lost", layer=Layer.MALL_SETTING)
        case Unavailable():
            finding = _finding("mall_unavailable")
        case _:
            finding = _finding("not_carried_out")
    return Settled(ReceiptState.FAILED, decision=_json(finding, language), shown=said)


def went_stale(outcome: WentStale, language: Language) -> Settled:
    decision = outcome.decision or _json(_finding("plan_stale"), language)
    return Settled(ReceiptState.FAILED, decision=decision)


def rejected(language: Language) -> Settled:
    """The manager's own words are kept sealed, beside it."""
    return Settled(ReceiptState.FAILED, decision=_json(_finding(REJECTED), language, TEXTS))


def shop_gone(language: Language) -> Settled:
    """Of a claim whose queue was removed: nobody can decide on it any more."""
    return Settled(ReceiptState.FAILED, decision=_json(_finding("connection_lost"), language))


def in_words(intent: Intent, reader: CallerKind) -> Json | None:
    """The receipt's decision, with what the manager wrote to the customer, or the mall to its managers."""
    decided, decision = intent.decided, intent.decision
    if decided is not None and decided.verdict is Verdict.REJECTED and decided.words:
        decision = _joined(decision, REJECTED, "customerText", decided.words)
    said = (intent.shown or {}).get(MALL_SAID)
    if said and reader is CallerKind.MANAGER:
        decision = _joined(decision, MALL_REFUSED, "managerText", said)
    return decision


def _joined(decision: Json | None, code: str, text: str, words: str) -> Json:
    def told(finding: Json) -> Json:
        if finding.get("code") != code:
            return finding
        return {**finding, text: f"{finding[text]}\n{words}", "facts": {"message": words}}

    kept = dict(decision or {})
    return kept | {"findings": [told(finding) for finding in kept.get("findings", ())]}


def _finding(code: str, layer: Layer = Layer.ORDER) -> Finding:
    return Finding("effect", code, Effect.BLOCKS, layer, {}, changes_when=ASK_MANAGER)


def _json(finding: Finding, language: Language, texts: Texts = WORDS) -> Json:
    shape = decision_shape(Blocked((finding,)), texts, language)
    said: dict[str, Any] = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return said


def outcome_to_json(outcome: Settled | WentStale) -> dict[str, Any]:
    if isinstance(outcome, WentStale):
        return {"stale": True, "decision": outcome.decision}
    return {
        "state": outcome.state.value,
        "claim_code": outcome.claim_code,
        "decision": outcome.decision,
        "shown": outcome.shown,
        "kind": outcome.kind,
    }


def outcome_from_json(kept: Mapping[str, Any]) -> Settled | WentStale:
    if kept.get("stale"):
        return WentStale(kept["decision"])
    return Settled(
        ReceiptState(kept["state"]), kept["claim_code"], kept["decision"], kept["shown"], kept.get("kind")
    )


def decisive(decision: Json | None) -> Json:
    """The decisive finding in the wire's shape, or nothing."""
    findings = (decision or {}).get("findings") or ()
    chosen: Json = next((finding for finding in findings if finding.get("decisive")), {})
    return chosen
