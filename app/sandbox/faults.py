"""Faults that a person or a test plants into the coming calls of a simulated system."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS: dict[str, str] = {
    "slow": "the answer comes after `slow_seconds`",
    "timeout_after_effect": "the call takes effect, then the gateway answers 504 with a page of HTML",
    "500": "internal error, nothing happened",
    "503": "temporarily unavailable, nothing happened",
    "429": "the call bucket is full",
    "quota": "the usage quota is spent; the Remain headers say for how long",
    "html_error": "a gateway page of HTML instead of JSON, nothing happened",
    "401_expired": "the access token counts as expired",
    "403_scope": "the access token counts as lacking the scope",
    "drop_field": "one field is missing everywhere; `drop_field:name` picks it, else `order_status`",
}


@dataclass(slots=True)
class _Planted:
    fault: str
    path: str
    left: int


class Faults:
    """Planted faults, first in, first out; one call meets at most one of them."""

    def __init__(self) -> None:
        self.slow_seconds = 3.5
        self._planted: list[_Planted] = []

    def inject(self, fault: str, *, path: str = "", times: int = 1) -> None:
        """Plant `fault` for the next `times` calls whose path (after /api/v2) starts with `path`."""
        if fault.partition(":")[0] not in FAULTS:
            message = f"unknown fault {fault!r}; known: {', '.join(FAULTS)}"
            raise ValueError(message)
        if times < 1:
            message = "times must be at least 1"
            raise ValueError(message)
        self._planted.append(_Planted(fault, path, times))

    def clear(self) -> None:
        """Forget every planted fault."""
        self._planted.clear()

    def active(self) -> list[dict[str, str | int]]:
        """What is still planted, in the order in which it will be met."""
        return [{"fault": p.fault, "path": p.path, "left": p.left} for p in self._planted]

    def take(self, path: str) -> str | None:
        """Use up one fault for a call on `path`, or None."""
        for planted in self._planted:
            if path.startswith(planted.path):
                planted.left -= 1
                if planted.left == 0:
                    self._planted.remove(planted)
                return planted.fault
        return None
