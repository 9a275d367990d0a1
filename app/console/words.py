"""What the page 연동 shows, in words: scopes, times, who did what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.ports import AuditLine, ConnectionState
from commands.kernel.calendar import KST
from commands.kernel.screen import Tone
from commands.kernel.who import Language
from commands.shapes import FindingShape

from .pages import TEXTS
from .sessions import MANAGER, OPERATOR

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
    return _said(language, f"scope.{scope}") or scope


def person(who: str, language: Language) -> str:
    if who.startswith(MANAGER + OPERATOR):
        # Who consents is kept as a manager; an operator that began it from here is named as one.
        who = who.removeprefix(MANAGER)
    for prefix in (MANAGER, OPERATOR):
        if who.startswith(prefix):
            return TEXTS.say(language, f"who.{prefix.rstrip(':')}", id=who.removeprefix(prefix))
    return _said(language, f"who.{who}") or who


def past(lines: Iterable[AuditLine], language: Language) -> list[Past]:
    return [
        Past(_act(line, language), person(line.by, language), when(line.at, language), line.at.isoformat())
        for line in lines
    ]


def findings_once(findings: Sequence[FindingShape]) -> list[FindingShape]:
    """Several commands see the same connection: each sentence once, decisive if it is for any of them."""
    seen: dict[tuple[str, str], FindingShape] = {}
    for finding in findings:
        key = (finding.code, finding.manager_text)
        if key not in seen or finding.decisive:
            seen[key] = finding
    return sorted(seen.values(), key=lambda finding: not finding.decisive)


def _act(line: AuditLine, language: Language) -> str:
    if line.act == "settings.update" and "confirmed" in line.facts:
        key = "act.hash.confirmed" if line.facts["confirmed"] else "act.hash.withdrawn"
        return TEXTS.say(language, key)
    if line.act == "settings.update":
        names = str(line.facts.get("changed", "")).split(", ")
        changed = ", ".join(_said(language, f"setting.{name}") or name for name in names)
        return TEXTS.say(language, "act.settings.update", changed=changed)
    return _said(language, f"act.{line.act}") or line.act


def _said(language: Language, key: str) -> str | None:
    return TEXTS.say(language, key) if TEXTS.has(key) else None
