"""`{command}.screen` and `identity.screen`: one step of a screen, as HTML. A failure is a screen too."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field

from app.ports import Asking, Call, Function, Surface
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Unavailable
from commands.kernel.screen import Button, Notice, Run, Screen, Show, Tone
from commands.kernel.spec import CommandSpec
from commands.kernel.who import Language
from commands.shapes import CommandParams, Shape

from .render import screen_html

log = logging.getLogger(__name__)
IDENTITY = "identity"
Input = dict[str, Any]
IdentityScreen = Callable[[Call, str | None, Input], Awaitable[Screen]]
PEOPLE = frozenset({Surface.USER, Surface.MANAGER})


class ScreenParams(CommandParams):
    screen: str | None = Field(None, max_length=60)
    input: dict[str, Any] = Field(default_factory=dict)


class ScreenResult(Shape):
    html: str


def screen_functions(
    commands: Sequence[CommandSpec], asking: Asking, identity_screen: IdentityScreen
) -> list[Function]:
    return [
        *(_command_function(command, asking, identity_screen) for command in commands),
        _identity_function(identity_screen),
    ]


def _command_function(command: CommandSpec, asking: Asking, identity_screen: IdentityScreen) -> Function:
    async def build(call: Call, params: ScreenParams) -> Screen:
        name = params.screen or command.first_screen
        builder = command.screens.get(name)
        if builder is None:
            raise Failure(FailureType.INVALID_PARAMS, WORDS.say(call.language, "failure.notFound"))
        return await builder(await asking.ask(call, command, params.chat_token), params.input)

    async def run(call: Call, params: ScreenParams) -> ScreenResult:
        again = Show(command.name, params.screen or command.first_screen, _scalars(params.input))
        try:
            screen = await build(call, params)
        except Failure as failure:
            if failure.type is FailureType.NOT_IDENTIFIED and call.surface is Surface.USER:
                following = {"nextCommand": command.name, "nextScreen": again.screen, **again.input}
                screen = await identity_screen(call, None, following)
            else:
                screen = failure_screen(call, failure, again)
        except Unavailable:
            screen = failure_screen(call, Failure(FailureType.UPSTREAM_UNAVAILABLE), again)
        return ScreenResult(html=screen_html(asking_from(command.name, screen)))

    surfaces = PEOPLE if "front" in command.scopes else frozenset({Surface.MANAGER})
    return Function(f"{command.name}.screen", ScreenParams, ScreenResult, run, surfaces)


def asking_from(command: str, screen: Screen) -> Screen:
    """The same screen, whose buttons to a person say from which command they ask."""

    def told(button: Button) -> Button:
        run = button.action
        if not isinstance(run, Run) or run.function != "manager.call":
            return button
        return replace(button, action=replace(run, params={**run.params, "command": command}))

    cards = tuple(replace(card, buttons=tuple(map(told, card.buttons))) for card in screen.cards)
    return replace(screen, cards=cards, buttons=tuple(map(told, screen.buttons)))


def _identity_function(identity_screen: IdentityScreen) -> Function:
    async def run(call: Call, params: ScreenParams) -> ScreenResult:
        try:
            screen = await identity_screen(call, params.screen, params.input)
        except Failure as failure:
            screen = failure_screen(call, failure, None)
        except Unavailable:
            again = Show(IDENTITY, params.screen or "phone", _scalars(params.input))
            screen = failure_screen(call, Failure(FailureType.UPSTREAM_UNAVAILABLE), again)
        return ScreenResult(html=screen_html(screen))

    return Function(f"{IDENTITY}.screen", ScreenParams, ScreenResult, run, frozenset({Surface.USER}))


def _scalars(given: Input) -> dict[str, str | int | bool | None]:
    return {k: v for k, v in given.items() if isinstance(v, (str, int, bool))}


def failure_screen(call: Call, failure: Failure, again: Show | None) -> Screen:
    """A manager who meets an unconnected shop or an unknown customer gets the button that mends it."""
    language = call.language
    if call.surface is Surface.MANAGER and failure.type is FailureType.NOT_CONNECTED:
        return _connect(language)
    if call.surface is Surface.MANAGER and failure.type is FailureType.NOT_IDENTIFIED:
        return _identify(language)
    key = f"failure.{failure.type.value}"
    given = failure.message if failure.message != failure.type.value else ""
    text = given or WORDS.say(language, key if WORDS.has(key) else "failure.internal")
    buttons = []
    if again and failure.type in {FailureType.UPSTREAM_UNAVAILABLE, FailureType.INTERNAL}:
        buttons.append(Button(WORDS.say(language, "failure.again"), again, style="primary"))
    if call.surface is Surface.USER:
        talk = Run("manager.call", {"code": failure.type.value}, done=WORDS.say(language, "talk.done"))
        buttons.append(Button(WORDS.say(language, "talk"), talk))
    return Screen(
        title=WORDS.say(language, "failure.title"),
        notices=(Notice(text, Tone.WARNING),),
        buttons=tuple(buttons),
    )


def _connect(language: Language) -> Screen:
    opened = WORDS.say(language, "manager.connect.opened")
    link = Run("console.link", done=opened, opens="url")
    return Screen(
        title=WORDS.say(language, "manager.connect.title"),
        notices=(Notice(WORDS.say(language, "manager.connect.text")),),
        buttons=(Button(WORDS.say(language, "manager.connect.button"), link, style="primary"),),
    )


def _identify(language: Language) -> Screen:
    invite = Run("identity.invite", done=WORDS.say(language, "manager.identify.done"))
    return Screen(
        title=WORDS.say(language, "manager.identify.title"),
        notices=(Notice(WORDS.say(language, "failure.customerUnknown")),),
        buttons=(Button(WORDS.say(language, "manager.identify.button"), invite, style="primary"),),
    )
