"""Customers, and how to reach them, as the JSON that sealed columns hold."""

from dataclasses import asdict
from typing import Any

from app.ports import Reach
from commands.kernel.who import Customer, Guest, Language, Member


def customer_to_json(customer: Customer) -> dict[str, Any]:
    return {"kind": "member" if isinstance(customer, Member) else "guest", **asdict(customer)}


def customer_from_json(kept: dict[str, Any]) -> Customer:
    fields = {name: value for name, value in kept.items() if name != "kind"}
    return Member(**fields) if kept["kind"] == "member" else Guest(**fields)


def reach_from_json(kept: dict[str, Any]) -> Reach:
    language = kept["language"]
    return Reach(kept["user_id"], kept["chat_id"], Language(language) if language else None)
