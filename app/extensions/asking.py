"""Who asks an extension's Function, and the identifier that the platform sends with it.

An identifier may say less than the signed context or the same, never anything else: it opens nothing.
"""

from collections.abc import Awaitable, Callable

import phonenumbers

from app.ports import Call
from commands.kernel.failures import Failure, FailureType
from commands.kernel.spec import Ask, CommandSpec
from commands.kernel.who import Guest, Member

from .commerce_wire import Identifier
from .words import WORDS

AskOf = Callable[[Call, CommandSpec | None], Awaitable[Ask]]


def check_identifier(ask: Ask, given: Identifier | None) -> None:
    """Raises `Failure(forbidden)` for an identifier of somebody else. One that can be compared with nothing that we
    know for sure (an e-mail address, the phone of a member) is left aside.
    """
    if given is None or _fits(ask.customer, given):
        return
    raise Failure(FailureType.FORBIDDEN, WORDS.say(ask.language, "identifier.other"))


def _fits(customer: Member | Guest, given: Identifier) -> bool:
    match customer:
        case Member(member_id=member_id):
            return given.type != "membership" or given.value == member_id
        case Guest(cellphone=cellphone):
            return given.type == "email" or (given.type == "phone" and _e164(given.value) == cellphone)


def _e164(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, "KR")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
