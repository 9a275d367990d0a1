"""The sentences of a command: `texts/{ko,en,ja}.json`, same keys in each, `{fact}` where a fact goes."""

import json
from collections.abc import Mapping
from pathlib import Path

from .who import Language


class Texts:
    """Sentences by key and language. A key that is missing is a fault of ours, found by a test: it raises."""

    def __init__(self, folder: Path) -> None:
        self._sentences: Mapping[Language, Mapping[str, str]] = {
            language: json.loads((folder / f"{language}.json").read_text("utf-8")) for language in Language
        }

    def say(self, language: Language, key: str, **facts: object) -> str:
        sentence = self._sentences[language][key]
        return sentence.format_map(facts) if facts else sentence

    def has(self, key: str) -> bool:
        return key in self._sentences[Language.KO]

    def keys(self, language: Language) -> frozenset[str]:
        return frozenset(self._sentences[language])


def beside(module_file: str) -> Texts:
    """The texts folder beside a module."""
    return Texts(Path(module_file).parent / "texts")
