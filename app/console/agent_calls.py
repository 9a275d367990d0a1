"""What an agent did in one conversation, call by call, as the audit kept it: no phone, code, name or address."""

from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from app.ports import Audit, AuditLine, AuditWanted, Connection
from commands.kernel.calendar import KST
from commands.kernel.who import ChannelId, Language

from .agent_near import WORDS, word
from .pages import Pages
from .visits import Visit
from .words import CALL, when

ACTS = "agent"
MOST, RECENT = 500, 300
LONGEST = 60
FACTS = {
    "verdict": "verdict",
    "codes": "",
    "approval": "approval.is",
    "state": "receipt.is",
    "plan": "",
    "receipt": "",
}
"""What is told of an answer, and where its words stand: codes and ids have none."""


@dataclass(frozen=True, slots=True)
class CallView:
    at: str
    when: str
    tool: str
    code: str
    args: str
    outcome: str
    good: bool
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ConversationView:
    id: str
    key: str
    when: str
    calls: int


async def conversations(audit: Audit, channel_id: ChannelId, language: Language) -> list[ConversationView]:
    """The newest first, of the last few hundred calls."""
    page = await audit.page(channel_id, AuditWanted(acts=ACTS), limit=RECENT)
    lines: dict[str, list[AuditLine]] = {}
    for line in page.lines:
        lines.setdefault(line.subject, []).append(line)
    return [
        ConversationView(subject, str(found[0].facts.get("key", "")), when(found[0].at, language), len(found))
        for subject, found in lines.items()
        if not found[0].by.endswith(subject)
    ]


class AgentCalls:
    def __init__(self, pages: Pages, audit: Audit) -> None:
        self._pages = pages
        self._audit = audit

    async def show(self, visit: Visit, connection: Connection) -> Response:
        language, asked = visit.session.language, visit.query.get("conversation", "")[:LONGEST]
        wanted = AuditWanted(acts=ACTS, subject=asked or "-")
        page = await self._audit.page(connection.shop.channel_id, wanted, limit=MOST)
        calls = [call_view(line, language) for line in reversed(page.lines)]
        return self._pages.page(
            "agent_calls",
            language,
            script=True,
            **visit.frame("agents"),
            tell=partial(WORDS.say, language),
            conversation=asked,
            calls=calls,
            cut=page.next is not None,
            by=page.lines[0].facts.get("key", "") if page.lines else "",
            began=when(page.lines[-1].at, language) if page.lines else "",
        )


def call_view(line: AuditLine, language: Language) -> CallView:
    tool, facts = line.act.removeprefix(CALL), line.facts
    told = [
        (WORDS.say(language, f"fact.{name}"), word(kind, str(facts[name]), language))
        for name, kind in FACTS.items()
        if facts.get(name)
    ]
    outcome = str(facts.get("outcome", ""))
    return CallView(
        at=line.at.isoformat(),
        when=f"{line.at.astimezone(KST):%H:%M:%S}",
        tool=word("tool", tool, language),
        code=tool,
        args=str(facts.get("args", "")),
        outcome=word("outcome", outcome, language),
        good=outcome == "ok",
        facts=told,
    )
