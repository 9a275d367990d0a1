"""The settings of a connection that identity reads (DESIGN §6); what is missing or strange is the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .limits import DEFAULT_CHANNEL_BUDGET

OFF = "off"


@dataclass(frozen=True, slots=True)
class IdentityChoices:
    """`member_trust` hash counts only once an admin has confirmed that Channel's member hash is on."""

    member_trust: Literal["hash", "phone"] = "hash"
    member_hash_confirmed: bool = False
    sms_provider: str = "operator"
    daily_budget: int = DEFAULT_CHANNEL_BUDGET

    @property
    def members_are_proven(self) -> bool:
        return self.member_trust == "hash" and self.member_hash_confirmed


def identity_choices(settings: Mapping[str, Any]) -> IdentityChoices:
    identity, sms = _part(settings, "identity"), _part(settings, "sms")
    trust, budget, provider = identity.get("memberTrust"), sms.get("dailyBudget"), sms.get("provider")
    return IdentityChoices(
        # an unknown word must not read as trust
        member_trust="hash" if trust in {None, "hash"} else "phone",
        member_hash_confirmed=identity.get("memberHashConfirmed") is True,
        sms_provider=provider if isinstance(provider, str) else "operator",
        daily_budget=budget if type(budget) is int and budget >= 0 else DEFAULT_CHANNEL_BUDGET,
    )


def _part(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = settings.get(name)
    return part if isinstance(part, Mapping) else {}
