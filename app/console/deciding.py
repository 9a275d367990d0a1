"""Approving and rejecting, one claim or several alike ones. Whoever comes second reads who decided, and when."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from starlette.responses import Response

from app.clock import Clock
from app.ports import Connection, PendingClaims
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.ports import OutcomeUnknown, Unavailable
from commands.kernel.screen import Tone
from commands.kernel.who import ChannelId, Language

from .claim_view import decided_text
from .claims import LIMIT, PHRASES, ClaimsPage, Filters, Outcome
from .names import ManagerNames, Names
from .pages import TEXTS, Pages
from .sessions import MANAGER
from .turnstile import Turnstile
from .visits import Visit
from .words import said

PICK = "pick-"
LONGEST_ID = 60
LONGEST_WORDS = 1_000
Action = Literal["approve", "reject"]
ACTIONS: Mapping[str, Action] = {"approve": "approve", "reject": "reject"}
TONES = {ReceiptState.FAILED: Tone.BAD, ReceiptState.CHECKING: Tone.INFO}


class Choosing:
    """One decision on one claim, with its outcome in words: for the console and for the desk."""

    def __init__(self, claims: PendingClaims, names: ManagerNames) -> None:
        self._claims = claims
        self._names = names

    async def one(
        self,
        channel_id: ChannelId,
        claim_id: str,
        manager_id: str,
        action: Action,
        words: str,
        language: Language,
    ) -> Outcome:
        try:
            receipt = await self._claims.decide(
                channel_id,
                claim_id,
                manager_id=manager_id,
                action=action,
                message=words or None,
                language=language,
            )
        except Failure as failure:
            claim = await self._claims.one(channel_id, claim_id)
            names = await self._names.of(channel_id, [str(failure.data.get("decidedBy", ""))])
            return _refused(failure, claim.order_id if claim else "", language, names)
        except (Unavailable, OutcomeUnknown):
            return Outcome(TEXTS.say(language, "outcome.unavailable"), Tone.WARNING)
        return _decided(receipt, action, language)


class Deciding:
    def __init__(
        self, pages: Pages, page: ClaimsPage, claims: PendingClaims, choosing: Choosing, clock: Clock
    ) -> None:
        self._pages = pages
        self._page = page
        self._claims = claims
        self._choosing = choosing
        self._clock = clock
        self._turnstile = Turnstile(60, timedelta(minutes=1))

    async def decide(self, visit: Visit, connection: Connection) -> Response:
        if refused := self._too_many(visit):
            return refused
        form, filters, language = visit.form, Filters.of(visit.form), visit.session.language
        claim_id, action = form.get("id", "")[:LONGEST_ID], ACTIONS.get(form.get("action", ""))
        if action is None:
            return self._pages.notice("badForm", language, status=400)
        words = words_of(form, language) if action == "reject" else ""
        if action == "reject" and not words:
            typed = {"id": claim_id, "error": TEXTS.say(language, "reject.needsWords")}
            return await self._page.page(visit, connection, filters, typed=typed, status=422)
        outcome = await self._one(visit, connection, claim_id, action, words)
        status = 200 if outcome.tone in {Tone.GOOD, Tone.INFO} else 409
        return await self._page.page(visit, connection, filters, outcomes=[outcome], status=status)

    async def batch(self, visit: Visit, connection: Connection) -> Response:
        """Each claim by itself: one that fails or was decided meanwhile holds up no other."""
        if refused := self._too_many(visit):
            return refused
        filters, language = Filters.of(visit.form), visit.session.language
        ids = [name.removeprefix(PICK) for name in visit.form if name.startswith(PICK)]
        trouble = await self._unlike(connection, ids)
        if trouble:
            outcome = Outcome(TEXTS.say(language, trouble, most=LIMIT), Tone.WARNING)
            return await self._page.page(visit, connection, filters, outcomes=[outcome], status=422)
        outcomes = [await self._one(visit, connection, id_, "approve", "") for id_ in ids]
        return await self._page.page(visit, connection, filters, outcomes=outcomes)

    async def _unlike(self, connection: Connection, ids: list[str]) -> str | None:
        if not ids:
            return "batch.none"
        if len(ids) > LIMIT:
            return "batch.tooMany"
        found = [await self._claims.one(connection.shop.channel_id, id_[:LONGEST_ID]) for id_ in ids]
        return "batch.unlike" if len({claim.kind for claim in found if claim}) > 1 else None

    async def _one(
        self, visit: Visit, connection: Connection, claim_id: str, action: Action, words: str
    ) -> Outcome:
        session = visit.session
        manager_id = session.who.removeprefix(MANAGER)
        channel_id = connection.shop.channel_id
        return await self._choosing.one(channel_id, claim_id, manager_id, action, words, session.language)

    def _too_many(self, visit: Visit) -> Response | None:
        wait = self._turnstile.wait(visit.session.who, self._clock())
        if not wait:
            return None
        headers, language = {"retry-after": str(wait)}, visit.session.language
        return self._pages.notice("tooMany", language, status=429, headers=headers, seconds=wait)


def words_of(form: Mapping[str, str], language: Language) -> str:
    """As they were typed, else the phrase that was chosen."""
    typed = form.get("message", "").strip()[:LONGEST_WORDS]
    phrase = form.get("phrase", "")
    return typed or (TEXTS.say(language, f"phrase.{phrase}") if phrase in PHRASES else "")


def _decided(receipt: Receipt, action: Action, language: Language) -> Outcome:
    if action == "reject":
        return Outcome(TEXTS.say(language, "outcome.rejected"), Tone.GOOD, receipt.order_id)
    text = said(language, f"outcome.{receipt.state}") or TEXTS.say(language, "outcome.approved")
    return Outcome(text, TONES.get(receipt.state, Tone.GOOD), receipt.order_id)


def _refused(failure: Failure, order_id: str, language: Language, names: Names) -> Outcome:
    data = failure.data
    if failure.type is FailureType.CONFLICT and data.get("decidedBy"):
        who = decided_text(data.get("decidedBy"), data.get("decidedAt"), language, names)
        return Outcome(TEXTS.say(language, "outcome.conflict", who=who), Tone.WARNING, order_id)
    if failure.type is FailureType.NOT_FOUND:
        return Outcome(TEXTS.say(language, "outcome.notFound"), Tone.WARNING, order_id)
    given = failure.message if failure.message != failure.type.value else ""
    return Outcome(given or TEXTS.say(language, "outcome.unavailable"), Tone.WARNING, order_id)
