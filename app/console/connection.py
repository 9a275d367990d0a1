"""The page 연동: what the channel is connected to, what the doctor says of it, and connecting it (C1–C10, C3 aside)."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from app.clock import Clock
from app.ports import Audit, Connecting, Connection, ConnectionState, MallTokens, Pairings
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Unavailable
from commands.kernel.who import Language
from commands.shapes import FindingShape

from .pages import TEXTS, Pages, go
from .rights import Shown
from .sessions import MANAGER, Session
from .setting_places import PLACES
from .turnstile import Turnstile
from .visits import Visit
from .words import STATE_TONES, findings_once, past, scope_text, when

Findings = Callable[[Connection, Language], Awaitable[list[FindingShape]]]
NEWEST = 10
NOTICES = frozenset({"hashConfirmed", "hashWithdrawn", "hashChanged", "nothingToRemove"})
LONGEST_FIELD = 80
_SHOP_NO = re.compile(r"[1-9][0-9]{0,2}")
_MALL_HOST = re.compile(r"(?:https?://)?([^./\s]+)\.cafe24(?:api|shop)?\.com(?:/.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ConnectForm:
    """The form as it was typed, with at most one field that is wrong: (name, sentence)."""

    mall_id: str = ""
    pairing_code: str = ""
    shop_no: str = ""
    error: tuple[str, str] | None = None

    def wrong(self, name: str) -> str:
        return self.error[1] if self.error and self.error[0] == name else ""


class ConnectionPage:
    """`findings` and `shown` are the shop's own: the doctor's sentences, and settings with their defaults."""

    def __init__(
        self,
        *,
        pages: Pages,
        pairings: Pairings,
        tokens: MallTokens,
        connecting: Connecting,
        audit: Audit,
        clock: Clock,
        findings: Findings,
        shown: Shown,
        required_scopes: tuple[str, ...],
        consent_hosts: str,
    ) -> None:
        self._pages = pages
        self._pairings = pairings
        self._tokens = tokens
        self._connecting = connecting
        self._audit = audit
        self._clock = clock
        self._findings = findings
        self._shown = shown
        self._required = required_scopes
        self._consent_hosts = consent_hosts
        self._turnstile = Turnstile(10, timedelta(minutes=5))

    async def show(self, visit: Visit) -> Response:
        done = visit.query.get("done", "")
        return await self._page(visit, done=done if done in NOTICES else None)

    async def start(self, visit: Visit) -> Response:
        """Any manager while there is no connection, its admins afterwards (see `Visits`)."""
        form = ConnectForm(
            mall_id=_mall_id_in(visit.form.get("mall_id", "")),
            pairing_code=visit.form.get("pairing_code", "").strip()[:LONGEST_FIELD],
            shop_no=visit.form.get("shop_no", "").strip()[:LONGEST_FIELD],
        )
        error = _mistake(form, visit.session.language)
        if error:
            return await self._page(visit, status=422, form=_with(form, error))
        return await self._consent(visit, form)

    async def reconnect(self, visit: Visit) -> Response:
        """A new consent for the same shop: tokens that died, scopes that were not granted."""
        if visit.connection is None:
            return go("/console/connection")
        shop = visit.connection.shop
        return await self._consent(visit, ConnectForm(mall_id=shop.mall_id, shop_no=str(shop.shop_no)))

    async def _consent(self, visit: Visit, form: ConnectForm) -> Response:
        language = visit.session.language
        if wait := self._turnstile.wait(visit.client, self._clock()):
            headers = {"retry-after": str(wait)}
            return self._pages.notice("tooMany", language, status=429, headers=headers, seconds=wait)
        try:
            consent = await self._connecting.start(
                channel_id=visit.session.channel_id,
                manager_id=_manager_id(visit.session),
                mall_id=form.mall_id or None,
                pairing_code=form.pairing_code or None,
                shop_no=int(form.shop_no) if form.shop_no else None,
                language=language,
            )
        except Failure as failure:
            return await self._refused(visit, form, failure)
        except Unavailable:
            sentence = TEXTS.say(language, "connect.unavailable")
            return await self._page(visit, status=503, form=form, trouble=sentence)
        if consent.notice:
            return self._pages.page(
                "consent", language, notice=consent.notice, authorize_url=consent.authorize_url
            )
        return go(consent.authorize_url)

    async def _refused(self, visit: Visit, form: ConnectForm, failure: Failure) -> Response:
        if visit.connection or failure.type not in {FailureType.INVALID_PARAMS, FailureType.NOT_FOUND}:
            return await self._page(visit, status=409, form=form, trouble=failure.message)
        name = "pairing_code" if form.pairing_code else "mall_id"
        return await self._page(visit, status=422, form=_with(form, (name, failure.message)))

    async def _page(
        self,
        visit: Visit,
        *,
        status: int = 200,
        form: ConnectForm | None = None,
        trouble: str | None = None,
        done: str | None = None,
    ) -> Response:
        language = visit.session.language
        shown = await (
            self._connected(visit.connection, language) if visit.connection else self._not_yet(visit)
        )
        lines = await self._audit.newest(visit.session.channel_id, NEWEST)
        return self._pages.page(
            "connection",
            language,
            status=status,
            # Browsers hold every redirect after a form to `form-action`, and Cafe24 goes on to its own login.
            form_hosts=self._consent_hosts if visit.is_admin else "",
            **visit.frame("connection"),
            connection=visit.connection,
            form=form or ConnectForm(mall_id=shown["waiting_for"]),
            trouble=trouble,
            done=done,
            past=past(lines, language, await visit.names_of(line.by for line in lines)),
            places=PLACES,
            **shown,
        )

    async def _not_yet(self, visit: Visit) -> dict[str, Any]:
        pairing = await self._pairings.of_channel(visit.session.channel_id, self._clock())
        state = ConnectionState.CONNECTING if pairing else ConnectionState.NONE
        return {"state": state, "tone": STATE_TONES[state], "waiting_for": pairing.mall_id if pairing else ""}

    async def _connected(self, connection: Connection, language: Language) -> dict[str, Any]:
        tokens = await self._tokens.get(connection.shop.mall_id)
        granted = tokens.scopes if tokens else frozenset[str]()
        at = connection.connected_at
        identity: Mapping[str, Any] = self._shown(connection)["identity"]
        return {
            "state": connection.state,
            "tone": STATE_TONES[connection.state],
            "waiting_for": "",
            "connected_at": at and when(at, language),
            "granted": [scope_text(scope, language) for scope in _in_order(granted, self._required)],
            "missing": [scope_text(s, language) for s in self._required if s not in granted]
            if tokens
            else [],
            "findings": findings_once(await self._findings(connection, language), language),
            "hash_confirmed": identity["memberHashConfirmed"],
            "trusts_hash": identity["memberTrust"] == "hash",
        }


def _in_order(granted: frozenset[str], required: tuple[str, ...]) -> list[str]:
    return [s for s in required if s in granted] + sorted(granted - set(required))


def _manager_id(session: Session) -> str:
    """An operator is named as one: their id must never read as a manager's."""
    return session.who.removeprefix(MANAGER)


def _mall_id_in(typed: str) -> str:
    """Many paste the address of their shop: `https://hanok.cafe24.com/` means `hanok`."""
    text = typed.strip()[:LONGEST_FIELD]
    address = _MALL_HOST.fullmatch(text)
    return (address.group(1) if address else text).lower()


def _mistake(form: ConnectForm, language: Language) -> tuple[str, str] | None:
    if form.mall_id and form.pairing_code:
        return "pairing_code", TEXTS.say(language, "connect.either")
    if not form.mall_id and not form.pairing_code:
        return "mall_id", TEXTS.say(language, "connect.needed")
    if form.shop_no and not _SHOP_NO.fullmatch(form.shop_no):
        return "shop_no", TEXTS.say(language, "connect.shopNo")
    return None


def _with(form: ConnectForm, error: tuple[str, str]) -> ConnectForm:
    return ConnectForm(form.mall_id, form.pairing_code, form.shop_no, error)
