"""Who may confirm a plan that nobody has confirmed yet."""

from app.ports import Connection, ConnectionOf, KeptPlan
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.spec import Ask
from commands.kernel.who import CallerKind, Customer, Member

LIVE = "live"


async def check(ask: Ask, plan: KeptPlan, connection_of: ConnectionOf) -> None:
    """Raises `Failure`: planExpired, commandOff, notConnected, forbidden (trial), notIdentified."""
    if ask.now >= plan.expires_at:
        raise expired(ask)
    if plan.command not in ask.choices.commands_on:
        raise _failure(ask, FailureType.COMMAND_OFF, "commandOff", settingPath=f"commands.{plan.command}")
    connection = await connection_of(ask.shop.channel_id)
    if connection is None:
        raise _failure(ask, FailureType.NOT_CONNECTED, "notConnected")
    if ask.caller.kind is CallerKind.USER and not may_try(ask.customer, connection):
        raise _failure(ask, FailureType.FORBIDDEN, "trial", settingPath="mode")
    check_proof(ask)


def check_proof(ask: Ask) -> None:
    """Whoever changes something has proven who they are; a manager vouches. Raises `Failure(notIdentified)`."""
    is_user = ask.caller.kind is CallerKind.USER
    if is_user and isinstance(ask.customer, Member) and not ask.customer.proven:
        raise _failure(ask, FailureType.NOT_IDENTIFIED, "notIdentified")


def expired(ask: Ask) -> Failure:
    return _failure(ask, FailureType.PLAN_EXPIRED, "planExpired")


def not_found(ask: Ask) -> Failure:
    return _failure(ask, FailureType.NOT_FOUND, "notFound")


def too_late(ask: Ask) -> Failure:
    return _failure(ask, FailureType.TOO_LATE, "tooLate")


def may_try(customer: Customer, connection: Connection) -> bool:
    """Whether something may be done for this customer that no manager said yes to."""
    if connection.settings.get("mode") == LIVE:
        return True
    testers = connection.settings.get("testMembers") or ()
    return isinstance(customer, Member) and customer.member_id in testers


def _failure(ask: Ask, type_: FailureType, key: str, **kept: object) -> Failure:
    return Failure(type_, WORDS.say(ask.language, f"failure.{key}"), **kept)
