"""Who is in the channel: customers, managers, and the chats in which they meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from app.sandbox.channel.message import Message

ChatType = Literal["userChat", "group"]
OPENED = "USER_CHAT_STATE_OPENED"
CHAT_STATES = (OPENED, "USER_CHAT_STATE_CLOSED", "USER_CHAT_STATE_SNOOZED")


@dataclass(slots=True)
class User:
    """A customer. `member_id` is set only where the shop's site has told Channel who this is."""

    id: str
    name: str
    member_id: str | None = None
    profile: dict[str, Any] = field(default_factory=dict)
    language: str = "ko"

    @property
    def member(self) -> bool:
        return self.member_id is not None

    def context(self, channel_id: str) -> dict[str, Any]:
        """As a Function call carries it."""
        return {
            "id": self.id,
            "channelId": channel_id,
            "type": "member" if self.member else "lead",
            "member": self.member,
            "memberId": self.member_id,
            "profile": {"name": self.name} | self.profile,
        }

    def wire(self, channel_id: str) -> dict[str, Any]:
        """As `getUser` answers it."""
        return self.context(channel_id) | {"name": self.name, "tags": [], "language": self.language}


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody of the shop, at the desk."""

    id: str
    name: str
    email: str

    def wire(self, channel_id: str) -> dict[str, Any]:
        return {"id": self.id, "channelId": channel_id, "name": self.name, "email": self.email}


@dataclass(slots=True)
class Chat:
    """A chat with a customer, or a group of managers."""

    id: str
    type: ChatType
    title: str
    user_id: str | None = None
    state: str = OPENED
    manager_ids: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def context(self) -> dict[str, Any]:
        """As a Function call carries it."""
        return {"id": self.id, "profile": {}, "state": self.state}

    def wire(self, channel_id: str) -> dict[str, Any]:
        """As `getUserChat` answers it."""
        return {
            "id": self.id,
            "channelId": channel_id,
            "userId": self.user_id,
            "assigneeId": self.manager_ids[0] if self.manager_ids else None,
            "teamId": None,
            "managerIds": self.manager_ids,
            "state": self.state,
            "tags": [],
            "profile": {},
        }
