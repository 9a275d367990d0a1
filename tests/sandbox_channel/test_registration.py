"""What registerExtension asks of the app, and which metadata it turns down."""

import pytest

from .stub_app import APP_ID, DISCOVERY, GET_COMMANDS, GET_HOOKS, command
from .world import World


async def test_commands_are_asked_for_checked_and_offered(world: World):
    assert await world.register("command") == {"success": True, "extensions": ["command"]}
    assert world.stub.methods() == [DISCOVERY, GET_COMMANDS]
    assert all(
        body["context"] == {"caller": {"type": "system", "id": "system"}, "channel": {"id": ""}}
        for body in world.stub.bodies
    )
    assert [c["name"] for c in world.talk.commands("front")] == ["orderList", "hello"]
    assert [c["name"] for c in world.talk.commands("desk")] == ["orderList", "why"]


async def test_a_command_that_starts_switched_off_can_be_switched_on_and_stays_so(world: World):
    await world.register("command")
    assert "shipDate" not in [c["name"] for c in world.talk.commands("front")]
    await world.talk.toggle("front", "shipDate", shown=True)
    await world.register("command")
    assert "shipDate" in [c["name"] for c in world.talk.commands("front")]


async def test_hooks_are_kept_and_installation_is_told_once(world: World):
    await world.register("hook")
    await world.register("hook")
    told = [body for body in world.stub.bodies if body["method"] == "app.onHook"]
    assert len(told) == 1
    assert told[0]["context"] == {
        "caller": {"type": "system", "id": "system"},
        "channel": {"id": "ch-hanok"},
    }


async def test_core_needs_discovery_only(world: World):
    assert (await world.register("core"))["success"]
    assert world.stub.methods() == [DISCOVERY]


LONG = "가" * 31
BAD_COMMANDS = [
    (
        "name missing",
        {"scope": "front", "actionFunctionName": "a", "alfMode": "disable"},
        "name: is required",
    ),
    ("name too long", command(LONG), "name: length 31"),
    ("name empty", command(""), "name: length 0"),
    ("unknown scope", command("x", "both"), "'both' is none of"),
    ("alfMode", command("x", alfMode="on"), "'on' is none of"),
    ("unknown member", command("x", icon="star"), "icon: is not a known member"),
    ("button name", command("x", buttonName=LONG), "buttonName: length 31"),
    ("description", command("x", description="d" * 101), "description: length 101"),
    ("alfDescription", command("x", alfDescription="d" * 1501), "alfDescription: length 1501"),
    (
        "translation without description",
        command("x", nameDescI18nMap={"ko": {"name": "ㄱ"}}),
        "ko.description: is",
    ),
    (
        "button translation",
        command("x", buttonNameI18nMap={"en": {"name": LONG}}),
        "buttonNameI18nMap.en.name",
    ),
    ("action not in discovery", command("x", action="no.such"), "no.such is not in discovery"),
    ("autocomplete not in discovery", command("x", autoCompleteFunctionName="no.auto"), "no.auto is not in"),
    (
        "parameter type",
        command("x", paramDefinitions=[{"name": "a", "type": "str", "required": True}]),
        "'str'",
    ),
    (
        "required is no boolean",
        command("x", paramDefinitions=[{"name": "a", "type": "int", "required": "T"}]),
        "boolean",
    ),
    (
        "parameter name",
        command("x", paramDefinitions=[{"name": "a" * 21, "type": "int", "required": True}]),
        "21",
    ),
    (
        "11 parameters",
        command("x", paramDefinitions=[{"name": "a", "type": "int", "required": True}] * 11),
        "at most 10",
    ),
    ("enabledByDefault", command("x", enabledByDefault=1), "must be boolean"),
]


