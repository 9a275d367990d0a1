"""The page 감사 기록: who did what to what, and the same as CSV. No personal data stands in it (DESIGN §7)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from app.clock import Clock
from app.ports import Audit, AuditLine, AuditWanted, Connection
from commands.kernel.calendar import KST
from commands.kernel.who import ChannelId, Language

from .names import Names
from .pages import CLOSED, TEXTS, Pages
from .sessions import MANAGER
from .turnstile import Turnstile
from .visits import Visit
from .words import audit_views

LIMIT = 50
CHUNK = 500
LONGEST = 80
GROUPS = (
    "cancel",
    "exchangeReturn",
    "addressChange",
    "settings",
    "connection",
    "console",
    "customer",
    "identity",
    "agent",
    "agents",
)
BOM = "\ufeff"
COLUMNS = ("at", "act", "actText", "by", "byText", "subject", "facts")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """As they were typed; what cannot be read matches nothing wrong: it is left out, and the field is marked."""

    acts: str = ""
    by: str = ""
    order: str = ""
    day: str = ""
    wrong_day: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "AuditFilters":
        texts = {name: given.get(name, "").strip()[:LONGEST] for name in ("acts", "by", "order", "day")}
        if texts["acts"] not in GROUPS:
            texts["acts"] = ""
        return cls(**texts, wrong_day=bool(texts["day"]) and _day(texts["day"]) is None)

    def wanted(self) -> AuditWanted:
        day = _day(self.day)
        since = datetime.combine(day, time(), KST) if day else None
        return AuditWanted(
            acts=self.acts or None,
            by=_who(self.by) if self.by else None,
            subject=self.order or None,
            since=since,
            until=since and since + timedelta(days=1),
        )

    def query(self, **more: str) -> str:
        fields = {"acts": self.acts, "by": self.by, "order": self.order, "day": self.day} | more
        return urlencode({name: value for name, value in fields.items() if value})


class AuditPage:
    def __init__(self, pages: Pages, audit: Audit, clock: Clock) -> None:
        self._pages = pages
        self._audit = audit
        self._clock = clock
        self._turnstile = Turnstile(10, timedelta(minutes=1))

    async def show(self, visit: Visit, connection: Connection) -> Response:
        language, filters = visit.session.language, AuditFilters.of(visit.query)
        cursor = visit.query.get("cursor", "")[:LONGEST] or None
        found = await self._audit.page(
            connection.shop.channel_id, filters.wanted(), cursor=cursor, limit=LIMIT
        )
        return self._pages.page(
            "audit",
            language,
            **visit.frame("audit"),
            lines=audit_views(found.lines, language, await visit.names_of(line.by for line in found.lines)),
            filters=filters,
            groups=GROUPS,
            first_page=cursor is None,
            next_query=found.next and filters.query(cursor=found.next),
        )

    async def export(self, visit: Visit, connection: Connection) -> Response:
        """All that the filters leave, read and sent in pieces."""
        now, language = self._clock(), visit.session.language
        if wait := self._turnstile.wait(visit.session.who, now):
            headers = {"retry-after": str(wait)}
            return self._pages.notice("tooMany", language, status=429, headers=headers, seconds=wait)
        name = f"jumun-audit-{now.astimezone(KST):%Y%m%d-%H%M}.csv"
        headers = CLOSED | {"content-disposition": f'attachment; filename="{name}"'}
        wanted = AuditFilters.of(visit.query).wanted()
        pieces = self._pieces(connection.shop.channel_id, wanted, visit)
        return StreamingResponse(pieces, headers=headers, media_type="text/csv; charset=utf-8")

    async def _pieces(self, channel_id: ChannelId, wanted: AuditWanted, visit: Visit) -> AsyncIterator[str]:
        language = visit.session.language
        yield BOM + csv_line([TEXTS.say(language, f"csv.{column}") for column in COLUMNS])
        cursor: str | None = None
        while True:
            page = await self._audit.page(channel_id, wanted, cursor=cursor, limit=CHUNK)
            names = await visit.names_of(line.by for line in page.lines)
            yield "".join(csv_line(_cells(line, language, names)) for line in page.lines)
            if page.next is None:
                return
            cursor = page.next


def csv_line(cells: list[str]) -> str:
    """RFC 4180; a cell that a spreadsheet would run as a formula is made text."""
    return ",".join('"' + _tame(cell).replace('"', '""') + '"' for cell in cells) + "\r\n"


def _tame(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(FORMULA) else cell


def _cells(line: AuditLine, language: Language, names: Names) -> list[str]:
    view = audit_views([line], language, names)[0]
    facts = "; ".join(f"{name}={value}" for name, value in line.facts.items() if value not in {None, ""})
    at = line.at.astimezone(KST).isoformat(timespec="seconds")
    return [at, line.act, view.act, line.by, view.by, line.subject, facts]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if len(typed) == len("2026-11-21") else None
    except ValueError:
        return None


def _who(typed: str) -> str:
    """A bare id is a manager's."""
    return typed if ":" in typed or typed in {"system", "cafe24", "channel"} else f"{MANAGER}{typed}"
