"""What the screens of `/교환반품` ask for, and how one step carries it to the next."""

from collections.abc import Iterable
from typing import Any

from commands.claim_forms import (
    ACCOUNT,
    QUANTITY,
    Input,
    account_fields,
    account_params_from,
    line_params,
    name_screen,
    phone_screen,
)
from commands.explain import day_text
from commands.kernel.order import Order
from commands.kernel.screen import Button, Scalar, Screen, Show
from commands.kernel.spec import Ask

from .finding_out import TEXTS
from .previewing import COMMAND

LIST, KIND, CHOOSE, PREVIEW, CONFIRM = "list", "kind", "choose", "preview", "confirm"
RECEIPT, WITHDRAW = "receipt", "withdraw"
TARGET = "v."
SAME, OTHER, SELF = "same", "other", "self"
PLACE = {
    "receiverName": "receiver",
    "cellphone": "cellphone",
    "zipcode": "zipcode",
    "address1": "address1",
    "address2": "address2",
}
"""The members of an address on the wire, and their fields."""
ASKED_AGAIN = frozenset({*ACCOUNT.values(), *PLACE.values(), "name"})
"""Is not carried past the preview: personal, and a plan keeps it itself."""
PLAIN = frozenset({"orderId", "kind", "reason", "text", "photos", "way", "courier", "tracking"})
CARRIED = PLAIN | ASKED_AGAIN
LONGEST = 600


def say(ask: Ask, key: str, **facts: object) -> str:
    return TEXTS.say(ask.language, key, **facts)


def kind_words(ask: Ask, given: Input) -> str:
    return say(ask, f"kind.{'exchange' if given.get('kind') == 'exchange' else 'return'}")


def photo_refs(given: Input) -> list[str]:
    return [ref for ref in str(given.get("photos") or "").replace(",", " ").split() if ref]


def targets(given: Input) -> dict[str, str]:
    """The variant chosen for each line."""
    return {
        name.removeprefix(TARGET): str(value)
        for name, value in given.items()
        if name.startswith(TARGET) and value
    }


def params_from(given: Input) -> dict[str, Any]:
    lines = line_params(given)
    wanted = targets(given)
    return {
        "kind": given.get("kind", "return"),
        "orderId": given.get("orderId"),
        "items": lines,
        "reason": {"type": given.get("reason", "changeOfMind"), "text": given.get("text") or None},
        "evidence": photo_refs(given),
        "pickup": _pickup(given),
        # The return address is shown before: only then the form has a courier, be it an empty one.
        "selfSend": {"courier": given["courier"] or None, "trackingNumber": given.get("tracking") or None}
        if given.get("way") == SELF and "courier" in given
        else None,
        "exchangeFor": [
            {
                "orderItemCode": line["orderItemCode"],
                "variantCode": wanted[line["orderItemCode"]],
                "quantity": line["quantity"],
            }
            for line in lines
            if line["orderItemCode"] in wanted
        ],
        "refundAccount": account_params_from(given),
        "ordererName": given.get("name") or None,
    }


def _pickup(given: Input) -> dict[str, Any] | None:
    if given.get("way") == SAME:
        return {"sameAsOrder": True}
    if given.get("way") != OTHER or not any(field in given for field in PLACE.values()):
        return None
    return {member: str(given.get(field) or "").strip() for member, field in PLACE.items()}


def carried(given: Input, *, without: Iterable[str] = ()) -> dict[str, Scalar]:
    """What the next step must know of this one: plain scalars that the customer typed or chose themselves."""
    left = frozenset(without)
    return {
        name: str(value)[:LONGEST]
        for name, value in given.items()
        if (name in CARRIED or name.startswith((QUANTITY, TARGET))) and name not in left
    }


def lead(ask: Ask, order: Order) -> str:
    return f"{day_text(order, ask)} · {order.order_id}"


def go_on(ask: Ask, given: Input, without: Iterable[str] = (), key: str = "next") -> Button:
    """To the next thing that is missing, or to what would happen."""
    return Button(say(ask, key), Show(COMMAND, PREVIEW, carried(given, without=without)), style="primary")


def back(ask: Ask, given: Input) -> Button:
    return Button(say(ask, "back"), Show(COMMAND, CHOOSE, carried(given, without=ASKED_AGAIN)), style="quiet")


def account_screen(ask: Ask, given: Input, wrong: frozenset[str] = frozenset()) -> Screen:
    """`wrong`: the fields whose answer is none."""
    return Screen(
        title=say(ask, "account.title"),
        lead=say(ask, "account.lead"),
        fields=account_fields(ask, given, TEXTS, wrong),
        submit=go_on(ask, given, without=ACCOUNT.values()),
        buttons=(back(ask, given),),
    )


def orderer_screen(ask: Ask, given: Input) -> Screen:
    return name_screen(ask, given, go_on(ask, given, without={"name"}), back(ask, given))


def number_screen(ask: Ask, given: Input) -> Screen:
    title = say(ask, "preview.title", kind=kind_words(ask, given))
    return phone_screen(ask, given, title, say(ask, "phone.needed"), Show(COMMAND, KIND))
