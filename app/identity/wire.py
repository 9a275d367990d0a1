"""Params and results of the identity Functions (DESIGN §3). Nobody's identity is ever read from params."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator

from commands.shapes import Params, Shape


class GetParams(Params):
    pass


class EndParams(Params):
    pass


class IdentityResult(Shape):
    """Who the customer is now. `label` is masked; `expiresAt` stands for a phone session only."""

    state: Literal["member", "guest", "none"]
    label: str | None = None
    expires_at: datetime | None = None


class SendCodeParams(Params):
    phone: Annotated[str, Field(max_length=64)]


class SendCodeResult(Shape):
    """Both times are seconds from now. The same answer for every number."""

    verification_id: str
    masked_phone: str
    expires_in: int
    resend_after: int


class VerifyCodeParams(Params):
    verification_id: Annotated[str, Field(max_length=64)]
    code: Annotated[str, Field(max_length=64)]


class AccountResult(Shape):
    account_ref: str
    label: str


class VerifyCodeResult(Shape):
    accounts: list[AccountResult]
    guest_orders: bool


class ChooseParams(Params):
    """Either an `accountRef` of this session, or `guest: true`."""

    account_ref: Annotated[str | None, Field(max_length=64)] = None
    guest: StrictBool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.account_ref is not None) == self.guest:
            raise ValueError("needs either accountRef or guest: true")
        return self
