"""What customers say, and the command that an agent should run for it, or none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.channel.command_entries import CommandEntry, entry
from commands.registry import COMMANDS

NONE = "none"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`reason`: a part of the customer's words that the param must bring along."""

    say: str
    command: str
    order_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    command: str
    order_id: str | None = None
    reason: str | None = None


def sentences() -> list[Sentence]:
    rows = json.loads((Path(__file__).parent / "sentences.json").read_text("utf-8"))
    return [Sentence(row["say"], row["command"], row.get("orderId"), row.get("reason")) for row in rows]


def entries() -> list[CommandEntry]:
    """The commands as the platform is told, of customers' chats, that an agent may choose."""
    listed = [entry(c, "front") for c in COMMANDS if "front" in c.scopes]
    return [one for one in listed if one.alf_mode == "recommend"]


def is_right(sentence: Sentence, choice: Choice) -> bool:
    """The command, and the order number exactly as it was said or not at all: an invented one is the worst answer."""
    return choice.command == sentence.command and choice.order_id == sentence.order_id


def report(choices: Mapping[str, Choice]) -> dict[str, Any]:
    """`choices` by sentence. `harm`: a command ran that changes an order where none or another was meant."""
    asked = sentences()
    wrong = [s for s in asked if not is_right(s, choices[s.say])]
    changing = {"cancel", "exchangeReturn", "addressChange"}
    harm = [s for s in wrong if choices[s.say].command in changing - {s.command}]
    reasons = [s for s in asked if s.reason]
    brought = [s for s in reasons if s.reason in (choices[s.say].reason or "")]
    return {
        "sentences": len(asked),
        "right": len(asked) - len(wrong),
        "harm": [s.say for s in harm],
        "reasons": f"{len(brought)}/{len(reasons)}",
        "wrong": [(s.say, s.command, choices[s.say].command, choices[s.say].order_id) for s in wrong],
    }
