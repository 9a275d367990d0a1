"""Ship dates that customers were told. Who asked is sealed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from app.clock import to_millis
from app.keys import KeyRing
from app.ports import Row, Statements
from app.ports.promises import Asker, End, KeptRate, OrderPromises
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.who import ChannelId, Customer, MallId, person_of

from .database import OpenDatabase, in_transaction
from .people import customer_from_json, customer_to_json, reach_from_json
from .sealed import PROMISE_ASKER
from .values import from_json, to_json

Key = tuple[str, str]


class SqlShipPromises:
    """The `ShipPromises` port."""

    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def promise(
        self,
        mall_id: MallId,
        channel_id: ChannelId,
        asker: Asker,
        dates: Iterable[tuple[OrderId, OrderItemCode, date]],
        *,
        at: datetime,
        look_at: datetime,
    ) -> None:
        told = list(dates)
        kept = to_json(
            {
                "shop_no": asker.shop_no,
                "customer": customer_to_json(asker.customer),
                "reach": asdict(asker.reach),
            }
        ).encode()

        async def work(statements: Statements) -> None:
            for order_id, code, day in told:
                await statements.run(
                    """INSERT INTO ship_promise (mall_id, order_id, item_code, channel_id, asker_enc, first_date,
                        told_date, state, look_at, promised_at)
                    VALUES (:mall_id, :order_id, :code, :channel_id, :asker, :day, :day, 'open', :look_at, :at)
                    ON CONFLICT (mall_id, order_id, item_code) DO UPDATE
                        SET told_date = excluded.told_date, asker_enc = excluded.asker_enc
                        WHERE ship_promise.state = 'open'""",
                    mall_id=mall_id,
                    order_id=order_id,
                    code=code,
                    channel_id=channel_id,
                    asker=PROMISE_ASKER.seal(self._keys, kept, mall_id, order_id, code),
                    day=day.isoformat(),
                    look_at=to_millis(look_at),
                    at=to_millis(at),
                )

        if told:
            await in_transaction(self._database, work)

    async def due(self, now: datetime, at_most: int, *, of_a_mall: int) -> Sequence[OrderPromises]:
        """Malls take turns: each one's longest waiting order first, then each one's second."""
        rows = await self._database.read(
            """WITH waiting AS (
                SELECT mall_id, order_id, min(look_at) AS since FROM ship_promise
                WHERE state = 'open' AND look_at <= :now GROUP BY mall_id, order_id
            ), numbered AS (
                SELECT mall_id, order_id, since,
                    row_number() OVER (PARTITION BY mall_id ORDER BY since, order_id) AS turn FROM waiting
            ), chosen AS (
                SELECT * FROM numbered WHERE turn <= :of_a_mall ORDER BY turn, since, mall_id LIMIT :at_most
            )
            SELECT ship_promise.* FROM ship_promise JOIN chosen
                ON chosen.mall_id = ship_promise.mall_id AND chosen.order_id = ship_promise.order_id
            WHERE ship_promise.state = 'open'
            ORDER BY chosen.turn, chosen.since, ship_promise.mall_id, ship_promise.order_id, ship_promise.item_code""",
            now=to_millis(now),
            at_most=at_most,
            of_a_mall=of_a_mall,
        )
        by_order: dict[Key, list[Row]] = {}
        for row in rows:
            by_order.setdefault((row["mall_id"], row["order_id"]), []).append(row)
        found = {key: self._of_order(group) for key, group in by_order.items()}
        for (mall_id, order_id), promises in found.items():
            if promises is None:
                await self._give_up(mall_id, order_id)
        return [promises for promises in found.values() if promises]

    async def _give_up(self, mall_id: str, order_id: str) -> None:
        """Nobody can be told of what no key opens any more."""
        await self._database.write(
            """UPDATE ship_promise SET state = 'gone'
            WHERE mall_id = :mall_id AND order_id = :order_id AND state = 'open'""",
            mall_id=mall_id,
            order_id=order_id,
        )

    def _of_order(self, rows: Sequence[Row]) -> OrderPromises | None:
        first = rows[0]
        key = (first["mall_id"], first["order_id"], first["item_code"])
        opened = PROMISE_ASKER.open_or_none(self._keys, first["asker_enc"], *key)
        if opened is None:
            return None
        known: dict[str, Any] = from_json(opened)
        return OrderPromises(
            mall_id=MallId(first["mall_id"]),
            order_id=OrderId(first["order_id"]),
            channel_id=ChannelId(first["channel_id"]),
            asker=Asker(
                known["shop_no"], customer_from_json(known["customer"]), reach_from_json(known["reach"])
            ),
            told={OrderItemCode(r["item_code"]): _day(r["told_date"]) for r in rows},
            first={OrderItemCode(r["item_code"]): date.fromisoformat(r["first_date"]) for r in rows},
        )

    async def looked(
        self,
        promises: OrderPromises,
        told: Mapping[OrderItemCode, date | None],
        ended: Mapping[OrderItemCode, End],
        look_at: datetime,
    ) -> None:
        async def work(statements: Statements) -> None:
            for code in promises.told:
                day = told.get(code, promises.told[code])
                await statements.run(
                    """UPDATE ship_promise SET told_date = :day, state = :state, look_at = :look_at
                    WHERE mall_id = :mall_id AND order_id = :order_id AND item_code = :code AND state = 'open'""",
                    mall_id=promises.mall_id,
                    order_id=promises.order_id,
                    code=code,
                    day=day.isoformat() if day else None,
                    state=ended.get(code, "open"),
                    look_at=to_millis(look_at),
                )

        await in_transaction(self._database, work)

    async def hurry(self, mall_id: MallId, order_id: OrderId, now: datetime) -> None:
        await self._database.write(
            """UPDATE ship_promise SET look_at = :now
            WHERE mall_id = :mall_id AND order_id = :order_id AND state = 'open' AND look_at > :now""",
            mall_id=mall_id,
            order_id=order_id,
            now=to_millis(now),
        )

    async def erase(self, mall_id: MallId, customer: Customer) -> int:
        """How many promises of this customer were deleted. Askers are sealed, so each one of the mall is opened."""
        rows = await self._database.read(
            "SELECT * FROM ship_promise WHERE mall_id = :mall_id", mall_id=mall_id
        )
        wanted = person_of(customer)
        erased = 0
        for row in rows:
            key = (row["mall_id"], row["order_id"], row["item_code"])
            opened = PROMISE_ASKER.open_or_none(self._keys, row["asker_enc"], *key)
            if opened is None or person_of(customer_from_json(from_json(opened)["customer"])) != wanted:
                continue
            await self._database.write(
                """DELETE FROM ship_promise
                WHERE mall_id = :mall_id AND order_id = :order_id AND item_code = :item_code""",
                **dict(zip(("mall_id", "order_id", "item_code"), key, strict=True)),
            )
            erased += 1
        return erased

    async def kept_rate(self, channel_id: ChannelId, since: datetime) -> KeptRate:
        rows = await self._database.read(
            """SELECT state, count(*) AS many FROM ship_promise
            WHERE channel_id = :channel_id AND state IN ('kept', 'late') AND promised_at >= :since
            GROUP BY state""",
            channel_id=channel_id,
            since=to_millis(since),
        )
        many = {row["state"]: row["many"] for row in rows}
        return KeptRate(many.get("kept", 0), many.get("late", 0))


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
