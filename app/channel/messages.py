"""Chat messages as Channel wants them: escaped text, and buttons in the configured form (CHANNEL.md §6)."""

import re
from dataclasses import dataclass
from typing import Any, Literal

ButtonForm = Literal["flat", "attributes"]
LONGEST_TITLE = 30
MOST_BUTTONS = 2
PRIVATE = "MESSAGE_OPTION_PRIVATE"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_VARIABLE = re.compile(r"\$(?=\{)")
_EMOJI = re.compile(r":(?=[A-Za-z0-9_+-]+:)")
_WORD_JOINER = "\u2060"


def escaped(text: str) -> str:
    """Data as text: no markup, no `${variable}`, no `:emoji:` can come out of a product's name."""
    safe = "".join(_ESCAPES.get(c, c) for c in text)
    return _EMOJI.sub(":" + _WORD_JOINER, _VARIABLE.sub("$" + _WORD_JOINER, safe))


@dataclass(frozen=True, slots=True)
class CommandButton:
    title: str
    app_id: str
    command: str


@dataclass(frozen=True, slots=True)
class LinkButton:
    title: str
    url: str


Button = CommandButton | LinkButton


def button(it: Button, form: ButtonForm) -> dict[str, Any]:
    """The sources conflict on the form of `action`; a setting of the process chooses."""
    match it:
        case CommandButton():
            kind, target = "command", {"appId": it.app_id, "name": it.command}
        case LinkButton():
            kind, target = "web", {"url": it.url}
    action: dict[str, Any] = {"type": kind}
    action |= target if form == "flat" else {"attributes": target}
    return {"title": it.title[:LONGEST_TITLE], "action": action}


def message(
    text: str,
    *,
    request_id: str,
    bot_name: str,
    buttons: tuple[Button, ...] = (),
    private: bool = False,
    form: ButtonForm = "flat",
) -> dict[str, Any]:
    """The `dto` of a write call. `request_id` is Channel's idempotency id."""
    dto: dict[str, Any] = {
        "blocks": [{"type": "text", "value": escaped(line)} for line in text.split("\n") if line],
        "requestId": request_id,
        "botName": bot_name,
    }
    if buttons:
        dto["buttons"] = [button(b, form) for b in buttons[:MOST_BUTTONS]]
    if private:
        dto["options"] = [PRIVATE]
    return dto
