"""How a command is told to the platform and to its AI agent, in the closed shapes of CHANNEL.md §7."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from commands.kernel.spec import CommandSpec
from commands.kernel.who import Language
from commands.shapes import Shape

from .suggestions import SUGGEST
from .words import WORDS

Scope = Literal["front", "desk"]
ORDER_ID, REASON = "orderId", "reason"


class Words(BaseModel):
    """Closed, as every object of the platform's own schema is."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class Word(Words):
    name: str = Field(min_length=1, max_length=30)
    description: str = Field(max_length=100)


class ButtonWord(Words):
    name: str = Field(min_length=1, max_length=30)


class ParamWord(Words):
    name: str = Field(min_length=1, max_length=20)
    description: str = Field(max_length=50)


class ParamDefinition(Shape):
    name: str = Field(min_length=1, max_length=20)
    type: Literal["string", "float", "int", "bool"]
    required: bool
    description: str | None = Field(None, max_length=50)
    name_desc_i18n_map: dict[Language, ParamWord] = Field(alias="nameDescI18nMap")
    auto_complete: bool
    alf_description: str = Field(max_length=1500)


class CommandEntry(Shape):
    """One command in one scope, as the platform is told (CHANNEL.md §7)."""

    name: str = Field(min_length=1, max_length=30, pattern=r"^[a-zA-Z0-9_-]+$")
    scope: Scope
    button_name: str = Field(min_length=1, max_length=30)
    description: str = Field(max_length=100)
    action_function_name: str = Field(min_length=1)
    auto_complete_function_name: str | None = Field(None, min_length=1)
    system_version: Literal["v1"] = "v1"
    alf_mode: Literal["disable", "recommend"]
    alf_description: str = Field(max_length=1500)
    name_desc_i18n_map: dict[Language, Word] = Field(alias="nameDescI18nMap")
    button_name_i18n_map: dict[Language, ButtonWord] = Field(alias="buttonNameI18nMap")
    param_definitions: list[ParamDefinition] = Field(max_length=10)
    enabled_by_default: bool


class CommandList(Shape):
    commands: list[CommandEntry] = Field(max_length=30)


def takes_reason(command: CommandSpec) -> bool:
    return command.texts.has("param.reason.name")


def entry(command: CommandSpec, scope: Scope) -> CommandEntry:
    say = command.texts.say
    ko = Language.KO
    words = {
        lang: Word(name=say(lang, "command.name"), description=say(lang, "command.description"))
        for lang in Language
    }
    return CommandEntry(
        name=command.name,
        scope=scope,
        button_name=say(ko, "command.button"),
        description=say(ko, "command.description"),
        action_function_name=f"{command.name}.open",
        auto_complete_function_name=SUGGEST if command.order_screen else None,
        alf_mode="recommend" if command.recommended else "disable",
        alf_description=alf_description(command),
        name_desc_i18n_map=words,
        button_name_i18n_map={lang: ButtonWord(name=say(lang, "command.button")) for lang in Language},
        param_definitions=_params(command) if command.order_screen else [],
        enabled_by_default=command.enabled_by_default,
    )


def alf_description(command: CommandSpec) -> str:
    """Korean and English in one text: the platform keeps no map of languages for it."""
    return "\n\n".join(command.texts.say(lang, "command.alf") for lang in (Language.KO, Language.EN))


def _params(command: CommandSpec) -> list[ParamDefinition]:
    named = [_param(command, ORDER_ID, suggested=True)]
    return [*named, _param(command, REASON, suggested=False)] if takes_reason(command) else named


def _param(command: CommandSpec, name: str, *, suggested: bool) -> ParamDefinition:
    say = command.texts.say
    words = {
        lang: ParamWord(
            name=say(lang, f"param.{name}.name"), description=say(lang, f"param.{name}.description")
        )
        for lang in Language
    }
    return ParamDefinition(
        name=name,
        type="string",
        required=False,
        description=words[Language.KO].description,
        name_desc_i18n_map=words,
        auto_complete=suggested,
        alf_description=WORDS.say(Language.KO, f"param.{name}"),
    )
