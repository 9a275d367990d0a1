"""The `hook` extension: told when we are installed, removed, or one command is switched (CHANNEL.md §13)."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.ports import Call, Function, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId

from .discovery import NoParams

GET_HOOKS = "extension.hook.metadata.getHooks"
SYSTEM_ONLY = frozenset({Surface.SYSTEM})
HookType = Literal["app.installed", "app.uninstalled", "command.toggle", "config.saved"]
Reaction = Callable[[ChannelId], Awaitable[None]]
ConfigSaved = Callable[[Call, dict[str, Any]], Awaitable[None]]


class HookEntry(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    type: HookType
    actionFunctionName: str = Field(max_length=255, pattern=r"^[a-zA-Z_][a-zA-Z0-9._]*$")  # noqa: N815  Channel's word
    systemVersion: Literal["v1"] = "v1"  # noqa: N815


class HookList(BaseModel):
    hooks: list[HookEntry]


class HookParams(BaseModel):
    """The members of lifecycle params are UNKNOWN: any are accepted and none is relied on."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")


class Nothing(BaseModel):
    pass


def hook_functions(
    *, installed: Reaction, uninstalled: Reaction, toggled: Reaction, config_saved: ConfigSaved
) -> list[Function]:
    """Reactions must be quick and harmless when repeated: hooks come twice, late and out of order."""
    reactions: dict[HookType, tuple[str, ConfigSaved]] = {
        "app.installed": ("hooks.installed", _of_channel(installed)),
        "app.uninstalled": ("hooks.uninstalled", _of_channel(uninstalled)),
        "command.toggle": ("hooks.commandToggled", _of_channel(toggled)),
        "config.saved": ("hooks.configSaved", config_saved),
    }
    listing = HookList(
        hooks=[HookEntry(type=kind, actionFunctionName=name) for kind, (name, _) in reactions.items()]
    )

    async def get_hooks(_call: Call, _params: NoParams) -> HookList:
        return listing

    return [
        Function(GET_HOOKS, NoParams, HookList, get_hooks, frozenset(Surface), "The hooks we want"),
        *(
            Function(name, HookParams, Nothing, _handler(react), SYSTEM_ONLY)
            for name, react in reactions.values()
        ),
    ]


def _of_channel(react: Reaction) -> ConfigSaved:
    async def run(call: Call, _given: dict[str, Any]) -> None:
        await react(call.channel_id)

    return run


def _handler(react: ConfigSaved) -> Callable[[Call, Any], Awaitable[Nothing]]:
    async def run(call: Call, params: HookParams) -> Nothing:
        if not call.channel_id:
            raise Failure(FailureType.INVALID_PARAMS, "context.channel.id is missing")
        await react(call, params.model_extra or {})
        return Nothing()

    return run
