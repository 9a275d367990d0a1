"""The `userAuthorization` extension: order Functions that the AppStore should let only the customer in person run.

It comes on top of our own checks. How its `memberId` meets commerce's `membership` is UNKNOWN (CHANNEL.md §18).
"""

from collections.abc import Iterable

from app.ports import Call, Function, Surface
from commands.kernel.who import Language
from commands.shapes import Shape

from .commerce_wire import NoParams
from .words import WORDS

GET_CONFIG = "extension.userAuthorization.metadata.getConfig"


class Path(Shape):
    path: str


class IdentifierPaths(Shape):
    """Where the params hold the identifier."""

    type: Path
    value: Path


class Guarded(Shape):
    function_name: str
    identifier: IdentifierPaths
    enabled_by_default: bool
    description: str


class AuthorizationConfig(Shape):
    functions: list[Guarded]


def authorization_function(guarded: Iterable[str]) -> Function:
    identifier = IdentifierPaths(type=Path(path="identifier.type"), value=Path(path="identifier.value"))
    description = WORDS.say(Language.KO, "authorization")
    answer = AuthorizationConfig(
        functions=[
            Guarded(
                function_name=name, identifier=identifier, enabled_by_default=True, description=description
            )
            for name in guarded
        ]
    )

    async def run(_call: Call, _params: NoParams) -> AuthorizationConfig:
        return answer

    return Function(GET_CONFIG, NoParams, AuthorizationConfig, run, frozenset(Surface))
