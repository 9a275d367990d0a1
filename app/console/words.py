"""What the page 연동 shows, in words: scopes, times, who did what."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from app.ports import AuditLine, ConnectionState
from app.ports.agents import AGENT
from commands.kernel.calendar import KST
from commands.kernel.screen import Tone
from commands.kernel.who import Language
from commands.shapes import FindingShape

from .agent_near import HERE as AGENTS
from .agent_near import word
from .finding_words import in_words
from .names import NOBODY, Names
from .pages import TEXTS
from .sessions import MANAGER, OPERATOR
from .setting_places import PLACES

USER = "user:"
CALL = "agent."
"""How a call of an agent is named in the audit, before its tool."""
ORDER_NUMBER = re.compile(r"\d{8}-\d{7}")
SHOWN_FACTS = ("codes", "claim", "mall")
STATE_TONES = {
    ConnectionState.NONE: Tone.PLAIN,
    ConnectionState.CONNECTING: Tone.INFO,
    ConnectionState.CONNECTED: Tone.GOOD,
    ConnectionState.RECONNECT: Tone.BAD,
    ConnectionState.SUSPENDED: Tone.WARNING,
}


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the audit: what, by whom, when."""

    act: str
    by: str
    when: str
    at: str


def when(at: datetime, language: Language) -> str:
    """In the merchant's time: `2026년 11월 21일 14:03`."""
    there = at.astimezone(KST)
    clock = f"{there:%H:%M}"
    return TEXTS.say(language, "when", year=there.year, month=there.month, day=there.day, clock=clock)


def scope_text(scope: str, language: Language) -> str:
    """`주문 조회`; a scope that we have no words for is shown as it is."""
    return said(language, f"scope.{scope}") or scope


def person(who: str, language: Language, names: Names = NOBODY) -> str:
    if who in names:
        return TEXTS.say(language, "who.named", name=names[who])
    if who.startswith(MANAGER + OPERATOR):
        # Who consents is kept as a manager; an operator that began it from here is named as one.
        who = who.removeprefix(MANAGER)
    for prefix, key in ((MANAGER, "who.manager"), (OPERATOR, "who.operator"), (USER, "who.userId")):
        if who.startswith(prefix):
            return TEXTS.say(language, key, id=who.removeprefix(prefix))
    if who.startswith(AGENT):
        return TEXTS.say(language, "who.agent")
    return said(language, f"who.{who}") or who


@dataclass(frozen=True, slots=True)
class AuditView:
    """A line of the page 감사 기록. `by_id`: what its filter wants. `leads_to`: the page of what it is about."""

    at: str
    when: str
    act: str
    code: str
    by: str
    by_id: str
    subject: str
    leads_to: str
    facts: str


def audit_views(lines: Iterable[AuditLine], language: Language, names: Names = NOBODY) -> list[AuditView]:
    return [
        AuditView(
            at=line.at.isoformat(),
            when=when(line.at, language),
            act=_act(line, language),
            code=line.act,
            by=person(line.by, language, names),
            by_id=line.by,
            subject=line.subject,
            leads_to=_page_of(line),
            facts=" · ".join(str(line.facts[name]) for name in SHOWN_FACTS if line.facts.get(name)),
        )
        for line in lines
    ]


def past(lines: Iterable[AuditLine], language: Language, names: Names) -> list[Past]:
    return [
        Past(
            _act(line, language),
            person(line.by, language, names),
            when(line.at, language),
            line.at.isoformat(),
        )
        for line in lines
    ]


def findings_once(findings: Sequence[FindingShape], language: Language) -> list[FindingShape]:
    """Several commands see the same connection: each sentence once, decisive if it is for any of them."""
    seen: dict[tuple[str, str], FindingShape] = {}
    for finding in findings:
        key = (finding.code, finding.manager_text)
        if key not in seen or finding.decisive:
            seen[key] = finding
    found = [in_words(finding, language) for finding in seen.values()]
    return sorted(found, key=lambda finding: not finding.decisive)


def _page_of(line: AuditLine) -> str:
    if ORDER_NUMBER.fullmatch(line.subject):
        return f"/console/orders?order={line.subject}"
    if line.act.startswith(CALL):
        return f"{AGENTS}/calls?conversation={quote(line.subject)}"
    return ""


def _act(line: AuditLine, language: Language) -> str:
    if line.act.startswith(CALL):
        return TEXTS.say(language, "act.agent", tool=word("tool", line.act.removeprefix(CALL), language))
    if line.act == "settings.update" and "confirmed" in line.facts:
        key = "act.hash.confirmed" if line.facts["confirmed"] else "act.hash.withdrawn"
        return TEXTS.say(language, key)
    if line.act == "settings.update" and "changed" in line.facts:
        names = str(line.facts.get("changed", "")).split(", ")
        changed = ", ".join(setting_text(name, language) for name in names)
        return TEXTS.say(language, "act.settings.update", changed=changed)
    return said(language, f"act.{line.act}") or line.act


def setting_text(path: str, language: Language) -> str:
    """A setting's name; a part that we have no words for is shown as it is."""
    return said(language, f"set.{path}") or said(language, f"setting.{path}") or path


def place_text(path: str, language: Language) -> str:
    """`설정 › 주문취소 › 취소 방식`."""
    section = TEXTS.say(language, f"section.{PLACES[path]}")
    return f"{TEXTS.say(language, 'nav.settings')} › {section} › {setting_text(path, language)}"


def said(language: Language, key: str) -> str | None:
    """None for a key that we have no words for."""
    return TEXTS.say(language, key) if TEXTS.has(key) else None
