"""The job that tells the customer what became of a receipt, once, in the chat of their last command."""

from collections.abc import Iterable

from app.errors import OutcomeUnknown, Unavailable
from app.ports import Chats, Conversation, Intent, Intents, Job, KeptPlan, Plans, Verdict
from commands.explain import WORDS
from commands.kernel.plan import Json, ReceiptState
from commands.kernel.spec import CommandSpec
from commands.kernel.texts import Texts
from commands.kernel.who import CallerKind, Language, MallId

from .asks import Asks
from .endings import OUTCOME_UNKNOWN, TEXTS, decisive, in_words


class Telling:
    """Handles jobs of the kind `tell`. Sentences are the command's, with {order}, {claim} and {reason}:
    `message.{state}.later` when the shop decided later, `message.{state}.approved` after a manager's yes,
    `message.{state}.{code}` of the decisive finding, else `message.{state}`; without such a key nothing is said.
    A rejection is said in the manager's words.
    """

    def __init__(
        self,
        commands: Iterable[CommandSpec],
        asks: Asks,
        plans: Plans,
        intents: Intents,
        chats: Chats,
        conversation: Conversation,
    ) -> None:
        self._texts: dict[str, Texts] = {c.name: c.texts for c in commands}
        self._asks = asks
        self._plans = plans
        self._intents = intents
        self._chats = chats
        self._conversation = conversation

    async def tell(self, job: Job) -> None:
        state = ReceiptState(job.payload["state"])
        intent = await self._intents.get(MallId(job.payload["mall"]), job.payload["receipt"])
        plan = await self._plans.get(intent.mall_id, intent.plan_id) if intent else None
        if intent is None or plan is None:
            return
        chat = await chat_of(plan, self._chats)
        if chat is None or _overtaken(state, intent):
            return
        language = await self._asks.language(plan)
        text = self._sentence(plan, intent, state, language, later=job.payload["later"])
        if text:
            await self._write(plan, chat, text, f"{intent.id}-{state}")
        if job.payload["note"]:
            note = self._note(plan, intent, await self._asks.shop_language(plan))
            await self._write(plan, chat, note, f"{intent.id}-note", private=True)

    def _sentence(
        self, plan: KeptPlan, intent: Intent, state: ReceiptState, language: Language, *, later: bool
    ) -> str:
        finding = decisive(intent.decision)
        code = finding.get("code")
        texts = self._texts.get(plan.command)
        verdict = intent.decided.verdict if intent.decided else None
        if state is ReceiptState.FAILED and verdict is Verdict.REJECTED and intent.decided:
            words = intent.decided.words or ""
            return TEXTS.say(language, "message.rejected", order=intent.order_id, words=words)
        for key in (
            later and f"message.{state}.later",
            verdict is Verdict.APPROVED and f"message.{state}.approved",
            code and f"message.{state}.{code}",
        ):
            if key and texts is not None and texts.has(key):
                return self._said(texts, language, key, intent, finding)
        if code == OUTCOME_UNKNOWN:
            # The command's own words for a failure may promise that nothing happened.
            return self._said(WORDS, language, "message.unknown", intent, finding)
        key = f"message.{state}"
        return self._said(texts, language, key, intent, finding) if texts and texts.has(key) else ""

    @staticmethod
    def _said(texts: Texts, language: Language, key: str, intent: Intent, finding: Json) -> str:
        return texts.say(
            language,
            key,
            order=intent.order_id,
            claim=intent.claim_code or "",
            reason=finding.get("customerText", ""),
        )

    def _note(self, plan: KeptPlan, intent: Intent, language: Language) -> str:
        """`note.{code}` of the command, else that the request failed; with {order} and {reason}."""
        finding = decisive(in_words(intent, CallerKind.MANAGER))
        reason, texts = finding.get("managerText", ""), self._texts.get(plan.command)
        key = f"note.{finding.get('code')}"
        if texts is not None and texts.has(key):
            return texts.say(language, key, order=intent.order_id, reason=reason)
        return WORDS.say(language, "manager.effectFailed", order=intent.order_id, reason=reason)

    async def _write(
        self, plan: KeptPlan, chat: str, text: str, request_id: str, *, private: bool = False
    ) -> None:
        """Channel knows a repeated `request_id`: an unknown outcome may be asked for again."""
        try:
            await self._conversation.write(
                plan.channel_id, chat, text, private=private, request_id=request_id
            )
        except OutcomeUnknown as error:
            raise Unavailable("channel", "message", note="no answer") from error


def _overtaken(state: ReceiptState, intent: Intent) -> bool:
    """What was to be told is not so any more; what came after it has a message of its own."""
    if state is ReceiptState.PENDING:
        return intent.state is not ReceiptState.PENDING
    return state is ReceiptState.CHECKING and intent.finished


async def chat_of(plan: KeptPlan, chats: Chats) -> str | None:
    """Where the customer reads us: the chat of their last command."""
    user_id = plan.reach.user_id
    latest = await chats.of_user(plan.channel_id, user_id) if user_id else None
    return latest or plan.reach.chat_id
