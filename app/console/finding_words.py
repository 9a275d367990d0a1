"""A finding's sentence as the page 설정 speaks: settings and providers by their labels, not by their names in code."""

import re

from commands.kernel.who import Language
from commands.shapes import FindingShape

from .pages import TEXTS
from .setting_places import PLACES

_PATH = re.compile("|".join(re.escape(path) for path in sorted(PLACES, key=len, reverse=True) if "." in path))
_NAMED = re.compile(rf"(?P<path>{_PATH.pattern})(?![A-Za-z.])(?P<after>을|를|이|가|은|는|과|와)?")
_AFTER = {
    "을": "을를",
    "를": "을를",
    "이": "이가",
    "가": "이가",
    "은": "은는",
    "는": "은는",
    "과": "과와",
    "와": "과와",
}
_FIRST, _ENDINGS = ord("가"), 28
PROVIDER, MISSING = "provider", "missing"


def in_words(finding: FindingShape, language: Language) -> FindingShape:
    text = finding.manager_text
    provider, missing = finding.facts.get(PROVIDER), finding.facts.get(MISSING)
    if isinstance(provider, str) and TEXTS.has(f"set.wms.provider.{provider}"):
        text = text.replace(f"({provider})", f"({TEXTS.say(language, f'set.wms.provider.{provider}')})")
    if isinstance(missing, str) and missing:
        named = ", ".join(_wms_label(name, language) for name in missing.split(", "))
        text = text.replace(missing, named)
    return finding.model_copy(
        update={"manager_text": settings_in_words(text, language, finding.setting_path or "")}
    )


def settings_in_words(text: str, language: Language, told: str = "") -> str:
    """`samePriceOnly를 끄세요` → `‘가격이 같은 옵션으로만 교환’을 끄세요`. `told`: the setting that a link beside the
    sentence names, so that it need not say `(cancel.completeScope)`.
    """

    def named(found: re.Match[str]) -> str:
        label = TEXTS.say(language, f"set.{found['path']}")
        after = _fitting(label, found["after"]) if found["after"] else ""
        return f"‘{label}’{after}"

    plain = re.sub(rf" ?\({re.escape(told)}\)", "", text) if told else text
    return _NAMED.sub(named, plain)


def _fitting(label: str, after: str) -> str:
    """The particle that follows the sound that the label ends with."""
    pair, spoken = _AFTER[after], [letter for letter in label if "가" <= letter <= "힣"]
    closed = bool(spoken) and (ord(spoken[-1]) - _FIRST) % _ENDINGS != 0
    return pair[0] if closed else pair[1]


def _wms_label(name: str, language: Language) -> str:
    key = f"set.wms.{name}"
    return TEXTS.say(language, key) if TEXTS.has(key) else name
