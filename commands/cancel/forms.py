"""What the screens of `/주문취소` ask for, and how one step carries it to the next."""

from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import normalize

from commands.explain import WORDS, finding_text
from commands.kernel.decision import Finding, decisive
from commands.kernel.order import OrderItemCode
from commands.kernel.screen import Button, Choice, Field, Notice, Run, Scalar, Screen, Show
from commands.kernel.spec import Ask
from commands.kernel.who import CallerKind

from .command import TEXTS
from .reasons import BANKS

COMMAND = "cancel"
LIST, CHOOSE, PREVIEW, CONFIRM, RECEIPT, UNDO = "list", "choose", "preview", "confirm", "receipt", "undo"
QUANTITY = "q."
ACCOUNT = {"bankCode": "bank", "accountNumber": "account", "holder": "holder"}
"""The members of a refund account on the wire, and their fields."""
ASKED_AGAIN = frozenset({*ACCOUNT.values(), "name"})
"""Is not carried past the preview: an account and a name are personal, and a plan keeps them itself."""
CARRIED = frozenset({"orderId", "reason", "text"}) | ASKED_AGAIN
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
    account = {member: given.get(name) for member, name in ACCOUNT.items()}
    number = "".join(normalize("NFKC", str(given.get("account", ""))).split())
    return {
        "orderId": given.get("orderId"),
        "items": [{"orderItemCode": c, "quantity": q} for c, q in quantities(given).items() if q],
        "reason": {"type": given.get("reason", "changeOfMind"), "text": given.get("text") or None},
        "refundAccount": account | {"accountNumber": number} if "account" in given else None,
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

    def error(name: str) -> str:
        return say(ask.language, f"account.{name}.wrong") if name in wrong else ""

    def value(name: str) -> str:
        return str(given.get(name, ""))

    none_yet = Choice("", say(ask.language, "account.bank.choose"))
    banks = (none_yet, *(Choice(code, name) for code, name in BANKS.items()))
    rest = carried(given, without=ACCOUNT.values())
    fields = (
        Field(
            "bank",
            say(ask.language, "account.bank"),
            "select",
            value("bank"),
            error=error("bank"),
            choices=banks,
        ),
        Field(
            "account",
            say(ask.language, "account.number"),
            "digits",
            value("account"),
            hint=say(ask.language, "account.number.hint"),
            error=error("account"),
            max_length=30,
        ),
        Field(
            "holder",
            say(ask.language, "account.holder"),
            value=value("holder"),
            error=error("holder"),
            max_length=15,
        ),
    )
    return Screen(
        title=say(ask.language, "account.title"),
        lead=say(ask.language, "account.lead"),
        fields=fields,
        submit=Button(say(ask.language, "account.next"), Show(COMMAND, PREVIEW, rest), style="primary"),
        buttons=(_back(ask, given),),
    )


def name_screen(ask: Ask, given: Input) -> Screen:
    say = TEXTS.say
    rest = carried(given, without={"name"})
    error = say(ask.language, "name.wrong") if given.get("name") else ""
    return Screen(
        title=say(ask.language, "name.title"),
        lead=say(ask.language, "name.lead"),
        fields=(Field("name", say(ask.language, "name.field"), max_length=60, error=error),),
        submit=Button(say(ask.language, "account.next"), Show(COMMAND, PREVIEW, rest), style="primary"),
        buttons=(_back(ask, given),),
    )


def _back(ask: Ask, given: Input) -> Button:
    back = Show(COMMAND, CHOOSE, carried(given, without=ASKED_AGAIN))
    return Button(TEXTS.say(ask.language, "preview.back"), back, style="quiet")


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
