"""What the merchant chose, as facts that rules may read."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings of a connection that commands read (DESIGN §6). `version` grows with every change."""

    version: int = 0
    lookback_months: int = 12
    commands_on: frozenset[str] = field(default_factory=frozenset)
