"""A customer's data, deleted on request in one act: rows, photos and whatever else is kept of them, and one audit line
that says so and does not say of whom.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from app.clock import Clock
from app.keys import KeyRing
from app.ports import Audit, AuditLine, Connection
from app.ports.erasing import ErasedRows
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import Customer, Guest, MallId

from .asks import language_of
from .customers import customer_hash
from .endings import TEXTS

EraseMore = Callable[[MallId, Customer], Awaitable[int]]
PhoneHashes = Callable[[str], Iterable[str]]


class Erasing:
    """`more`: by name, what other parts keep of customers (photos); `phone_hashes`: what a number may be kept as."""

    def __init__(
        self,
        rows: ErasedRows,
        audit: Audit,
        keys: KeyRing,
        clock: Clock,
        *,
        phone_hashes: PhoneHashes,
        more: Mapping[str, EraseMore],
    ) -> None:
        self._rows = rows
        self._audit = audit
        self._keys = keys
        self._clock = clock
        self._phone_hashes = phone_hashes
        self._more = more

    async def erase(self, connection: Connection, customer: Customer, by: str) -> Mapping[str, int]:
        """How many of what were deleted. Raises `conflict` while something is being done for the customer, and
        `Unavailable` when photos cannot be reached: asked again, it does what is left.
        """
        mall_id, now = connection.shop.mall_id, self._clock()
        hashes = self._phone_hashes(customer.cellphone) if isinstance(customer, Guest) else ()
        erased = await self._rows.erase(mall_id, customer, now, by, phone_hashes=hashes)
        if erased.busy:
            language = language_of(connection)
            raise Failure(FailureType.CONFLICT, TEXTS.say(language, "erase.busy", count=erased.busy))
        counts = {
            "receipts": erased.receipts,
            "plans": erased.plans - erased.receipts,
            "sessions": erased.sessions,
            "chats": erased.chats,
        }
        for name, erase in self._more.items():
            counts[name] = await erase(mall_id, customer)
        line = AuditLine(
            channel_id=connection.shop.channel_id,
            mall_id=mall_id,
            act="customer.erased",
            by=by,
            subject=customer_hash(self._keys, mall_id, customer),
            at=now,
            facts=counts,
        )
        await self._audit.add(line)
        return counts
