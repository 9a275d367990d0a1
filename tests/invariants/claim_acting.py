"""How customers and the shop do what the rules of the machine of claims say."""

import asyncio
from typing import Any

from app.evidence.album import Album, Bound
from app.evidence.decoder import Decoded
from app.evidence.limits import owner_of
from app.sandbox.cafe24.ledger import Act
from app.store import open_database, store_on
from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, MallId
from tests.world import MALL

from .acting import met
from .books import Plan
from .choices import ACCOUNT, MANAGER, MAYBE, PREVIEW_REFUSALS
from .claim_books import ClaimBooks, Wanted
from .claim_choices import (
    AT_FIRST,
    CLAIM_CHOICES,
    CLAIM_HINDRANCES,
    CLAIM_MALL_HINDRANCES,
    CLAIMABLE,
    CLAIMANTS,
    OWNERS,
)
from .ending import Ending


class NoFiles:
    """The `PhotoFiles` port; nobody looks at a picture here."""

    async def put(self, name: str, body: bytes) -> None: ...

    async def get(self, _name: str) -> bytes | None:
        return None

    async def delete(self, names: object) -> None: ...


class ClaimActing(Ending):
    """`known` holds `Wanted`, not plans of the cancel machine."""

    books: ClaimBooks

    def opened(self, choices: str) -> None:
        super().opened(choices)
        self.orders = dict(CLAIMABLE)
        self.books = ClaimBooks(self.town.mall)
        self.by_deadline = choices == "approve"
        self.cut_off = self.was_cut_off = False

    async def _opens(self, choices: str) -> None:
        await self.town.opens()
        for user_id, member_id in CLAIMANTS.items():
            self.town.road.user(user_id, member_id)
        await self.town.shop_chooses(AT_FIRST)
        await self.town.shop_chooses(CLAIM_CHOICES[choices])

    def _begins(self) -> None:
        super()._begins()
        if self.cut_off:
            self.runner.run(self._reconnects())

    async def _reconnects(self) -> None:
        """Whoever dies between a mall's new refresh token and our row has lost the mall: a manager connects again."""
        self.cut_off, self.was_cut_off = False, True
        met["cut off"] += 1
        self.town.world.malls.faults.clear()
        bound = await self.town.world.connect(MALL)
        assert bound.status_code in {200, 303}, bound.text

    async def _answer(self, person: str, method: str, params: dict[str, Any]) -> dict[str, Any] | str:
        answer = await super()._answer(person, method, params)
        self.cut_off = self.cut_off or answer == "notConnected"
        return "upstreamUnavailable" if answer == "notConnected" else answer

    def _hinder(self, what: str, over: int) -> None:
        if self.hindered and not over:
            self._hinder(self.hindered[0], 1)
        if what in CLAIM_HINDRANCES:
            self.runner.run(self.town.shop_chooses(CLAIM_HINDRANCES[what][over]))
        else:
            self.town.mall.settings[1].order[what] = CLAIM_MALL_HINDRANCES[what][over]

    def _own(self, person: str, nth: int) -> str:
        owner = "minji" if person == MANAGER else person
        own = [order_id for order_id, of in self.orders.items() if of == owner]
        if nth:
            return own[-1 - (nth - 1) % len(own)]
        likes = [order_id for order_id, of in CLAIMABLE.items() if of == owner]
        order_id = self.town.orders_again(likes[len(own) % len(likes)], len(self.orders))
        self.orders[order_id] = owner
        self.books.open_accounts()
        return order_id

    @property
    def wanted(self) -> list[Wanted]:
        return [plan for plan in self.known if isinstance(plan, Wanted)]

    def _asked(self, plan: Plan) -> Wanted:
        usable = self._usable(plan)
        assert isinstance(usable, Wanted)
        return usable

    def _waiting(self, plan: Plan) -> Wanted:
        """The claim, or the newest one on which nobody has decided, that this is worth the while."""
        claim = self._asked(plan)
        open_ = (c for c in reversed(self.wanted) if c.waits and c.receipts and not c.decided)
        return claim if claim.waits and not claim.decided else next(open_, claim)

    async def _photo(self, order_id: str) -> str:
        """As an upload would keep it, without the picture."""
        database = open_database(f"sqlite:///{self.town.database}")
        keys, town = self.town.road.settings.keys, self.town
        store = store_on(database, keys, town.clock)

        async def days(_channel: ChannelId) -> int:
            return 90

        album = Album(store.photos, NoFiles(), keys, town.clock, days_of=days)
        owner = owner_of(OWNERS[self.orders[order_id]])
        channel = ChannelId(town.world.talk.channel_id)
        try:
            return await album.keep(
                Bound(MallId(MALL), channel, OrderId(order_id), owner), Decoded(b"1", b"2", None, None)
            )
        finally:
            await database.close()

    def _variant(self, order_id: str, code: str, quantity: int) -> dict[str, Any] | None:
        """Another option of the same product at the same price that is there."""
        item = next((item for item in self.town.mall.orders[order_id].items if item.code == code), None)
        product = self.town.mall.products.get(item.product_no) if item else None
        for variant in product.variants if item and product else []:
            there = variant.selling and (not variant.counted or variant.quantity >= quantity)
            if there and variant.variant_code != (item and item.variant_code):
                return {"orderItemCode": code, "variantCode": variant.variant_code, "quantity": quantity}
        return None

    def _wants(
        self, person: str, order_id: str, wish: Any, kind: str, reason: str, photos: int = 2
    ) -> Wanted:
        return self.runner.run(self._previews(person, order_id, wish, kind, reason, photos))

    async def _previews(
        self, person: str, order_id: str, wish: Any, kind: str, reason: str, photos: int
    ) -> Wanted:
        lines = self._lines(order_id, wish)
        targets = [self._variant(order_id, code, count) for code, count in lines]
        params: dict[str, Any] = {
            "kind": kind,
            "orderId": order_id,
            "items": [{"orderItemCode": code, "quantity": count} for code, count in lines],
            "reason": {"type": reason},
            "evidence": [await self._photo(order_id) for _ in range(photos)],
            "pickup": {"sameAsOrder": True},
            "refundAccount": ACCOUNT,
        }
        if kind == "exchange":
            params["exchangeFor"] = [target for target in targets if target]
        answer = await self._answer(person, "exchangeReturn.preview", params)
        claim = Wanted(
            f"claim {len(self.known)}",
            person,
            order_id,
            tuple(sorted(lines)),
            None,
            kind=kind,
            reason=reason,
        )
        if isinstance(answer, dict):
            owner = self.orders[order_id]
            assert owner == ("minji" if person == MANAGER else person), f"{person} sees {order_id}"
            held = {i.code: i.quantity for i in self.town.mall.orders[order_id].items}
            claim.token = answer.get("planToken")
            claim.promised = answer["outcome"]
            claim.takes_part = any(count < held.get(code, 0) for code, count in lines)
            if claim.token:
                assert answer["decision"]["verdict"] == "allowed"
                assert all(0 < count <= held.get(code, 0) for code, count in lines), f"{lines} of {held}"
        else:
            assert answer in PREVIEW_REFUSALS | MAYBE, answer
        met[f"preview {answer if isinstance(answer, str) else answer['decision']['verdict']}"] += 1
        self.known.append(claim)
        return claim

    async def _confirm(self, plan: Plan, people: list[str]) -> None:
        if plan.token is None:
            return
        plan.open = plan.open or any(self._is_of(plan, person) for person in people)
        params = {"planToken": plan.token}
        answers = await asyncio.gather(*(self._answer(p, "exchangeReturn.confirm", params) for p in people))
        for person, answer in zip(people, answers, strict=True):
            self._heard(plan, person, answer)

    def _shop_does(self, act: str, order_id: str) -> Act:
        """Raises `ActImpossible` or `ApiError`."""
        if not act.startswith("buyer_files"):
            return self.town.shop_acts(act, order_id)
        lines = [item for item in self.town.mall.orders[order_id].items if item.quantity > 1]
        part = {lines[0].code: 1} if act == "buyer_files_part" and lines else None
        return self.town.mall.file_request(order_id, part, kind="return")
