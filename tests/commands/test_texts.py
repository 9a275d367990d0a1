"""Every sentence exists in Korean, English and Japanese, with the same facts in it."""

import ast
import re
from pathlib import Path

import pytest

from commands.kernel.texts import Texts
from commands.kernel.who import Language
from commands.ship_date.facts import Why

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("*/**/*texts/ko.json") if "tests" not in path.parts)
NO_FINDINGS = {"ship_date": {str(why) for why in Why}}  # why a group has its day: sentences `group.…`
WITH_RULES = sorted(path.parent for path in ROOT.glob("commands/*/policy.md"))


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


PAIRS = re.compile(
    r"[을를이가은는과와]\([을를이가은는과와]\)|\(으\)로|\(이\)[가-힣]|[을를이가은는과와]/[을를이가은는과와](?![가-힣])"
)
ON_A_FACT = re.compile(r"\{(\w+)[^}]*\}['\"’”」』]?(?:을|를|이|가|은|는|과|와|으로|로)(?![가-힣])")
ALWAYS_ALIKE = {("exchange_return", "kind")}  # 교환, 반품: both end in a consonant


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.parent.name)
def test_no_korean_particle_hangs_on_what_stands_in_the_sentence(folder: Path) -> None:
    texts = Texts(folder)
    for key in texts.keys(Language.KO):
        sentence = texts.say(Language.KO, key)
        assert not PAIRS.search(sentence), (key, sentence)
        facts = {(folder.parent.name, name) for name in ON_A_FACT.findall(sentence)}
        assert facts <= ALWAYS_ALIKE, (key, sentence)


def test_the_kinds_of_a_claim_take_the_same_particles() -> None:
    texts = Texts(ROOT / "commands" / "exchange_return" / "texts")
    for kind in ("exchange", "return"):
        last = texts.say(Language.KO, f"kind.{kind}")[-1]
        assert (ord(last) - ord("가")) % 28, "ends in a consonant"


def _codes(folder: Path) -> set[str]:
    """Every code that a policy row names, and every one that the code gives to a row, as in `("A20", "fee_rises")`."""
    policy = (folder / "policy.md").read_text("utf-8")
    rows = re.findall(r"^\| [A-Z]\d+ \|.*?\|.*?\|(.*?)\|", policy, re.MULTILINE)
    codes = {code for cell in rows for code in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", cell)}
    for path in folder.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or len(call.args) < 2:
                continue
            row, *others = (arg.value if isinstance(arg, ast.Constant) else None for arg in call.args)
            if isinstance(row, str) and re.fullmatch(r"[A-Z]\d+", row):
                named = (word for word in others if isinstance(word, str))
                codes.update(word for word in named if re.fullmatch(r"[a-z]+(_[a-z]+)+", word))
    return codes


@pytest.mark.parametrize("folder", WITH_RULES, ids=lambda f: f.name)
def test_every_finding_has_a_sentence_for_the_customer_and_one_for_the_manager(folder: Path) -> None:
    texts = Texts(folder / "texts")
    codes = _codes(folder) - NO_FINDINGS.get(folder.name, set())
    readers = {
        reader: {
            key.removesuffix(f".{reader}") for key in texts.keys(Language.KO) if key.endswith(f".{reader}")
        }
        for reader in ("customer", "manager")
    }
    assert len(codes) >= 3
    assert readers["customer"] == readers["manager"]
    assert codes <= readers["manager"], codes - readers["manager"]
