"""The page 고객 데이터 (admins): everything kept of one customer is deleted on request, in one act."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from starlette.responses import Response

from app.clock import Clock
from app.ports import Connection
from commands.kernel.failures import Failure
from commands.kernel.ports import Unavailable
from commands.kernel.who import Customer, Guest, Member

from .pages import TEXTS, Pages
from .turnstile import Turnstile
from .visits import Visit
from .words import said

Erase = Callable[[Connection, Customer, str], Awaitable[Mapping[str, int]]]
"""(connection, whose, by whom) → how many of what were deleted. Raises `Failure` with a sentence, and `Unavailable`
when some of it is left.
"""
LONGEST = 80
KINDS = ("member", "guest")


class ErasingPage:
    def __init__(self, pages: Pages, erase: Erase, clock: Clock) -> None:
        self._pages = pages
        self._erase = erase
        self._clock = clock
        self._turnstile = Turnstile(10, timedelta(minutes=5))

    async def show(self, visit: Visit, _connection: Connection) -> Response:
        return self._page(visit)

    async def erase(self, visit: Visit, connection: Connection) -> Response:
        """The id is typed twice: what was deleted does not come back."""
        language = visit.session.language
        if wait := self._turnstile.wait(visit.session.who, self._clock()):
            headers = {"retry-after": str(wait)}
            return self._pages.notice("tooMany", language, status=429, headers=headers, seconds=wait)
        customer = customer_of(visit.form.get("kind", ""), visit.form.get("customer", ""))
        if customer is None:
            return self._page(visit, error=("customer", "erasing.unreadable"))
        if _plain(visit.form.get("again", "")) != _plain(visit.form.get("customer", "")):
            return self._page(visit, error=("again", "erasing.different"))
        try:
            deleted = await self._erase(connection, customer, visit.session.who)
        except Failure as failure:
            return self._page(visit, trouble=failure.message, status=409)
        except Unavailable:
            return self._page(visit, trouble=TEXTS.say(language, "erasing.unavailable"), status=503)
        return self._page(visit, deleted=deleted)

    def _page(
        self,
        visit: Visit,
        *,
        error: tuple[str, str] | None = None,
        trouble: str = "",
        deleted: Mapping[str, int] | None = None,
        status: int = 200,
    ) -> Response:
        language = visit.session.language
        kind = visit.form.get("kind", "")
        return self._pages.page(
            "erasing",
            language,
            status=422 if error else status,
            **visit.frame("erasing"),
            kinds=KINDS,
            kind=kind if kind in KINDS else KINDS[0],
            typed="" if deleted is not None else visit.form.get("customer", "")[:LONGEST],
            wrong=error[0] if error else "",
            error=TEXTS.say(language, error[1]) if error else "",
            trouble=trouble,
            deleted=None
            if deleted is None
            else [(said(language, f"erased.{name}") or name, count) for name, count in deleted.items()],
        )


def customer_of(kind: str, typed: str) -> Customer | None:
    """A member id as the mall has it, or a Korean cellphone number, however it is spaced."""
    text = _plain(typed)
    if kind == "member":
        return Member(text) if text and "," not in text and text.isprintable() else None
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    national = f"0{digits[2:].removeprefix('0')}" if digits.startswith("82") else digits
    if kind != "guest" or len(national) != len("01012345678") or not national.startswith("010"):
        return None
    return Guest(f"+82{national[1:]}")


def _plain(typed: str) -> str:
    return typed.strip()[:LONGEST]
