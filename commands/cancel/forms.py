"""What the screens of `/주문취소` ask for, and how one step carries it to the next."""

from collections.abc import Mapping
from typing import Any

from commands.explain import WORDS, finding_text
from commands.kernel.decision import Finding, decisive
from commands.kernel.order import OrderItemCode
from commands.kernel.screen import Button, Choice, Field, Notice, Run, Scalar, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.kernel.who import CallerKind

from .command import TEXTS
from .reasons import BANKS

COMMAND = "cancel"
LIST, CHOOSE, PREVIEW, CONFIRM, RECEIPT, UNDO = "list", "choose", "preview", "confirm", "receipt", "undo"
QUANTITY = "q."
CARRIED = frozenset({"orderId", "reason", "text", "bank", "account", "holder", "name"})
Input = Mapping[str, Any]


def reader(ask: Ask) -> str:
    return "customer" if ask.caller.kind is CallerKind.USER else "manager"


def why(ask: Ask, findings: tuple[Finding, ...]) -> str:
    """The sentence of the decisive finding, for whoever looks."""
    finding = decisive(findings)
    return finding_text(finding, TEXTS, ask.language, reader(ask)) if finding else ""


def talk(ask: Ask, code: str, order_id: str | None = None) -> tuple[Button, ...]:
    if ask.caller.kind is CallerKind.MANAGER:
        return ()
    params: dict[str, Scalar] = {"code": code}
    if order_id:
        params["orderId"] = order_id
    run = Run("manager.call", params, done=WORDS.say(ask.language, "talk.done"))
    return (Button(WORDS.say(ask.language, "talk"), run),)


def quantities(given: Input) -> dict[OrderItemCode, int]:
    found = {}
    for name, value in given.items():
        if name.startswith(QUANTITY) and str(value).isdecimal():
            found[OrderItemCode(name.removeprefix(QUANTITY))] = int(str(value)[:5])
    return found


def params_from(given: Input) -> dict[str, Any]:
    account = {
        "bankCode": given.get("bank"),
        "accountNumber": given.get("account"),
        "holder": given.get("holder"),
    }
    return {
        "orderId": given.get("orderId"),
        "items": [{"orderItemCode": c, "quantity": q} for c, q in quantities(given).items() if q],
        "reason": {"type": given.get("reason", "changeOfMind"), "text": given.get("text") or None},
        "refundAccount": account if any(account.values()) else None,
        "ordererName": given.get("name") or None,
    }


def carried(given: Input) -> dict[str, Scalar]:
    """What the next step must know of this one: plain scalars that the customer typed themselves."""
    kept = {
        name: str(value)[:200]
        for name, value in given.items()
        if name in CARRIED or name.startswith(QUANTITY)
    }
    return dict(kept)


def account_screen(ask: Ask, given: Input, error: str = "") -> Screen:
    say = TEXTS.say
    rest = {k: v for k, v in carried(given).items() if k not in {"bank", "account", "holder"}}
    banks = tuple(Choice(code, name) for code, name in BANKS.items())
    return Screen(
        title=say(ask.language, "account.title"),
        lead=say(ask.language, "account.lead"),
        notices=(Notice(error, Tone.BAD),) if error else (),
        fields=(
            Field(
                "bank", say(ask.language, "account.bank"), "select", str(given.get("bank", "")), choices=banks
            ),
            Field(
                "account",
                say(ask.language, "account.number"),
                "tel",
                str(given.get("account", "")),
                max_length=30,
            ),
            Field(
                "holder",
                say(ask.language, "account.holder"),
                value=str(given.get("holder", "")),
                max_length=15,
            ),
        ),
        submit=Button(say(ask.language, "account.next"), Show(COMMAND, PREVIEW, rest), style="primary"),
    )


def name_screen(ask: Ask, given: Input) -> Screen:
    say = TEXTS.say
    rest = {k: v for k, v in carried(given).items() if k != "name"}
    error = say(ask.language, "name.wrong") if given.get("name") else ""
    return Screen(
        title=say(ask.language, "name.title"),
        lead=say(ask.language, "name.lead"),
        fields=(Field("name", say(ask.language, "name.field"), max_length=60, error=error),),
        submit=Button(say(ask.language, "account.next"), Show(COMMAND, PREVIEW, rest), style="primary"),
    )


def phone_screen(ask: Ask, given: Input) -> Screen:
    say = TEXTS.say
    following: dict[str, Scalar] = {
        "nextCommand": COMMAND,
        "nextScreen": CHOOSE,
        "orderId": str(given["orderId"]),
    }
    button = Button(say(ask.language, "phone.button"), Show("identity", "phone", following), style="primary")
    return Screen(
        say(ask.language, "preview.title"),
        notices=(Notice(say(ask.language, "phone.needed")),),
        buttons=(button,),
    )
