"""Where a parcel goes, or where it is fetched."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """In Korea. Personal data: masked before it is shown, encrypted where kept, never logged. `zipcode`: 5 digits."""

    receiver_name: str
    cellphone: str
    zipcode: str
    address1: str
    address2: str
    phone: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class SelfSend:
    """The customer's own parcel to the shop's return address; courier and number may come later."""

    courier: str | None = None
    tracking_number: str | None = None
