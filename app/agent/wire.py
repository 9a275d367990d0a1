"""Params and results that only agents have; the commands' own are used as they are."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from commands.shapes import Params, ReceiptResult, Shape

Text = Annotated[str, Field(max_length=64)]


class SendCodeParams(Params):
    phone: Text


class SentCode(Shape):
    """Times are seconds from now. The same answer for every number."""

    verification_id: str
    masked_phone: str
    expires_in: int
    resend_after: int


class VerifyCodeParams(Params):
    verification_id: Text
    code: Text


class OfferedAccount(Shape):
    account_ref: str
    label: str


class Offered(Shape):
    accounts: list[OfferedAccount]
    guest_orders: bool


class VerifiedCustomer(Shape):
    """`offered` is left out while the shop does not answer: `identity_choose_account` without a choice asks again."""

    customer_handle: str
    expires_at: dt.datetime
    offered: Offered | None = None


class ChooseParams(Params):
    """Neither: which accounts there are."""

    account_ref: Text | None = None
    guest: StrictBool = False


class ChosenAccount(Shape):
    state: Literal["member", "guest", "none"]
    label: str | None = None
    offered: Offered | None = None


class ApprovalParams(Params):
    """Either a plan, or a receipt that is to be undone or withdrawn."""

    plan_token: Annotated[str | None, Field(max_length=400)] = None
    receipt_id: Text | None = None
    by: Literal["sms", "manager"] = "sms"


class AskedApproval(Shape):
    """`action`, `orderId` and `amount` are what the customer reads in the message."""

    state: Literal["waiting", "approved", "refused"]
    by: Literal["sms", "manager"]
    action: str
    order_id: str
    amount: str | None = None
    masked_phone: str | None = None
    expires_in: int
    resend_after: int | None = None


class ReceiptParams(Params):
    receipt_id: Text


__all__ = ["ReceiptResult"]
