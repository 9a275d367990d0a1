"""Any interleaving of customers, managers, shop, time, faults and deaths over the whole application: a claim that waits
leaves the mall alone, a yes files it once, a no never does (issue 4; DESIGN §5 교환/반품).

More stories, and other ones each time, with JUMUN_TESTS_EXAMPLES, as for the cancel machine.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, rule, run_state_machine_as_test

from app.sandbox.cafe24.back_office import ActImpossible
from app.sandbox.cafe24.errors import ApiError

from .acting import STEP, met
from .choices import FAULTS, HINDERS_FOR, MANAGER, NTH, ODD_WISHES, PATHS, REFUSED_FOR_GOOD, WISHES
from .claim_books import Wanted
from .claim_choices import (
    BACK_OFFICE,
    CLAIM_CHOICES,
    CLAIM_HINDRANCES,
    CLAIM_MALL_HINDRANCES,
    CLAIMABLE,
    CLAIMING,
    DECIDERS,
    KINDS,
    PHOTO_COUNTS,
    STOREFRONT,
    VERDICTS,
    WHYS,
)
from .claim_ending import ClaimEnding

EXAMPLES = int(os.environ.get("JUMUN_TESTS_EXAMPLES", "0"))  # noqa: TID251
EXAMPLES_IN_CI, STEPS, FEWEST_STEPS = 11, 160, 1_000
COMMON = {
    "death",
    "pending",
    "requested",
    "approve requested",
    "reject failed",
    "decide conflict",
    "withdrawn by customer",
    "effect open",
    "effect accepted",
}
NEVER = 1_000_000


class ClaimsMachine(ClaimEnding):
    claims = Bundle("claims")

    @initialize(choices=st.sampled_from(list(CLAIM_CHOICES)))
    def the_shop_opens(self, choices: str) -> None:
        self.opened(choices)

    # Customers

    @rule(
        target=claims,
        person=CLAIMING,
        nth=NTH,
        wish=WISHES | ODD_WISHES,
        kind=KINDS,
        reason=WHYS,
        photos=PHOTO_COUNTS,
    )
    def previews(self, person: str, nth: int, wish: Any, kind: str, reason: str, photos: int) -> Wanted:
        self._begins()
        return self._wants(person, self._own(person, nth), wish, kind, reason, photos)

    @rule(target=claims, person=CLAIMING, order=st.sampled_from(list(CLAIMABLE)), kind=KINDS)
    def previews_somebodys(self, person: str, order: str, kind: str) -> Wanted:
        self._begins()
        return self._wants(person, order, "whole", kind, "changeOfMind", 0)

    @rule(target=claims, person=CLAIMING, nth=NTH, wish=WISHES, kind=KINDS)
    def files_a_defect(self, person: str, nth: int, wish: Any, kind: str) -> Wanted:
        self._begins()
        claim = self._wants(person, self._own(person, nth), wish, kind, "defective")
        self.runner.run(self._confirm(claim, [person]))
        return claim

    @rule(
        target=claims, person=CLAIMING, nth=NTH, wish=WISHES, kind=KINDS, reason=WHYS, times=st.integers(1, 2)
    )
    def files(self, person: str, nth: int, wish: Any, kind: str, reason: str, times: int) -> Wanted:
        self._begins()
        claim = self._wants(person, self._own(person, nth), wish, kind, reason)
        self.runner.run(self._confirm(claim, [person] * times))
        return claim

    @rule(
        target=claims,
        person=CLAIMING,
        nth=NTH,
        kind=KINDS,
        reason=WHYS,
        fault=FAULTS,
        times=st.integers(1, 3),
    )
    def files_and_it_breaks(
        self, person: str, nth: int, kind: str, reason: str, fault: str, times: int
    ) -> Wanted:
        self._begins()
        claim = self._wants(person, self._own(person, nth), "a line", kind, reason)
        self.town.world.malls.faults.inject(fault, path="POST /admin/", times=times)
        self.runner.run(self._confirm(claim, [person]))
        return claim

    @rule(target=claims, person=CLAIMING, nth=NTH, kind=KINDS, reason=WHYS, awaits=st.integers(1, 80))
    def files_and_we_die(self, person: str, nth: int, kind: str, reason: str, awaits: int) -> Wanted:
        self._begins()
        claim = self._wants(person, self._own(person, nth), "a line", kind, reason)
        self._dies(self._confirm(claim, [person]), awaits)
        return claim

    @rule(claim=claims, person=CLAIMING, times=st.integers(1, 2))
    def confirms(self, claim: Wanted, person: str, times: int) -> None:
        """Also somebody else's."""
        self._begins()
        claim = self._asked(claim)
        self.runner.run(self._confirm(claim, [person, *[claim.of] * times]))

    @rule(claim=claims, person=CLAIMING)
    def withdraws(self, claim: Wanted, person: str) -> None:
        self._begins()
        claim = self._waiting(claim)
        self.runner.run(self._withdraws(claim, person))
        self.runner.run(self._withdraws(claim, claim.of))

    @rule(claim=claims, person=CLAIMING)
    def asks_for_the_receipt(self, claim: Wanted, person: str) -> None:
        self._begins()
        for receipt_id in claim.receipts:
            answer = self.runner.run(self._answer(person, "receipt.get", {"receiptId": receipt_id}))
            if isinstance(answer, dict):
                assert self._is_of(claim, person), f"{person} sees the receipt of {claim}"
            else:
                assert not (self._is_of(claim, person) and answer in REFUSED_FOR_GOOD), answer

    @rule(claim=claims, person=CLAIMING.filter(lambda person: person != MANAGER))
    def decides_without_being_asked(self, claim: Wanted, person: str) -> None:
        """A customer never reaches the queue."""
        self._begins()
        for pending_id in claim.receipts:
            params = {"pendingId": pending_id, "action": "approve"}
            assert self.runner.run(self._answer(person, "claims.decide", params)) == "forbidden"
        assert self.runner.run(self._answer(person, "claims.pending", {})) == "forbidden"

    # Managers

    @rule(claim=claims, manager=DECIDERS, verdict=VERDICTS)
    def decides(self, claim: Wanted, manager: str, verdict: str) -> None:
        self._begins()
        self.runner.run(self._says(self._waiting(claim), manager, verdict))

    @rule(claim=claims, one=VERDICTS, other=VERDICTS, withdrawn=st.booleans())
    def two_decide_at_once(self, claim: Wanted, one: str, other: str, withdrawn: bool) -> None:
        self._begins()
        claim = self._waiting(claim)

        async def together() -> None:
            says = [self._says(claim, "mgr-jiwoo", one), self._says(claim, "mgr-doyun", other)]
            await asyncio.gather(*says, *([self._withdraws(claim, claim.of)] if withdrawn else []))

        self.runner.run(together())

    @rule(claim=claims, fault=FAULTS, times=st.integers(1, 3))
    def approves_and_it_breaks(self, claim: Wanted, fault: str, times: int) -> None:
        self._begins()
        self.town.world.malls.faults.inject(fault, path="POST /admin/", times=times)
        self.runner.run(self._says(self._waiting(claim), "mgr-jiwoo", "approve"))

    @rule(claim=claims, verdict=VERDICTS | st.just("withdraw"), awaits=st.integers(1, 60))
    def decides_and_we_die(self, claim: Wanted, verdict: str, awaits: int) -> None:
        self._begins()
        claim = self._waiting(claim)
        withdraws = verdict == "withdraw"
        deed = self._withdraws(claim, claim.of) if withdraws else self._says(claim, "mgr-jiwoo", verdict)
        self._dies(deed, awaits)

    @rule(claim=claims, awaits=st.integers(1, 5))
    def approves_and_we_die_at_the_answer(self, claim: Wanted, awaits: int) -> None:
        self._begins()
        self.town.dies_after_effect = awaits
        self._dies(self._says(self._waiting(claim), "mgr-jiwoo", "approve"), NEVER)
        self.town.dies_after_effect = None

    @rule(limit=st.integers(1, 3), verdict=VERDICTS, most=st.integers(0, 2))
    def works_through_the_queue(self, limit: int, verdict: str, most: int) -> None:
        self._begins()
        for pending_id, shown in list(self.runner.run(self._queue(limit)).items())[:most]:
            if claim := self._listed(pending_id, shown):
                self.runner.run(self._decide(claim, "mgr-doyun", verdict, pending_id))

    # Time, work, trouble

    @rule(seconds=st.sampled_from([0, 5, 61, 301, 3700]), worked=st.booleans())
    def time_passes(self, seconds: int, worked: bool) -> None:
        self._begins()
        self.town.clock.forward(seconds=seconds)
        if self.by_deadline:
            self._time_may_have_approved()
        if worked or not seconds:
            self.runner.run(self.town.works())

    @rule(fault=FAULTS, path=PATHS, times=st.sampled_from([1, 1, 2, 6]))
    def something_breaks(self, fault: str, path: str, times: int) -> None:
        self._begins()
        self.town.world.malls.faults.inject(fault, path=path, times=times)

    @rule(awaits=st.integers(1, 60))
    def dies_while_working(self, awaits: int) -> None:
        self._begins()
        self._dies(self.town.works(), awaits)

    # The shop

    @rule(what=st.sampled_from([*CLAIM_HINDRANCES, *CLAIM_MALL_HINDRANCES]))
    def the_shop_differs_for_a_moment(self, what: str) -> None:
        self._begins()
        self._hinder(what, 0)
        self.hindered = (what, met[STEP] + HINDERS_FOR)

    @rule(nth=NTH, act=st.sampled_from([*BACK_OFFICE, *STOREFRONT]), told=st.integers(0, 2))
    def the_shop_acts(self, nth: int, act: str, told: int) -> None:
        """`told`: how often its event comes. At the end every event comes again."""
        self._begins()
        order_id = list(self.orders)[-1 - nth % len(self.orders)]
        if act.endswith("request"):
            open_ = [r.order_id for r in self.town.mall.requests if r.outcome == "open"]
            order_id = open_[nth % len(open_)] if open_ else order_id
        try:
            event = self._shop_does(act, order_id)
        except (ActImpossible, ApiError):
            return
        self.books.asked.add(order_id)
        self.events.append(event)
        self.runner.run(self._tell([event] * told))

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "books"):
            self.books.look(self.town.effects, self.wanted)

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        try:
            self.runner.run(self._becomes_quiet())
            self.the_books_are_right()
            self._everything_is_settled()
        finally:
            self.closed()


def test_a_yes_files_a_claim_once_and_a_no_never(migrated_sqlite: Path) -> None:
    ClaimsMachine.migrated = migrated_sqlite
    met.clear()
    run_state_machine_as_test(
        ClaimsMachine,
        settings=settings(
            max_examples=EXAMPLES or EXAMPLES_IN_CI,
            stateful_step_count=STEPS,
            derandomize=not EXAMPLES,
            database=None,
            deadline=None,
            print_blob=False,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(met.most_common()))
    assert met[STEP] >= FEWEST_STEPS
    assert set(met) >= COMMON, "the machine has gone idle"
