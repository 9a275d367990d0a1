"""What a customer asks for, as the JSON that a plan keeps."""

from dataclasses import asdict, dataclass

from commands.kernel.address import Address
from commands.kernel.order import OrderId, Receiver
from commands.kernel.plan import Json


@dataclass(frozen=True, slots=True)
class Wish:
    """`before`: where the order went when the plan was made, which is where a compensation leads back. `key` names
    this plan to the warehouse.
    """

    order_id: OrderId
    address: Address
    before: Address
    shipments: tuple[str, ...]
    held: bool
    key: str

    def to_json(self) -> Json:
        return {
            "orderId": self.order_id,
            "address": asdict(self.address),
            "before": asdict(self.before),
            "shipments": list(self.shipments),
            "held": self.held,
            "key": self.key,
        }

    @classmethod
    def from_json(cls, payload: Json) -> "Wish":
        return cls(
            order_id=OrderId(payload["orderId"]),
            address=Address(**payload["address"]),
            before=Address(**payload["before"]),
            shipments=tuple(payload["shipments"]),
            held=payload["held"],
            key=payload["key"],
        )


def is_at(seen: Receiver, address: Address) -> bool:
    """Whether the mall shows this address; phone and message it does not show everywhere."""
    return (seen.name, seen.cellphone, seen.zipcode, seen.address1, seen.address2) == (
        address.receiver_name,
        address.cellphone,
        address.zipcode,
        address.address1,
        address.address2,
    )
