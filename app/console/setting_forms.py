"""A section's form into a patch (RFC 7396), and the page's fields out of what is stored or was typed."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .setting_fields import Setting

Form = Mapping[str, str]
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class FieldView:
    """`value`: what stands in the field; `checked`: of checks. `saved`: what is stored, where it differs from what was
    typed. `is_set`: of a secret.
    """

    setting: Setting
    value: str = ""
    checked: frozenset[str] = frozenset()
    is_on: bool = False
    is_set: bool = False
    saved: str | None = None
    wrong: bool = False


def at_path(tree: Mapping[str, Any], path: str) -> Any:
    value: Any = tree
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def patch_of(form: Form, settings: Sequence[Setting], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Only what differs from what is stored. What cannot be read is passed on as it was typed: the settings' own
    check refuses it by name.
    """
    patch: dict[str, Any] = {}
    for setting in settings:
        value = _value(form, setting)
        if setting.kind == "secret":
            if not _secret_changes(form, setting.path):
                continue
        elif value == at_path(stored, setting.path):
            continue
        group, dot, name = setting.path.partition(".")
        if dot:
            patch.setdefault(group, {})[name] = value
        else:
            patch[group] = value
    return patch


def field_view(
    setting: Setting, stored: Any, form: Form | None = None, *, wrong: bool = False, compare: bool = False
) -> FieldView:
    """With a form, as it was typed; `compare`: say what is stored where that is another value."""
    if setting.kind == "secret":
        return FieldView(setting, is_set=bool(stored.get("set")), wrong=wrong)
    if form is None:
        return _shown(setting, stored)
    typed = _shown(setting, _value(form, setting))
    differs = compare and _value(form, setting) != stored
    return FieldView(
        setting,
        typed.value,
        typed.checked,
        typed.is_on,
        saved=stored_text(stored) if differs else None,
        wrong=wrong,
    )


def stored_text(stored: Any) -> str:
    return ", ".join(str(one) for one in stored) if isinstance(stored, (list, tuple)) else str(stored)


def wrong_paths(message: str, paths: Sequence[str]) -> frozenset[str]:
    """The settings that a refusal names: `cancel.undoMinutes: …; admins.0: …`."""
    named = [part.partition(":")[0].strip() for part in message.split(";")]
    return frozenset(path for path in paths for name in named if name == path or name.startswith(f"{path}."))


def _secret_changes(form: Form, path: str) -> bool:
    return bool(form.get(path, "").strip()) or form.get(f"{path}:clear") == "1"


def _value(form: Form, setting: Setting) -> Any:
    typed = form.get(setting.path, "").strip()
    match setting.kind:
        case "flag":
            return typed == "1"
        case "checks":
            return [option for option in setting.options if form.get(f"{setting.path}:{option}") == "1"]
        case "lines" | "dates":
            return [line.strip() for line in typed.replace(",", "\n").splitlines() if line.strip()]
        case "number":
            return _number(typed)
        case "secret":
            return typed or None
    return typed or (None if setting.nullable else typed)


def _number(typed: str) -> int | str | None:
    plain = unicodedata.normalize("NFKC", typed).replace(",", "")
    if not plain:
        return None
    readable = plain.isascii() and plain.removeprefix("-").isdigit() and len(plain) <= MOST_DIGITS
    return int(plain) if readable else typed


def _shown(setting: Setting, value: Any) -> FieldView:
    match setting.kind:
        case "flag":
            return FieldView(setting, is_on=value is True)
        case "checks":
            return FieldView(setting, checked=frozenset(str(one) for one in value or ()))
        case "lines" | "dates":
            return FieldView(setting, "\n".join(str(one) for one in value or ()))
    return FieldView(setting, "" if value is None else str(value))
