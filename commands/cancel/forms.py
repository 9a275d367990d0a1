"""What the screens of `/주문취소` ask for, and how one step carries it to the next."""

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
from commands.kernel.screen import Button, Scalar, Screen, Show
from commands.kernel.spec import Ask

from .command import TEXTS

COMMAND = "cancel"
LIST, CHOOSE, PREVIEW, CONFIRM, RECEIPT, UNDO = "list", "choose", "preview", "confirm", "receipt", "undo"
ASKED_AGAIN = frozenset({*ACCOUNT.values(), "name"})
"""Is not carried past the preview: an account and a name are personal, and a plan keeps them itself."""
CARRIED = frozenset({"orderId", "reason", "text"}) | ASKED_AGAIN


def params_from(given: Input) -> dict[str, Any]:
    return {
        "orderId": given.get("orderId"),
        "items": line_params(given),
        "reason": {"type": given.get("reason", "changeOfMind"), "text": given.get("text") or None},
        "refundAccount": account_params_from(given),
        "ordererName": given.get("name") or None,
    }


def carried(given: Input, *, without: Iterable[str] = ()) -> dict[str, Scalar]:
    """What the next step must know of this one: plain scalars that the customer typed themselves."""
    left = frozenset(without)
    return {
        name: str(value)[:200]
        for name, value in given.items()
        if (name in CARRIED or name.startswith(QUANTITY)) and name not in left
    }


def account_screen(ask: Ask, given: Input, wrong: frozenset[str] = frozenset()) -> Screen:
    """`wrong`: the fields whose answer is none."""
    say = TEXTS.say
    rest = carried(given, without=ACCOUNT.values())
    return Screen(
        title=say(ask.language, "account.title"),
        lead=say(ask.language, "account.lead"),
        fields=account_fields(ask, given, TEXTS, wrong),
        submit=Button(say(ask.language, "account.next"), Show(COMMAND, PREVIEW, rest), style="primary"),
        buttons=(_back(ask, given),),
    )


def orderer_screen(ask: Ask, given: Input) -> Screen:
    to = Show(COMMAND, PREVIEW, carried(given, without={"name"}))
    submit = Button(TEXTS.say(ask.language, "account.next"), to, style="primary")
    return name_screen(ask, given, submit, _back(ask, given))


def number_screen(ask: Ask, given: Input) -> Screen:
    title, needed = TEXTS.say(ask.language, "preview.title"), TEXTS.say(ask.language, "phone.needed")
    return phone_screen(ask, given, title, needed, Show(COMMAND, CHOOSE))


def _back(ask: Ask, given: Input) -> Button:
    back = Show(COMMAND, CHOOSE, carried(given, without=ASKED_AGAIN))
    return Button(TEXTS.say(ask.language, "preview.back"), back, style="quiet")
