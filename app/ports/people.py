"""Reaching people, and knowing them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from commands.kernel.who import ChannelId, Shop

from .functions import ChatUser


class SmsSender(Protocol):
    """Sends one text message, once: whether to try again is the caller's to decide."""

    name: str

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        """The provider's reference. Raises `SmsError`."""
        ...

    async def check(self) -> None:
        """Credentials and sender are right; sends nothing. Raises `SmsError`."""
        ...


class SmsTrouble(StrEnum):
    AUTH = "auth"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    UNCERTAIN = "uncertain"


class SmsError(Exception):
    """`trouble` says whether the message may have been sent (`uncertain`) or surely was not (the others)."""

    def __init__(self, trouble: SmsTrouble, provider: str, code: str) -> None:
        self.trouble = trouble
        self.provider = provider
        self.code = code
        super().__init__(f"{provider} {trouble} {code}")


@dataclass(frozen=True, slots=True)
class Account:
    """A member found by cellphone. `full_match`: the whole number was compared (scope read_privacy)."""

    member_id: str
    full_match: bool


class Members(Protocol):
    async def by_cellphone(self, shop: Shop, e164: str) -> list[Account]:
        """Exact matches only. Raises `Unavailable`."""
        ...

    async def exists(self, shop: Shop, member_id: str) -> bool:
        """Cached 10 minutes. Raises `Unavailable`."""
        ...


class Conversation(Protocol):
    """Channel's native calls, with a channel token. Raises `Unavailable`."""

    async def user(self, channel_id: ChannelId, user_id: str) -> ChatUser | None:
        """Cached 5 minutes."""
        ...

    async def customer_of_chat(self, channel_id: ChannelId, user_chat_id: str) -> ChatUser | None: ...

    async def write(
        self,
        channel_id: ChannelId,
        user_chat_id: str,
        text: str,
        *,
        private: bool = False,
        request_id: str,
        command: tuple[str, str] | None = None,
    ) -> None:
        """One message, escaped here; `command`: (button label, command name). `request_id` makes it idempotent."""
        ...

    async def write_to_group(
        self, channel_id: ChannelId, group_id: str, text: str, *, request_id: str, link: tuple[str, str]
    ) -> None:
        """One message to a group of managers; `link`: (button label, URL). Raises also `app.errors.Rejected`."""
        ...

    async def open_for_team(self, channel_id: ChannelId, user_chat_id: str) -> None: ...
