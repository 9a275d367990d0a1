"""Every sentence exists in Korean, English and Japanese, with the same facts in it."""

import re
from pathlib import Path

import pytest

from commands.kernel.texts import Texts
from commands.kernel.who import Language

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("*/**/texts/ko.json") if "tests" not in path.parts)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.parent.name)
def test_same_keys_and_same_facts_in_each_language(folder: Path) -> None:
    texts = Texts(folder)
    keys = texts.keys(Language.KO)
    for language in Language:
        assert texts.keys(language) == keys
    for key in keys:
        facts = {
            language: set(re.findall(r"\{(\w+)[^}]*\}", texts.say(language, key))) for language in Language
        }
        assert facts[Language.EN] == facts[Language.JA] == facts[Language.KO], key


def test_texts_were_found() -> None:
    assert len(FOLDERS) >= 2
