"""Calls that come in by Channel, and the Functions that answer them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from commands.kernel.spec import Ask, CommandSpec
from commands.kernel.who import CallerKind, ChannelId, Language


class Surface(StrEnum):
    """Who stands behind a call, as the signed context says."""

    USER = CallerKind.USER.value
    MANAGER = CallerKind.MANAGER.value
    SYSTEM = "system"
    APP = "app"


@dataclass(frozen=True, slots=True)
class ChatUser:
    """A customer as Channel knows them. `member_id`: set only where the shop's site identified the customer."""

    id: str
    member: bool = False
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A Function call whose signature was right. Nothing here comes from `params`. `config`: what managers saved on
    the AppStore's own settings screen.
    """

    surface: Surface
    caller_id: str
    channel_id: ChannelId
    language: Language
    user: ChatUser | None = None
    user_chat_id: str | None = None
    language_given: bool = False
    request_id: str = ""
    config: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Function:
    """A Function that we serve. `params` is a pydantic model; `run` answers a model, or JSON bytes made already."""

    name: str
    params: type[Any]
    result: type[Any]
    run: Callable[[Call, Any], Awaitable[Any]]
    surfaces: frozenset[Surface]
    description: str = ""


class Asking(Protocol):
    """Turns a call into a question: which shop, which customer, on whose behalf."""

    async def ask(self, call: Call, command: CommandSpec | None, chat_token: str | None) -> Ask:
        """Without a command no switch is asked. Raises `Failure`: notConnected, commandOff, notIdentified."""
        ...
