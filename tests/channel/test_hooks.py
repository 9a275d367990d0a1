"""Lifecycle hooks as Channel sends them: by the system, with unknown params, twice (CHANNEL.md §13)."""

from typing import Any

import pytest

from app.channel.hooks import hook_functions
from app.ports import Call, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId, Language

from .places import named


class Heard:
    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def on(self, event: str):
        async def react(channel_id: ChannelId) -> None:
            self.events.append((event, channel_id))

        return react

    def functions(self):
        async def saved(call: Call, given: dict[str, Any]) -> None:
            self.events.append(("saved", call.channel_id))
            self.given = given

        return hook_functions(
            installed=self.on("in"),
            uninstalled=self.on("out"),
            toggled=self.on("toggled"),
            config_saved=saved,
        )


def call(channel_id: str = "c1") -> Call:
    return Call(Surface.SYSTEM, "system", ChannelId(channel_id), Language.KO)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("hooks.installed", "in"),
        ("hooks.uninstalled", "out"),
        ("hooks.commandToggled", "toggled"),
        ("hooks.configSaved", "saved"),
    ],
)
async def test_each_hook_reaches_its_reaction_with_the_signed_channel(name, event):
    heard = Heard()
    function = named(heard.functions(), name)
    params = function.params.model_validate({"channelId": "c2", "whatever": [1, None]})
    answer = await function.run(call(), params)
    assert heard.events == [(event, "c1")]
    assert answer.model_dump() == {}


async def test_only_the_system_may_tell():
    for function in Heard().functions():
        if function.name.startswith("hooks."):
            assert function.surfaces == {Surface.SYSTEM}


async def test_a_hook_without_a_channel_changes_nothing():
    heard = Heard()
    function = named(heard.functions(), "hooks.uninstalled")
    with pytest.raises(Failure) as caught:
        await function.run(call(""), function.params())
    assert caught.value.type is FailureType.INVALID_PARAMS
    assert heard.events == []
