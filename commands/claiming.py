"""What the commands on claims share: params, the check of the lines, and what is still missing of whoever asks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import Field, field_validator

from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderId, OrderItemCode
from commands.kernel.ports import RefundAccount
from commands.kernel.spec import Ask
from commands.kernel.texts import Texts
from commands.kernel.who import CallerKind, Guest, Member
from commands.shapes import CommandParams, DecisionShape, LineShape, Params, Shape

NAME_ASKED_AFTER = timedelta(days=30)

BANKS: Mapping[str, str] = {
    "bank_04": "국민은행",
    "bank_26": "신한은행",
    "bank_20": "우리은행",
    "bank_81": "하나은행",
    "bank_11": "농협은행",
    "bank_03": "기업은행",
    "bank_293": "카카오뱅크",
    "bank_292": "케이뱅크",
    "bank_23": "SC제일은행",
    "bank_53": "한국씨티은행",
    "bank_71": "우체국",
    "bank_85": "새마을금고",
    "bank_87": "신협",
    "bank_07": "수협은행",
    "bank_31": "대구은행",
    "bank_32": "부산은행",
    "bank_34": "광주은행",
    "bank_35": "제주은행",
    "bank_37": "전북은행",
    "bank_39": "경남은행",
}
"""The banks a refund may go to, as Cafe24 codes them (ORDERS.md §7.15)."""


class CandidatesParams(CommandParams):
    pass


class HiddenOrder(Shape):
    order_id: str
    decision: DecisionShape


class LineParams(Params):
    order_item_code: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=9_999, strict=True)


class AccountParams(Params):
    """`bankCode` is Cafe24's `bank_NN`; digits and hyphens in the number; the holder as the bank has it."""

    bank_code: str
    account_number: str = Field(min_length=6, max_length=30, pattern=r"^[0-9][0-9-]*[0-9]$")
    holder: str = Field(min_length=1, max_length=15)

    @field_validator("holder")
    @classmethod
    def _named(cls, value: str) -> str:
        if not any(c.isprintable() and not c.isspace() for c in value):
            raise ValueError("is empty")
        return value

    @field_validator("bank_code")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in BANKS:
            raise ValueError("is not a bank of the list")
        return value


class ConfirmParams(CommandParams):
    plan_token: str = Field(min_length=1, max_length=400)


def chosen_lines(items: Iterable[LineParams], order: Order) -> dict[OrderItemCode, int]:
    """Raises `Failure(invalidParams)` for a line twice, of another order, or above its quantity."""
    held = {item.code: item.quantity for item in order.items}
    lines: dict[OrderItemCode, int] = {}
    for line in items:
        code = OrderItemCode(line.order_item_code)
        if code in lines:
            raise Failure(FailureType.INVALID_PARAMS, f"items: {code} is named twice")
        if code not in held:
            raise Failure(FailureType.INVALID_PARAMS, f"items: {code} is not a line of this order")
        if line.quantity > held[code]:
            raise Failure(FailureType.INVALID_PARAMS, f"items: {code} has {held[code]} pieces only")
        lines[code] = line.quantity
    return lines


def plain(text: str) -> str:
    """Without control characters: the text stands in the mall's back office as it is, and is escaped where shown."""
    return "".join(c for c in text if c.isprintable()).strip()


def account_of(given: AccountParams | None) -> RefundAccount | None:
    return RefundAccount(given.bank_code, given.account_number, plain(given.holder)) if given else None


def account_params(account: RefundAccount | None) -> dict[str, Any] | None:
    """The params that gave the account."""
    if account is None:
        return None
    return {
        "bankCode": account.bank_code,
        "accountNumber": account.account_number,
        "holder": account.holder,
    }


def account_to_json(account: RefundAccount | None) -> list[str] | None:
    return [account.bank_code, account.account_number, account.holder] if account else None


def account_from_json(kept: Sequence[str] | None) -> RefundAccount | None:
    return RefundAccount(*kept) if kept else None


def line_shapes(order: Order, lines: Mapping[OrderItemCode, int]) -> list[LineShape]:
    return [
        LineShape(
            order_item_code=item.code,
            product_name=item.product_name,
            option_text=item.option_text,
            quantity=lines[item.code],
        )
        for item in order.items
        if item.code in lines
    ]


async def own_order(ask: Ask, order_id: str, texts: Texts) -> Order:
    """Raises `Failure(notFound)`, for somebody else's as for none."""
    order = await ask.ports.orders.one(ask.shop, ask.customer, OrderId(order_id))
    if order is None:
        raise Failure(FailureType.NOT_FOUND, texts.say(ask.language, "order.notFound"))
    return order


def asks_phone(ask: Ask) -> bool:
    """A member whom only the shop's own site names proves it by a phone code first (DESIGN §4.1)."""
    return ask.caller.kind is CallerKind.USER and isinstance(ask.customer, Member) and not ask.customer.proven


def asks_name(ask: Ask, order: Order) -> bool:
    """A number may have been given to somebody new: an old order, or one account of several, asks for the name too."""
    if ask.caller.kind is CallerKind.MANAGER:
        return False
    old = ask.now - order.ordered_at > NAME_ASKED_AFTER
    match ask.customer:
        case Guest():
            return old
        case Member(by_phone=by_phone, one_of_several=several):
            return by_phone and (old or several)


async def missing_proof(
    ask: Ask, order: Order, given_name: str | None, *, account_missing: bool
) -> list[str]:
    """Names of the params that still say too little of whoever asks: the phone first, the name last."""
    missing = ["phoneCode"] if asks_phone(ask) else []
    if account_missing:
        missing.append("refundAccount")
    if asks_name(ask, order) and not await _name_is_right(ask, order, given_name):
        missing.append("ordererName")
    return missing


async def _name_is_right(ask: Ask, order: Order, given: str | None) -> bool:
    if not given:
        return False
    return await ask.ports.names.is_right(
        ask.caller.id, ask.shop.channel_id, given=given, actual=order.orderer_name
    )
