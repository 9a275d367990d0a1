"""Money is a decimal amount beside its currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal

WITHOUT_MINOR_UNIT = frozenset({"KRW", "JPY", "VND", "TWD"})


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            message = f"cannot add {other.currency} to {self.currency}"
            raise ValueError(message)
        return Money(self.amount + other.amount, self.currency)

    def plain(self) -> str:
        """The amount as a decimal string without needless zeros: `39000`, `12.50`."""
        if self.currency in WITHOUT_MINOR_UNIT and self.amount == self.amount.to_integral_value():
            return f"{self.amount:.0f}"
        return f"{self.amount:.2f}"
