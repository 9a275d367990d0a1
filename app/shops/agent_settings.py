"""Which cases an agent may confirm by itself: none, until an admin says otherwise."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from commands.kernel.mall import AgentChoices

from .group import Group


class AgentConfirmSettings(Group):
    """`up_to`: the most that such a plan may pay back, in the shop's currency. An address never belongs here: whoever
    chooses it takes the goods.
    """

    commands: tuple[Literal["cancel", "exchangeReturn"], ...] = ()
    up_to: int | None = Field(None, ge=0, le=100_000_000)


class AgentSettings(Group):
    confirm: AgentConfirmSettings = AgentConfirmSettings()


AGENT_BY_DEFAULT = AgentChoices()


def agent_of(stored: Mapping[str, Any]) -> AgentChoices:
    group = stored.get("agent")
    if not group:
        return AGENT_BY_DEFAULT
    confirm = AgentSettings.model_validate(group).confirm
    up_to = None if confirm.up_to is None else Decimal(confirm.up_to)
    return AgentChoices(frozenset(confirm.commands), up_to)
