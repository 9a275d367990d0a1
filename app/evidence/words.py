"""The sentences about photos, and those of them that the shell of the screens must say by itself."""

from commands.kernel.texts import Texts, beside
from commands.kernel.who import Language

TEXTS: Texts = beside(__file__)
_SHELL = "shell."


def shell_words(language: Language) -> dict[str, str]:
    """By the `data-` name of the shell's template."""
    keys = sorted(key for key in TEXTS.keys(language) if key.startswith(_SHELL))
    return {key.removeprefix(_SHELL): TEXTS.say(language, key) for key in keys}


def language_of(accepted: str | None) -> Language:
    """The first of ours in an Accept-Language header, else Korean."""
    for part in (accepted or "").split(","):
        short = part.strip()[:2].lower()
        if short in set(Language):
            return Language(short)
    return Language.KO
