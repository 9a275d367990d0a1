"""The settings that the AppStore's own screen shows: those that say how the shop works with claims and dates.

Who may change what stays ours: admins, trial or live, identity, keys and the warehouse are not on that screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ON_OFF = ("on", "off")


@dataclass(frozen=True, slots=True)
class ConfigField:
    """`path`: as in `settings.update`. A blank leaves the setting as it is."""

    path: str
    kind: Literal["select", "flag", "number", "text"]
    options: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None

    @property
    def key(self) -> str:
        return self.path.replace(".", "_")


FIELDS: tuple[ConfigField, ...] = (
    ConfigField("cancel.mode", "select", ("request", "complete")),
    ConfigField("cancel.undoMinutes", "number", low=0, high=60),
    ConfigField("exchangeReturn.sellerFault", "select", ("request", "pending")),
    ConfigField("exchangeReturn.returnAddress", "text"),
    ConfigField("exchangeReturn.deadlineHours", "number", low=1, high=720),
    ConfigField("exchangeReturn.samePriceOnly", "flag", ON_OFF),
    ConfigField("orders.lookbackMonths", "number", low=1, high=36),
    ConfigField("partialShipping.enabled", "flag", ON_OFF),
    ConfigField("partialShipping.baseDays", "number", low=0, high=30),
    ConfigField("shipping.cutoff", "text"),
    ConfigField("shipping.notifyChange", "flag", ON_OFF),
    ConfigField("notify.claimResults", "flag", ON_OFF),
    ConfigField("language", "select", ("ko", "en", "ja")),
)
BY_KEY: Mapping[str, ConfigField] = {field.key: field for field in FIELDS}


def patch_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch of what was typed in. Other keys are left aside; what is typed wrong is left as it is, so that
    the settings' own check names it.
    """
    patch: dict[str, Any] = {}
    for key, value in config.items():
        field = BY_KEY.get(key)
        if field is None or value is None or value == "":
            continue
        *groups, name = field.path.split(".")
        place = patch
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = _value(field, value)
    return patch


def _value(field: ConfigField, value: Any) -> Any:
    """Numbers may come as text."""
    if field.kind == "flag":
        return {"on": True, "off": False}.get(value, value) if isinstance(value, str) else value
    if field.kind == "number" and isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if field.kind == "number" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
