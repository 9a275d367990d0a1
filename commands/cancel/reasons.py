"""The reasons a customer may give, as Cafe24 codes them (ORDERS.md §4.1)."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "changeOfMind": "A",
    "deliveryDelay": "B",
    "dissatisfiedService": "G",
    "other": "I",
}
