"""What the pages about agents need of others, and their words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.ports import Audit, Plans
from app.ports.agents import AgentApprovals, AgentKey, AgentKeys, Scope
from commands.kernel.texts import Texts
from commands.kernel.who import ChannelId, Language

HERE = "/console/agents"
WORDS = Texts(Path(__file__).parent / "agent_texts")
NewKey = Callable[[ChannelId, str, Iterable[Scope], str, datetime], tuple[AgentKey, str, str]]
"""(channel, name, scopes, by, now) → the record, the key itself, and its hash."""


def word(kind: str, code: str, language: Language) -> str:
    """A code in words; one that we have none for as it is."""
    key = f"{kind}.{code}"
    return WORDS.say(language, key) if WORDS.has(key) else code


@dataclass(frozen=True, slots=True)
class AgentNeighbours:
    keys: AgentKeys
    approvals: AgentApprovals
    plans: Plans
    audit: Audit
    new_key: NewKey
    mcp_url: str
