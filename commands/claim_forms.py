"""What the screens of the commands on claims share: quantities, a refund account, who asks, whom to talk to."""

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from commands.claiming import BANKS
from commands.explain import WORDS, finding_text
from commands.kernel.decision import Finding, decisive
from commands.kernel.order import OrderItemCode
from commands.kernel.screen import Button, Choice, Field, Notice, Run, Scalar, Screen, Show
from commands.kernel.spec import Ask
from commands.kernel.texts import Texts
from commands.kernel.who import CallerKind

QUANTITY = "q."
ACCOUNT = {"bankCode": "bank", "accountNumber": "account", "holder": "holder"}
"""The members of a refund account on the wire, and their fields."""
Input = Mapping[str, Any]


def reader(ask: Ask) -> str:
    return "customer" if ask.caller.kind is CallerKind.USER else "manager"


def why(ask: Ask, findings: tuple[Finding, ...], texts: Texts) -> str:
    """The sentence of the decisive finding, for whoever looks."""
    finding = decisive(findings)
    return finding_text(finding, texts, ask.language, reader(ask)) if finding else ""


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


def line_params(given: Input) -> list[dict[str, Any]]:
    return [{"orderItemCode": code, "quantity": count} for code, count in quantities(given).items() if count]


def account_params_from(given: Input) -> dict[str, Any] | None:
    """None until the account was asked for."""
    if "account" not in given:
        return None
    account = {member: given.get(name) for member, name in ACCOUNT.items()}
    number = "".join(normalize("NFKC", str(given.get("account", ""))).split())
    return account | {"accountNumber": number}


def account_fields(ask: Ask, given: Input, texts: Texts, wrong: frozenset[str]) -> tuple[Field, ...]:
    """`wrong`: the fields whose answer is none."""

    def say(key: str) -> str:
        return texts.say(ask.language, key)

    def error(name: str) -> str:
        return say(f"account.{name}.wrong") if name in wrong else ""

    def value(name: str) -> str:
        return str(given.get(name, ""))

    banks = (Choice("", say("account.bank.choose")), *(Choice(code, name) for code, name in BANKS.items()))
    return (
        Field("bank", say("account.bank"), "select", value("bank"), error=error("bank"), choices=banks),
        Field(
            "account",
            say("account.number"),
            "digits",
            value("account"),
            hint=say("account.number.hint"),
            error=error("account"),
            max_length=30,
        ),
        Field("holder", say("account.holder"), value=value("holder"), error=error("holder"), max_length=15),
    )


def name_screen(ask: Ask, given: Input, submit: Button, back: Button) -> Screen:
    """Asks for the orderer's name; again, with what was wrong, where one was given."""

    def say(key: str) -> str:
        return WORDS.say(ask.language, key)

    error = say("name.wrong") if given.get("name") else ""
    return Screen(
        title=say("name.title"),
        lead=say("name.lead"),
        fields=(Field("name", say("name.field"), max_length=60, error=error),),
        submit=submit,
        buttons=(back,),
    )


def phone_screen(ask: Ask, given: Input, title: str, needed: str, after: Show) -> Screen:
    """To the phone code, and on to `after`, with the order. `needed`: what for."""
    following: dict[str, Scalar] = {
        "nextCommand": after.command,
        "nextScreen": after.screen,
        "orderId": str(given["orderId"]),
    }
    to = Show("identity", "phone", following)
    button = Button(WORDS.say(ask.language, "phone.button"), to, style="primary")
    return Screen(title, notices=(Notice(needed),), buttons=(button,))
