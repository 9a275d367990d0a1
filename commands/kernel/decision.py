"""What a rule answers: a decision that explains itself.

All rules of a command run. The strongest effect among the findings gives the verdict, and ties go to the
order of the policy. A face shows the decisive finding; the console and the audit show them all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from .order import OrderItemCode

Plan = TypeVar("Plan")
Plan_co = TypeVar("Plan_co", covariant=True)
Fact = str | int | bool | None


class Effect(StrEnum):
    """What a finding does, strongest first."""

    BLOCKS = "blocks"
    NEEDS_MANAGER = "needsManager"
    LOWERS = "lowers"
    LIFTS = "lifts"
    NOTES = "notes"


class Layer(StrEnum):
    """Who set the rule that was found to apply."""

    ORDER = "order"
    PAYMENT = "payment"
    MALL_SETTING = "mallSetting"
    COMMAND_SETTING = "commandSetting"
    WMS = "wms"
    IDENTITY = "identity"
    LAW = "law"


@dataclass(frozen=True, slots=True)
class ChangesWhen:
    """What would change the answer: a day, or somebody's act (a snake_case name)."""

    day: date | None = None
    act: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of a policy that applied. `facts` holds the values seen, flat; sentences live in texts/."""

    rule: str
    code: str
    effect: Effect
    layer: Layer
    facts: Mapping[str, Fact] = field(default_factory=dict)
    items: tuple[OrderItemCode, ...] = ()
    setting_path: str | None = None
    changes_when: ChangesWhen | None = None


@dataclass(frozen=True, slots=True)
class Allowed(Generic[Plan_co]):
    plan: Plan_co
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsManager(Generic[Plan_co]):
    plan: Plan_co
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    findings: tuple[Finding, ...]


Decision = Allowed[Plan_co] | NeedsManager[Plan_co] | Blocked
_STRENGTH = {effect: rank for rank, effect in enumerate(Effect)}


def decide(plan: Plan, findings: Iterable[Finding]) -> Decision[Plan]:
    """The verdict of the strongest finding."""
    found = tuple(findings)
    strongest = min((_STRENGTH[f.effect] for f in found), default=len(_STRENGTH))
    if strongest == _STRENGTH[Effect.BLOCKS]:
        return Blocked(found)
    if strongest == _STRENGTH[Effect.NEEDS_MANAGER]:
        return NeedsManager(plan, found)
    return Allowed(plan, found)


def decisive(findings: Iterable[Finding]) -> Finding | None:
    """The finding that made the answer differ from the plain case: the strongest, first in policy order."""
    weighty = [f for f in findings if f.effect is not Effect.NOTES]
    return min(weighty, key=lambda f: _STRENGTH[f.effect], default=None)
