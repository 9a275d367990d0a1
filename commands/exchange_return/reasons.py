"""The reasons a customer may give, as Cafe24's requests code them (ORDERS.md §4.1), whose fault each is, and who pays
the way back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Party = Literal["mall", "buyer"]


@dataclass(frozen=True, slots=True)
class Reason:
    """`letter`: of the request calls; lines keep another one for the same reason (ORDERS.md §4.6)."""

    letter: str
    fault: Party
    payer: Party


REASONS: Mapping[str, Reason] = {
    "changeOfMind": Reason("A", fault="buyer", payer="buyer"),
    "dissatisfied": Reason("E", fault="buyer", payer="buyer"),
    "defective": Reason("K", fault="mall", payer="mall"),
    "deliveryError": Reason("J", fault="mall", payer="mall"),
    "other": Reason("I", fault="buyer", payer="buyer"),
}
