"""A chooser without a model: likeness to the quoted examples of the descriptions, for and against.

It understands nothing, so what it scores is what the descriptions say. They rot where it falls.
"""

import re
from collections.abc import Iterable, Mapping

from app.channel.command_entries import CommandEntry

from .sentences import NONE, Choice

ORDER_NUMBER = re.compile(r"(?<!\d)\d{8}-\d{7}(?!\d)")
QUOTED = re.compile(r'"([^"]+)"')
AGAINST = "쓰지 않는 경우"
LIKE_ENOUGH = 0.28


def choose(said: str, entries: Iterable[CommandEntry]) -> Choice:
    """The command of the likest example, unless an example of what is not meant is as like."""
    found = ORDER_NUMBER.search(said)
    words = ORDER_NUMBER.sub("", said)
    best, score, against = NONE, 0.0, 0.0
    for entry in entries:
        meant, not_meant = examples(entry)
        if (likeness := _likest(words, meant)) > score:
            best, score = entry.name, likeness
        against = max(against, _likest(words, not_meant))
    if score < LIKE_ENOUGH or against >= score:
        return Choice(NONE)
    return Choice(best, found[0] if found else None)


def examples(entry: CommandEntry) -> tuple[list[str], list[str]]:
    """Quoted sentences of the Korean half: those that are meant, and those that are not."""
    korean = entry.alf_description.partition("\n\n")[0]
    meant, _, not_meant = korean.partition(AGAINST)
    return QUOTED.findall(meant), QUOTED.findall(not_meant)


def _likest(said: str, examples: Iterable[str]) -> float:
    return max((_likeness(_pairs(said), _pairs(example)) for example in examples), default=0.0)


def _pairs(text: str) -> Mapping[str, int]:
    """Neighbouring letters, without spaces and marks, counted."""
    letters = "".join(c for c in text if c.isalnum())
    counted: dict[str, int] = {}
    for i in range(len(letters) - 1):
        counted[letters[i : i + 2]] = counted.get(letters[i : i + 2], 0) + 1
    return counted


def _likeness(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    shared = sum(min(count, other.get(pair, 0)) for pair, count in one.items())
    total = sum(one.values()) + sum(other.values())
    return 2 * shared / total if total else 0.0
