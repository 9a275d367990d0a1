"""Messages as the pages show them: parsed, never HTML, and only what the side may see."""

from __future__ import annotations

from typing import Any

from app.sandbox.channel.markup import tree
from app.sandbox.channel.message import DO_NOT_POST, Message, button_action
from app.sandbox.channel.people import Chat


def chat_view(chat: Chat, *, desk: bool) -> dict[str, Any]:
    """One chat; the customer's side never receives a private message at all."""
    shown = [message for message in chat.messages if DO_NOT_POST not in message.options]
    if not desk:
        shown = [message for message in shown if not message.private]
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "state": chat.state.removeprefix("USER_CHAT_STATE_").lower(),
        "messages": [_message_view(message) for message in shown],
    }


def _message_view(message: Message) -> dict[str, Any]:
    blocks = [_block_view(block) for block in message.blocks]
    if message.plain_text:
        blocks.append({"type": "text", "nodes": [{"text": message.plain_text}]})
    return {
        "id": message.id,
        "from": message.person_type,
        "name": message.name,
        "at": message.at.isoformat(),
        "private": message.private,
        "blocks": blocks,
        "buttons": [{"title": b["title"], "action": button_action(b)} for b in message.buttons],
        "files": [{"url": f["url"], "name": f.get("fileName") or f["url"]} for f in message.files],
    }


def _block_view(block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] == "text":
        return {"type": "text", "nodes": tree(block["value"])}
    if block["type"] == "bullets":
        return {"type": "bullets", "blocks": [_block_view(entry) for entry in block.get("blocks") or []]}
    return {"type": block["type"], "value": block.get("value", "")}
