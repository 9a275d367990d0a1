"""The page 설정 (admins): every setting of DESIGN §6 with what it does, and beside each group what the doctor says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from starlette.responses import Response

from app.clock import Clock
from app.ports import Connection, Connections
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId, Language
from commands.shapes import FindingShape

from .kept_rate import PERIOD, KeptRateOf, kept_text
from .pages import TEXTS, Pages, go
from .rights import Shown, is_admin
from .sessions import MANAGER
from .setting_fields import Schema, Setting, settings_in
from .setting_findings import by_section
from .setting_forms import FieldView, at_path, field_view, patch_of, wrong_paths
from .setting_places import BY_NAME, ELSEWHERE, PLACES, SECTIONS, Section
from .visits import Visit
from .warehouse import Found

HERE = "/console/settings"
DONE = frozenset({"wmsShop", "wmsRemoved"})
FindingsByCommand = Callable[[Connection, Language], Awaitable[Mapping[str, list[FindingShape]]]]


class ChangeSettings(Protocol):
    """`app.shops.keeping.SettingsKeeper.change`."""

    async def __call__(
        self,
        channel_id: ChannelId,
        patch: dict[str, Any],
        *,
        version: int | None,
        by: str,
        language: Language,
        may: Callable[[Connection], None],
    ) -> Connection: ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a form that was sent. `asks_live`: whether the switch to live is meant."""

    section: str
    text: str
    status: int
    wrong: frozenset[str] = frozenset()
    compare: bool = False
    asks_live: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    name: str
    fields: list[FieldView]
    findings: list[FindingShape]
    trouble: Trouble | None


class SettingsPage:
    """`schema`: JSON schema of the settings, by alias."""

    def __init__(
        self,
        pages: Pages,
        *,
        schema: Schema,
        shown: Shown,
        change: ChangeSettings,
        findings: FindingsByCommand,
        connections: Connections,
        kept_rate: KeptRateOf,
        clock: Clock,
    ) -> None:
        self._pages = pages
        self._settings = settings_in(schema)
        self._shown = shown
        self._change = change
        self._findings = findings
        self._connections = connections
        self._kept_rate = kept_rate
        self._clock = clock

    async def show(self, visit: Visit, connection: Connection) -> Response:
        return await self._page(visit, connection)

    async def with_warehouse(
        self, visit: Visit, connection: Connection, found: Found, status: int = 200
    ) -> Response:
        """`found`: what a tool of the warehouse has to say."""
        return await self._page(visit, connection, found=found, status=status)

    async def save(self, name: str, visit: Visit, connection: Connection) -> Response:
        section, stored = BY_NAME[name], self._shown(connection)
        settings = [s for s in self._of(section, stored) if s.path not in ELSEWHERE]
        patch = patch_of(visit.form, settings, stored)
        if trouble := self._before_live(visit, name, patch, stored):
            return await self._page(visit, connection, trouble)
        try:
            await self._change(
                connection.shop.channel_id,
                patch,
                version=version_in(visit.form),
                by=visit.session.who,
                language=visit.session.language,
                may=partial(allowed, visit, self._shown),
            )
        except Failure as failure:
            trouble = self._trouble(name, failure, settings, visit.session.language)
            now = await self._connections.of_channel(connection.shop.channel_id)
            return await self._page(visit, now or connection, trouble)
        return go(f"{HERE}?saved={name}#{name}")

    def _before_live(
        self, visit: Visit, name: str, patch: Mapping[str, Any], stored: Mapping[str, Any]
    ) -> Trouble | None:
        goes_live = patch.get("mode") == "live" and stored.get("mode") != "live"
        if not goes_live or visit.form.get("understood") == "1":
            return None
        text = TEXTS.say(visit.session.language, "settings.live")
        return Trouble(name, text, 422, asks_live=True)

    @staticmethod
    def _trouble(name: str, failure: Failure, settings: list[Setting], language: Language) -> Trouble:
        match failure.type:
            case FailureType.CONFLICT:
                return Trouble(name, TEXTS.say(language, "settings.conflict"), 409, compare=True)
            case FailureType.INVALID_PARAMS:
                wrong = wrong_paths(failure.message, [setting.path for setting in settings])
                return Trouble(name, TEXTS.say(language, "settings.wrong"), 422, wrong)
        return Trouble(name, failure.message, 403)

    async def _page(
        self,
        visit: Visit,
        connection: Connection,
        trouble: Trouble | None = None,
        *,
        found: Found | None = None,
        status: int = 200,
    ) -> Response:
        language, stored = visit.session.language, self._shown(connection)
        findings = by_section(await self._findings(connection, language), language)
        views = []
        for section in SECTIONS:
            own = trouble if trouble and trouble.section == section.name else None
            fields = [_view(s, stored, visit.form, own) for s in self._of(section, stored)]
            if fields:
                views.append(SectionView(section.name, fields, findings.get(section.name, []), own))
        admins = [f"{MANAGER}{one}" for one in at_path(stored, "admins") or ()]
        names = await visit.names_of(admins)
        saved, done = visit.query.get("saved"), visit.query.get("done")
        rate = await self._kept_rate(connection.shop.channel_id, self._clock() - PERIOD)
        return self._pages.page(
            "settings",
            language,
            status=trouble.status if trouble else status,
            script=True,
            **visit.frame("settings"),
            sections=views,
            version=connection.version,
            is_live=stored.get("mode") == "live",
            saved=saved if saved in BY_NAME else None,
            places=PLACES,
            elsewhere=ELSEWHERE,
            done=done if done in DONE else None,
            provider=at_path(stored, "wms.provider"),
            shop_id=at_path(stored, "wms.shopId"),
            found=found or Found(),
            admins=", ".join(f"{names[one]} ({one.removeprefix(MANAGER)})" for one in admins if one in names),
            kept=kept_text(rate, language),
        )

    def _of(self, section: Section, stored: Mapping[str, Any]) -> list[Setting]:
        """Those that this version has; a secret is told by how it reads back."""
        found = []
        for path in section.paths:
            value = at_path(stored, path)
            if isinstance(value, Mapping) and value.keys() == {"set"}:
                found.append(Setting(path, "secret"))
            elif path in self._settings:
                found.append(self._settings[path])
        return found


def _view(
    setting: Setting, stored: Mapping[str, Any], form: Mapping[str, str], trouble: Trouble | None
) -> FieldView:
    value = at_path(stored, setting.path)
    if trouble is None:
        return field_view(setting, value)
    wrong = setting.path in trouble.wrong
    return field_view(setting, value, form, wrong=wrong, compare=trouble.compare)


def allowed(visit: Visit, shown: Shown, connection: Connection) -> None:
    """Raises `Failure(forbidden)`; asked anew of the connection that is about to change."""
    if not is_admin(visit.session, connection, shown):
        raise Failure(FailureType.FORBIDDEN, TEXTS.say(visit.session.language, "adminsOnly.text"))


def version_in(form: Mapping[str, str]) -> int:
    """A form without one has seen nothing: no version of a connection is below zero."""
    typed = form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