@pytest.mark.parametrize(("_case", "bad", "sentence"), BAD_COMMANDS)
async def test_a_bad_command_is_refused_with_a_sentence_and_nothing_is_kept(
    world: World, _case, bad, sentence
):
    world.stub.commands.append(bad)
    answer = await world.register("command")
    assert answer["success"] is False
    assert any(sentence in line for line in answer["validationErrors"]), answer["validationErrors"]
    assert world.talk.commands("front") == []
    assert answer["extensions"] == []


async def test_thirty_one_commands_and_twins_are_refused(world: World):
    world.stub.commands = [command(f"c{number}") for number in range(31)]
    assert "at most 30" in (await world.register())["validationErrors"][0]
    world.stub.commands = [command("a"), command("a", "desk"), command("a")]
    assert (await world.register())["validationErrors"] == ["getCommands: a (front) is listed twice"]


BAD_HOOKS = [
    ("unknown type", {"type": "app.exploded", "actionFunctionName": "app.onHook"}, "app.exploded"),
    ("name form", {"type": "app.installed", "actionFunctionName": "9 lives"}, "does not match"),
    ("not in discovery", {"type": "config.saved", "actionFunctionName": "no.such"}, "not in discovery"),
    ("needs a target", {"type": "webhook.received", "actionFunctionName": "app.onHook"}, "targetId"),
    (
        "has no target",
        {"type": "config.saved", "actionFunctionName": "app.onHook", "targetId": "x"},
        "targetId",
    ),
    ("twice", {"type": "app.installed", "actionFunctionName": "app.onHook"}, "listed twice"),
]


@pytest.mark.parametrize(("_case", "bad", "sentence"), BAD_HOOKS)
async def test_a_bad_hook_is_refused(world: World, _case, bad, sentence):
    world.stub.hooks.append(bad)
    answer = await world.register("hook")
    assert answer["success"] is False
    assert any(sentence in line for line in answer["validationErrors"])
    assert world.talk.registered.hooks == {}
    assert "app.onHook" not in world.stub.methods()


BAD_DISCOVERY = [
    ("no schema", [{"name": "a"}], "inputSchema: is required"),
    ("extra member", [{"name": "a", "inputSchema": {}, "version": 1}], "version: is not a known member"),
    ("twice", [{"name": "a", "inputSchema": {}}] * 2, "a is listed twice"),
    ("reserved", [{"name": DISCOVERY, "inputSchema": {}}], "is reserved"),
    ("metadata missing", [{"name": "a", "inputSchema": {}}], f"{GET_COMMANDS} is missing"),
]


@pytest.mark.parametrize(("_case", "functions", "sentence"), BAD_DISCOVERY)
async def test_a_bad_discovery_is_refused(world: World, _case, functions, sentence):
    honest = world.stub.answer
    world.stub.answer = lambda body: (
        {"result": {"functions": functions}} if body["method"] == DISCOVERY else honest(body)
    )
    answer = await world.register("command")
    assert answer["success"] is False
    assert any(sentence in line for line in answer["validationErrors"])


async def test_an_app_that_fails_is_not_registered(world: World):
    world.stub.failures[GET_HOOKS] = {"code": -32603, "type": "internal", "message": "internal error"}
    answer = await world.register("hook")
    assert answer["validationErrors"] == ["internal: internal error"]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"appId": "app-other"}, "forbidden"),
        ({"systemVersion": "v2"}, "invalidParams"),
        ({"extensionName": "magic"}, "notFound"),
    ],
)
async def test_who_and_what_is_registered_is_checked(world: World, changed, kind):
    params = {"appId": APP_ID, "systemVersion": "v1", "extensionName": "command"} | changed
    answer = await world.native("registerExtension", params, await world.app_token())
    assert answer["error"]["type"] == kind
    assert world.stub.bodies == []


async def test_unregistering_takes_the_commands_away(world: World):
    await world.register("command")
    params = {"appId": APP_ID, "systemVersion": "v1", "extensionName": "command"}
    answer = await world.native("unregisterExtension", params, await world.app_token())
    assert answer == {"result": {"success": True, "extensions": []}}
    assert world.talk.commands("front") == []
