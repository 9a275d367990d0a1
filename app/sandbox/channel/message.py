"""A message as it is kept, and the rules for what an app may write."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.sandbox.channel.errors import invalid
from app.sandbox.channel.markup import tree

PRIVATE = "MESSAGE_OPTION_PRIVATE"
DO_NOT_POST = "MESSAGE_OPTION_DO_NOT_POST"

_MEMBERS = frozenset({
    "blocks", "plainText", "buttons", "files", "webPage", "form", "options", "requestId", "botName",
    "managerId", "userId", "customPayload",
})  # fmt: skip
_COLORS = frozenset({"cobalt", "green", "orange", "red", "black", "pink", "purple"})
_ACTIONS = {"command": ("appId", "name"), "wam": ("appId", "name"), "web": ("url",)}


@dataclass(slots=True)
class Message:
    """`wire_body` is what was written; the page gets the parsed form of `blocks`."""

    id: str
    chat_id: str
    chat_type: str
    person_type: str
    person_id: str | None
    name: str
    at: datetime
    blocks: list[dict[str, Any]] = field(default_factory=list)
    plain_text: str = ""
    buttons: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    request_id: str | None = None

    @property
    def private(self) -> bool:
        """Managers only."""
        return PRIVATE in self.options

    def wire(self) -> dict[str, Any]:
        """As a native call answers it; only `id` is sure."""
        return {
            "id": self.id,
            "chatId": self.chat_id,
            "chatType": self.chat_type,
            "personType": self.person_type,
            "personId": self.person_id,
            "createdAt": int(self.at.timestamp() * 1000),
            "plainText": self.plain_text,
            "blocks": self.blocks,
            "buttons": self.buttons,
            "options": self.options,
            "requestId": self.request_id,
        }


def check(dto: Any) -> dict[str, Any]:
    """The dto without its nulls, or a refusal that names the first thing wrong."""
    if not isinstance(dto, dict):
        raise invalid("dto is required")
    kept = {name: value for name, value in dto.items() if value is not None}
    if unknown := sorted(kept.keys() - _MEMBERS):
        raise invalid(f"dto: unknown {', '.join(unknown)}")
    if not any(kept.get(name) for name in ("blocks", "plainText", "files", "webPage", "form")):
        raise invalid("dto: nothing to show")
    for block in _list(kept, "blocks", 100):
        check_block(block)
    for button in _list(kept, "buttons", 2):
        check_button(button)
    for option in _list(kept, "options", 20):
        check_option(option)
    for file in _list(kept, "files", 10):
        if not isinstance(file, dict) or not str(file.get("url", "")).startswith("https://"):
            raise invalid("files: a public https url is required")
    name = kept.get("botName", "")
    if not isinstance(name, str) or len(name) > 30 or re.search(r"[@#$%:/]", name):
        raise invalid("botName: at most 30 characters, none of @#$%:/")
    return kept


def check_option(option: Any) -> None:
    if not isinstance(option, str) or not re.fullmatch(r"MESSAGE_OPTION_[A-Z_]+", option):
        raise invalid(f"options: {option!r}")


def check_block(block: Any) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind == "divider":
        return
    if kind == "bullets":
        for entry in _list(block, "blocks", 100):
            check_block(entry)
    elif kind in {"text", "code"} and isinstance(block.get("value"), str):
        if kind == "text":
            tree(block["value"])
    else:
        raise invalid(f"blocks: {kind!r} is no block")


def check_button(button: Any) -> None:
    title = button.get("title") if isinstance(button, dict) else None
    if not isinstance(title, str) or not 1 <= len(title) <= 30:
        raise invalid("buttons: title of 1 to 30 characters")
    color = button.get("colorVariant")
    if color is not None and str(color).removeprefix("MESSAGE_COLOR_VARIANT_").lower() not in _COLORS:
        raise invalid(f"buttons: colorVariant {color!r}")
    action = button_action(button)
    for member in _ACTIONS[action["type"]]:
        if not isinstance(action.get(member), str) or not action[member]:
            raise invalid(f"buttons: action.{member} is required")


def button_action(button: dict[str, Any]) -> dict[str, Any]:
    """The action in its flat form; the sources show a flat and a nested form, both are taken."""
    action = button.get("action")
    if not isinstance(action, dict) or action.get("type") not in _ACTIONS:
        raise invalid("buttons: action.type is command, web or wam")
    nested = action.get("attributes")
    return {"type": action["type"], **nested} if isinstance(nested, dict) else action


def _list(owner: dict[str, Any], name: str, most: int) -> list[Any]:
    value = owner.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise invalid(f"{name}: a list of at most {most}")
    return value
