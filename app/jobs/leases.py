"""Who works on a mall: a row changed by compare-and-set. A dead worker's lease runs out and is taken over."""

from dataclasses import dataclass
from datetime import timedelta

from app.clock import Clock, to_millis
from app.ports import Database


class LeaseLost(Exception):
    """Somebody else took the mall over. Whatever we do now is theirs to do: stop at once."""


@dataclass(frozen=True, slots=True)
class Lease:
    """`turn` tells this taking from every other one of the same mall."""

    mall_id: str
    holder: str
    turn: int


HELD = """EXISTS (SELECT 1 FROM mall_lease WHERE mall_lease.mall_id = :mall_id
    AND mall_lease.holder = :holder AND mall_lease.turn = :turn)"""
"""Ends the WHERE of each statement that only the holder may make."""


class Leases:
    def __init__(self, database: Database, clock: Clock, length: timedelta) -> None:
        self._database = database
        self._clock = clock
        self.length = length

    async def take(self, mall_id: str, holder: str) -> Lease | None:
        now = self._clock()
        rows = await self._database.write(
            """INSERT INTO mall_lease (mall_id, holder, turn, lease_until)
            VALUES (:mall_id, :holder, 1, :until)
            ON CONFLICT (mall_id) DO UPDATE
                SET holder = excluded.holder, turn = mall_lease.turn + 1, lease_until = excluded.lease_until
                WHERE mall_lease.lease_until <= :now
            RETURNING turn""",
            mall_id=mall_id,
            holder=holder,
            until=to_millis(now + self.length),
            now=to_millis(now),
        )
        return Lease(mall_id, holder, rows[0]["turn"]) if rows else None

    async def renew(self, lease: Lease) -> None:
        """Raises `LeaseLost`. A lease that ran out but that nobody took is still ours."""
        until = to_millis(self._clock() + self.length)
        if not await self._set(lease, until):
            raise LeaseLost

    async def release(self, lease: Lease) -> None:
        await self._set(lease, 0)

    async def _set(self, lease: Lease, until: int) -> bool:
        rows = await self._database.write(
            """UPDATE mall_lease SET lease_until = :until
            WHERE mall_id = :mall_id AND holder = :holder AND turn = :turn RETURNING turn""",
            mall_id=lease.mall_id,
            holder=lease.holder,
            turn=lease.turn,
            until=until,
        )
        return bool(rows)
