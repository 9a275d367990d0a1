"""A `Screen` value as an HTML fragment. Autoescaped; every act is data that the shell's script reads."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from commands.kernel.screen import Action, Close, OpenPage, Run, Screen, Show

HERE = Path(__file__).parent


@cache
def templates() -> Environment:
    """`app/console` keeps its own pages and uses this fragment for orders."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["action"] = action_attribute
    return environment


def screen_html(screen: Screen) -> str:
    return templates().get_template("screen.html").render(screen=screen)


def action_attribute(action: Action) -> Markup:
    """JSON that is safe inside an attribute in single quotes."""
    return htmlsafe_json_dumps(_plain(action))


def _plain(action: Action) -> dict[str, Any]:
    match action:
        case Show(command, screen, given):
            return {"show": {"command": command, "screen": screen, "input": dict(given)}}
        case Run(function, params, done, then, opens):
            following = _plain(then)["show"] if then else None
            return {
                "run": {
                    "function": function,
                    "params": dict(params),
                    "done": done,
                    "then": following,
                    "opens": opens,
                }
            }
        case OpenPage(url):
            return {"open": url}
        case Close():
            return {"close": True}
