"""What is kept of agents: their keys, the conversations they lead for customers, and who allowed what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, MallId

AGENT = "agent:"
"""How the id of a caller begins who is an agent on a customer's behalf."""


class Scope(StrEnum):
    READ = "read"
    PREVIEW = "preview"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class AgentKey:
    """`prefix`: the first letters of the key, to tell it from others; the key itself is kept nowhere."""

    id: str
    channel_id: ChannelId
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgentConversation:
    """One customer in front of one agent. `ends_at` is set once the customer's code was right."""

    id: str
    key_id: str
    channel_id: ChannelId
    created_at: datetime
    verification_id: str | None = None
    ends_at: datetime | None = None

    @property
    def user_id(self) -> str:
        """The chat user that stands for the customer here: names the key and the conversation, in every audit line."""
        return f"{AGENT}{self.key_id}:{self.id}"


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AgentApproval:
    """`subject`: the one thing that is allowed, as `plan:{id}`. `amount`: what the customer gets back, where certain.
    `by`: `sms` or `manager:{id}`; `verification_id`: of the newest code that was sent for it.
    """

    id: str
    mall_id: MallId
    channel_id: ChannelId
    key_id: str
    conversation_id: str
    subject: str
    act: str
    order_id: OrderId
    amount: str | None
    created_at: datetime
    expires_at: datetime
    state: ApprovalState = ApprovalState.WAITING
    by: str | None = None
    verification_id: str | None = None


class AgentKeys(Protocol):
    async def add(self, key: AgentKey, key_hash: str) -> None: ...

    async def of_hash(self, key_hash: str) -> AgentKey | None:
        """Also a revoked one: who asks decides."""
        ...

    async def of_channel(self, channel_id: ChannelId) -> list[AgentKey]:
        """Newest first, the revoked ones too."""
        ...

    async def revoke(self, channel_id: ChannelId, key_id: str, now: datetime) -> bool:
        """False when there is no such living key of this channel."""
        ...

    async def used(self, at: Mapping[str, datetime]) -> None: ...


class AgentConversations(Protocol):
    async def begin(self, conversation: AgentConversation, *, at_most: int, since: datetime) -> bool:
        """False when the key began `at_most` since then; nothing is kept."""
        ...

    async def sent(self, conversation_id: str, verification_id: str) -> None: ...

    async def of_verification(self, key_id: str, verification_id: str) -> AgentConversation | None: ...

    async def open(self, conversation_id: str, handle_hash: str, ends_at: datetime) -> bool:
        """False when it was opened before: a code gives one handle."""
        ...

    async def of_handle(self, key_id: str, handle_hash: str, now: datetime) -> AgentConversation | None:
        """None for an unknown, a foreign and an ended one alike."""
        ...


class AgentApprovals(Protocol):
    async def ask(self, approval: AgentApproval) -> AgentApproval:
        """What is kept of this subject: the first one that asked, unless it has expired."""
        ...

    async def of_subject(self, mall_id: MallId, subject: str) -> AgentApproval | None: ...

    async def one(self, channel_id: ChannelId, approval_id: str) -> AgentApproval | None: ...

    async def texted(self, approval: AgentApproval, verification_id: str) -> None: ...

    async def decide(
        self, approval: AgentApproval, state: ApprovalState, by: str, now: datetime
    ) -> AgentApproval | None:
        """Exactly one decider while it waits; the others get None."""
        ...

    async def waiting(self, channel_id: ChannelId, now: datetime) -> list[AgentApproval]:
        """Oldest first."""
        ...
