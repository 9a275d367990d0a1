"""What 실험실 shows: the choices, the levers, and what has been called since."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.sandbox.cafe24.not_simulated import NOT_SIMULATED as CAFE24_NOT_SIMULATED
from app.sandbox.cafe24.webhooks import USUAL_CODES
from app.sandbox.channel.state import NOT_SIMULATED as CHANNEL_NOT_SIMULATED
from app.sandbox.mall_settings import offered
from app.sandbox.panel import LANGUAGES, SHOP_NO, Panel
from app.sandbox.personas import Persona
from app.sandbox.phone import NOT_SIMULATED as PHONE_NOT_SIMULATED
from app.sandbox.postcodes import NOT_SIMULATED as POSTCODES_NOT_SIMULATED
from app.sandbox.wms import NOT_SIMULATED as WMS_NOT_SIMULATED

ORDERS_OFFERED = 20


def panel_view(panel: Panel) -> dict[str, Any]:
    """Everything in the panel, as JSON."""
    wms = {"wms": panel.warehouse.view()} if panel.warehouse else {}
    return _choices(panel) | _app(panel) | _mall(panel) | wms


def not_simulated() -> dict[str, tuple[str, ...]]:
    """What a visitor must not believe, system by system."""
    return {
        "채널톡": CHANNEL_NOT_SIMULATED,
        "Cafe24": CAFE24_NOT_SIMULATED,
        "문자": PHONE_NOT_SIMULATED,
        "WMS": WMS_NOT_SIMULATED,
        "주소 검색": POSTCODES_NOT_SIMULATED,
    }


def persona_view(persona: Persona) -> dict[str, str]:
    return {"key": persona.key, "label": persona.label, "hint": persona.hint, "phone": persona.phone}


def _choices(panel: Panel) -> dict[str, Any]:
    return {
        "personas": [persona_view(persona) for persona in panel.personas.values()],
        "persona": panel.persona.key,
        "languages": LANGUAGES,
        "language": panel.language,
        "appearance": panel.appearance,
        "managers": [{"id": manager.id, "name": manager.name} for manager in panel.talk.managers.values()],
        "manager": panel.manager.id,
    }


def _app(panel: Panel) -> dict[str, Any]:
    talk = panel.talk
    commands = [
        {"name": c["name"], "scope": c["scope"], "shown": (c["scope"], c["name"]) not in talk.hidden}
        for c in talk.registered.commands
    ]
    return {
        "installed": talk.installed,
        "registered": talk.registered.extensions,
        "commands": commands,
        "switches": {
            "contextNamesUser": talk.context_names_user,
            "deliverTwice": talk.endpoint.deliver_twice,
            "versionless": talk.endpoint.versionless,
            "autoPickup": panel.mall.auto_pickup,
        },
        "functionCalls": [asdict(sent) for sent in talk.endpoint.sent],
        "faults": {name: list(known) for name, known in panel.known_faults.items()},
        "planted": {name: faults.active() for name, faults in panel.faults.items()},
        "console": panel.places.console,
    }


def _mall(panel: Panel) -> dict[str, Any]:
    mall = panel.mall
    return {
        "mall": mall.mall_id,
        "settings": offered(mall, SHOP_NO),
        "calls": [{"method": call.method, "path": call.path, "query": call.query} for call in mall.calls],
        "events": [{"no": no, "code": code} for no, code in USUAL_CODES.items()],
        "orders": _orders(panel),
        "operators": [{"id": row["user_id"], "name": row["user_name"]} for row in mall.operators],
    }


def _orders(panel: Panel) -> list[str]:
    """Of the present customer if they are a member, else of everybody; newest first."""
    member_id = panel.persona.user.member_id
    orders = [o for o in panel.mall.orders.values() if member_id is None or o.buyer.member_id == member_id]
    orders.sort(key=lambda order: order.ordered_at, reverse=True)
    return [order.order_id for order in orders[:ORDERS_OFFERED]]
