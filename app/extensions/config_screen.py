"""The `config` extension: our settings on the AppStore's own screen, mirrored when they are saved (CHANNEL.md §11)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from pydantic import Field

from app.ports import Call, Connection, ConnectionOf, Function, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId, Language
from commands.shapes import Shape

from .commerce_wire import NoParams
from .config_fields import FIELDS, ConfigField, patch_of
from .words import WORDS

GET_SCHEMA = "extension.config.metadata.getConfigSchema"
VALIDATE = "extension.config.validation.validateStoredConfig"
BY = "appstore"
TYPES = {"select": "select", "flag": "select", "number": "number", "text": "text"}
Patched = Callable[[Connection, dict[str, Any]], object]
Change = Callable[[ChannelId, dict[str, Any], Language], Awaitable[object]]


class Choice(Shape):
    label: str
    value: str


class Block(Shape):
    """A heading, a banner, or a field: what its `type` does not know is left out."""

    type: Literal["section", "banner", "select", "number", "text"]
    title: str | None = None
    description: str | None = None
    tone: Literal["info", "warning"] | None = None
    key: str | None = None
    label: str | None = None
    choices: list[Choice] | None = None
    min: int | None = None
    max: int | None = None
    storage_class: Literal["config"] | None = None
    i18n_map: dict[Language, dict[str, str]] | None = Field(None, alias="i18nMap")


class ConfigSchema(Shape):
    schema_version: Literal["v1"]
    config_scope: Literal["channel"]
    provider_name: str
    title: str
    blocks: list[Block] = Field(min_length=1)


class Problem(Shape):
    field_key: str | None = None
    message: str


class Validity(Shape):
    valid: bool
    reason_code: str | None = None
    message: str | None = None
    errors: list[Problem] | None = None


class ConfigScreen:
    """`patched` checks a patch as `settings.update` does; `change` stores it. Both raise `Failure`."""

    def __init__(self, connection_of: ConnectionOf, patched: Patched, change: Change) -> None:
        self._connection_of = connection_of
        self._patched = patched
        self._change = change

    def functions(self) -> list[Function]:
        everybody = frozenset(Surface)
        return [
            Function(GET_SCHEMA, NoParams, ConfigSchema, self.schema, everybody),
            Function(VALIDATE, NoParams, Validity, self.validate, everybody - {Surface.USER, Surface.APP}),
        ]

    async def schema(self, _call: Call, _params: NoParams) -> ConfigSchema:
        say = WORDS.say
        banner = Block(type="banner", tone="info", description=say(Language.KO, "config.banner"))
        return ConfigSchema(
            schema_version="v1",
            config_scope="channel",
            provider_name="jumun",
            title=say(Language.KO, "config.title"),
            blocks=[banner, *(_block(field) for field in FIELDS)],
        )

    async def validate(self, call: Call, _params: NoParams) -> Validity:
        """Judges `context.config`; nothing is stored."""
        connection = await self._connection_of(call.channel_id) if call.channel_id else None
        if connection is None:
            message = WORDS.say(call.language, "config.notConnected")
            return Validity(valid=False, reason_code=FailureType.NOT_CONNECTED.value, message=message)
        try:
            self._patched(connection, patch_of(call.config or {}))
        except Failure as failure:
            return Validity(
                valid=False, reason_code=failure.type.value, errors=_problems(failure, call.language)
            )
        return Validity(valid=True)

    async def saved(self, call: Call, params: Mapping[str, Any]) -> None:
        """`config.saved`. Where the values come is UNKNOWN: the signed context, else members of the params. What is
        wrong changes nothing at all; the same values again change nothing either. Raises `Failure`.
        """
        given = call.config or params.get("config") or params.get("values") or {}
        patch = patch_of(given) if isinstance(given, Mapping) else {}
        if patch:
            await self._change(call.channel_id, patch, call.language)


def _block(field: ConfigField) -> Block:
    labels = {language: {"label": _label(field, language)} for language in Language}
    choices = [
        Choice(label=WORDS.say(Language.KO, _option(field, value)), value=value) for value in field.options
    ]
    return Block.model_validate(
        {
            "type": TYPES[field.kind],
            "key": field.key,
            "label": _label(field, Language.KO),
            "choices": choices or None,
            "min": field.low,
            "max": field.high,
            "storageClass": "config",
            "i18nMap": labels,
        }
    )


def _option(field: ConfigField, value: str) -> str:
    return f"config.{value}" if field.kind == "flag" else f"config.{field.path}.{value}"


def _label(field: ConfigField, language: Language) -> str:
    return WORDS.say(language, f"config.{field.path}")


def _problems(failure: Failure, language: Language) -> list[Problem]:
    """The check names paths; the screen knows keys."""
    wrong = [field for field in FIELDS if f"{field.path}:" in failure.message]
    if not wrong:
        return [Problem(message=WORDS.say(language, "config.wrong"))]
    return [
        Problem(
            field_key=field.key,
            message=WORDS.say(language, "config.wrongField", label=_label(field, language)),
        )
        for field in wrong
    ]
