"""The page 설정 (admins): every setting of DESIGN §6 with what it does, and beside each group what the doctor says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from starlette.responses import Response

from app.ports import Connection, Connections
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId, Language
from commands.shapes import FindingShape

from .pages import TEXTS, Pages, go
from .setting_fields import Schema, Setting, settings_in
from .setting_forms import FieldView, at_path, field_view, patch_of, wrong_paths
from .setting_places import BY_NAME, ELSEWHERE, PLACES, SECTIONS, Section
from .visits import Shown, Visit, is_admin
from .words import findings_once

HERE = "/console/settings"
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
    ) -> None:
        self._pages = pages
        self._settings = settings_in(schema)
        self._shown = shown
        self._change = change
        self._findings = findings
        self._connections = connections

    async def show(self, visit: Visit, connection: Connection) -> Response:
        return await self._page(visit, connection)

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
                version=_version(visit.form.get("version", "")),
                by=visit.session.who,
                language=visit.session.language,
                may=partial(self._may, visit),
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

    def _may(self, visit: Visit, connection: Connection) -> None:
        if not is_admin(visit.session, connection, self._shown):
            text = TEXTS.say(visit.session.language, "adminsOnly.text")
            raise Failure(FailureType.FORBIDDEN, text)

    @staticmethod
    def _trouble(name: str, failure: Failure, settings: list[Setting], language: Language) -> Trouble:
        match failure.type:
            case FailureType.CONFLICT:
                return Trouble(name, TEXTS.say(language, "settings.conflict"), 409, compare=True)
            case FailureType.INVALID_PARAMS:
                wrong = wrong_paths(failure.message, [setting.path for setting in settings])
                return Trouble(name, TEXTS.say(language, "settings.wrong"), 422, wrong)
        return Trouble(name, failure.message, 403)

    async def _page(self, visit: Visit, connection: Connection, trouble: Trouble | None = None) -> Response:
        language, stored = visit.session.language, self._shown(connection)
        by_section = _by_section(await self._findings(connection, language))
        views = []
        for section in SECTIONS:
            own = trouble if trouble and trouble.section == section.name else None
            fields = [_view(s, stored, visit.form, own) for s in self._of(section, stored)]
            if fields:
                views.append(SectionView(section.name, fields, by_section.get(section.name, []), own))
        saved = visit.query.get("saved")
        return self._pages.page(
            "settings",
            language,
            status=trouble.status if trouble else 200,
            script=True,
            **visit.frame("settings"),
            sections=views,
            version=connection.version,
            is_live=stored.get("mode") == "live",
            saved=saved if saved in BY_NAME else None,
            places=PLACES,
            elsewhere=ELSEWHERE,
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


def _by_section(findings: Mapping[str, list[FindingShape]]) -> dict[str, list[FindingShape]]:
    """By the setting that a finding names, else by the command that found it. What several commands say of one
    setting is said once.
    """
    found: dict[str, list[FindingShape]] = {}
    homes = {command: section.name for section in SECTIONS for command in section.commands}
    for command, own in findings.items():
        for finding in own:
            home = PLACES.get(finding.setting_path or "") or homes.get(command, "commands")
            found.setdefault(home, []).append(finding)
    return {name: _once(findings_once(own)) for name, own in found.items()}


def _once(findings: list[FindingShape]) -> list[FindingShape]:
    seen: dict[object, FindingShape] = {}
    for finding in findings:
        ours = finding.setting_path in PLACES
        seen.setdefault((finding.code, finding.setting_path) if ours else id(finding), finding)
    return list(seen.values())


def _version(typed: str) -> int:
    """A form without one has seen nothing: no version of a connection is below zero."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
