"""The job that tells the team of a claim that waits: in its group with a way to the queue, else beside the customer's
chat. Once per claim and occasion; what was decided meanwhile is not worth a word.
"""

import logging
from datetime import datetime
from typing import Any

from app.errors import OutcomeUnknown, Rejected, Unauthorized, Unavailable
from app.log import say
from app.ports import Chats, Connection, Conversation, Intent, Intents, Job, KeptPlan, Plans
from commands.kernel.calendar import KST
from commands.kernel.plan import ReceiptState
from commands.kernel.who import Language, MallId

from .asks import Asks
from .endings import TEXTS
from .telling import chat_of

log = logging.getLogger("jumun.effects")
HAND_OVER = "handOver"


class Announcing:
    """Handles jobs of the kind `announce`. `queue_url`: the page where managers decide."""

    def __init__(
        self,
        asks: Asks,
        plans: Plans,
        intents: Intents,
        chats: Chats,
        conversation: Conversation,
        *,
        queue_url: str,
    ) -> None:
        self._asks = asks
        self._plans = plans
        self._intents = intents
        self._chats = chats
        self._conversation = conversation
        self._queue_url = queue_url

    async def announce(self, job: Job) -> None:
        intent = await self._intents.get(MallId(job.payload["mall"]), job.payload["receipt"])
        plan = await self._plans.get(intent.mall_id, intent.plan_id) if intent else None
        connection = await self._asks.connection_of(plan.channel_id) if plan else None
        if intent is None or plan is None or connection is None or intent.state is not ReceiptState.PENDING:
            return
        about = job.payload["about"]
        language = await self._asks.shop_language(plan)
        text = TEXTS.say(language, f"claim.{about}", **_facts(intent, language))
        request_id = f"{intent.id}-{about}-{job.payload['at']}"
        try:
            await self._tell(plan, connection, text, request_id, language, hand_over=about == HAND_OVER)
        except OutcomeUnknown as error:
            # Channel knows a repeated `request_id`.
            raise Unavailable("channel", "announce", note="no answer") from error

    async def _tell(
        self,
        plan: KeptPlan,
        connection: Connection,
        text: str,
        request_id: str,
        language: Language,
        *,
        hand_over: bool,
    ) -> None:
        chat = await chat_of(plan, self._chats)
        if hand_over and chat is not None:
            await self._conversation.write(plan.channel_id, chat, text, private=True, request_id=request_id)
            await self._conversation.open_for_team(plan.channel_id, chat)
            return
        if await self._told_the_group(connection, text, request_id, language):
            return
        if chat is None:
            say(log, "warning", "nobody could be told of a waiting claim", channel=plan.channel_id)
            return
        await self._conversation.write(plan.channel_id, chat, text, private=True, request_id=request_id)

    async def _told_the_group(
        self, connection: Connection, text: str, request_id: str, language: Language
    ) -> bool:
        """False without a group, and where the group is gone or the app may not write there."""
        group_id = (connection.settings.get("notify") or {}).get("groupId")
        if not group_id:
            return False
        channel_id = connection.shop.channel_id
        link = (TEXTS.say(language, "claim.button"), self._queue_url)
        try:
            await self._conversation.write_to_group(
                channel_id, group_id, text, request_id=request_id, link=link
            )
        except (Rejected, Unauthorized) as error:
            say(log, "warning", "the team's group took no message", error=type(error).__name__)
            return False
        return True


def _facts(intent: Intent, language: Language) -> dict[str, Any]:
    due_at = intent.waits.due_at if intent.waits else None
    return {
        "order": intent.order_id,
        "kind": kind_text(intent.waits.kind if intent.waits else "", language),
        "due": _hour(due_at) if due_at else TEXTS.say(language, "claim.due.none"),
    }


def kind_text(kind: str, language: Language) -> str:
    """`반품 · 상품 불량` of `return:defective`; what has no words is shown as it is."""
    what, _, reason = kind.partition(":")
    known = TEXTS.say(language, f"kind.{what}") if TEXTS.has(f"kind.{what}") else what
    if not reason:
        return known
    why = TEXTS.say(language, f"reason.{reason}") if TEXTS.has(f"reason.{reason}") else reason
    return TEXTS.say(language, "kind.with", kind=known, reason=why)


def _hour(at: datetime) -> str:
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}"
