"""Any interleaving of people, shop, faults and deaths: money moves once (issue 3, DESIGN §1 promise 3).

A few thousand steps in CI, always the same ones. More, and other ones each time, with

    JUMUN_TESTS_EXAMPLES=2000 pytest tests/invariants

A failure prints the shortest story that leads to it, one act a line.
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
from .books import Plan
from .choices import (
    CHOICES,
    FAULTS,
    HINDERS_FOR,
    HINDRANCES,
    MALL_HINDRANCES,
    MALL_SETTINGS,
    MANAGER,
    NTH,
    ODD_WISHES,
    ORDERS,
    PATHS,
    PEOPLE,
    REASONS,
    REFUSED_FOR_GOOD,
    SHOP_ACTS,
    WISHES,
)
from .ending import Ending

EXAMPLES = int(os.environ.get("JUMUN_TESTS_EXAMPLES", "0"))  # noqa: TID251
EXAMPLES_IN_CI, STEPS, FEWEST_STEPS = 28, 100, 2_000
COMMON = {"death", "done", "requested", "withdrawn", "planStale", "effect accepted", "effect open"}
NEVER = 1_000_000


class CancelMachine(Ending):
    plans = Bundle("plans")

    @initialize(choices=st.sampled_from(["completes", "completes some", "requests"]))
    def the_shop_opens(self, choices: str) -> None:
        self.opened(choices)

    # Customers and managers

    @rule(person=PEOPLE)
    def looks(self, person: str) -> None:
        self._begins()
        answer = self.runner.run(self._answer(person, "cancel.candidates", {}))
        if isinstance(answer, dict):
            owner = "minji" if person == MANAGER else person
            seen = {order["orderId"] for key in ("orders", "hidden") for order in answer[key]}
            assert seen <= self._orders_of(owner), f"{person} sees {seen}"

    @rule(target=plans, person=PEOPLE, nth=NTH, wish=WISHES | ODD_WISHES, reason=REASONS)
    def previews(self, person: str, nth: int, wish: Any, reason: str) -> Plan:
        self._begins()
        return self.runner.run(self._preview(person, self._own(person, nth), wish, reason))

    @rule(target=plans, person=PEOPLE, order=st.sampled_from(list(ORDERS)))
    def previews_somebodys(self, person: str, order: str) -> Plan:
        self._begins()
        return self.runner.run(self._preview(person, order, "whole", "changeOfMind"))

    @rule(target=plans, person=PEOPLE, nth=NTH, wish=WISHES, times=st.integers(1, 2))
    def cancels(self, person: str, nth: int, wish: Any, times: int) -> Plan:
        self._begins()
        plan = self._previewed(person, nth, wish)
        self.runner.run(self._confirm(plan, [person] * times))
        return plan

    @rule(target=plans, person=PEOPLE, nth=NTH, wish=WISHES, fault=FAULTS, times=st.integers(1, 3))
    def cancels_and_it_breaks(self, person: str, nth: int, wish: Any, fault: str, times: int) -> Plan:
        self._begins()
        plan = self._previewed(person, nth, wish)
        self.town.world.malls.faults.inject(fault, path="POST /admin/", times=times)
        self.runner.run(self._confirm(plan, [person]))
        return plan

    @rule(target=plans, person=PEOPLE, nth=NTH, wish=WISHES, awaits=st.integers(1, 80))
    def cancels_and_we_die(self, person: str, nth: int, wish: Any, awaits: int) -> Plan:
        self._begins()
        plan = self._previewed(person, nth, wish)
        self._dies(self._confirm(plan, [person]), awaits)
        return plan

    @rule(target=plans, person=PEOPLE, nth=NTH, wish=WISHES, awaits=st.integers(1, 5))
    def cancels_and_we_die_at_the_answer(self, person: str, nth: int, wish: Any, awaits: int) -> Plan:
        self._begins()
        plan = self._previewed(person, nth, wish)
        self.town.dies_after_effect = awaits
        self._dies(self._confirm(plan, [person]), NEVER)
        self.town.dies_after_effect = None
        return plan

    @rule(plan=plans, times=st.integers(1, 2))
    def confirms(self, plan: Plan, times: int) -> None:
        self._begins()
        plan = self._usable(plan)
        self.runner.run(self._confirm(plan, [plan.of] * times))

    @rule(plan=plans, person=PEOPLE)
    def confirms_somebodys(self, plan: Plan, person: str) -> None:
        self._begins()
        plan = self._usable(plan)
        self.runner.run(self._confirm(plan, [person, plan.of, person]))

    @rule(plan=plans, other=plans)
    def confirm_two_at_once(self, plan: Plan, other: Plan) -> None:
        self._begins()

        pair = (self._usable(plan), self._usable(other))

        async def both() -> None:
            await asyncio.gather(*(self._confirm(one, [one.of]) for one in pair))

        self.runner.run(both())

    @rule(plan=plans, person=PEOPLE)
    def takes_back(self, plan: Plan, person: str) -> None:
        self._begins()
        plan = self._usable(plan)
        self.runner.run(self._undo(plan, person))
        self.runner.run(self._undo(plan, plan.of))

    @rule(target=plans, person=PEOPLE, nth=NTH, wish=WISHES, seconds=st.sampled_from([0, 299, 301]))
    def cancels_and_thinks_again(self, person: str, nth: int, wish: Any, seconds: int) -> Plan:
        self._begins()
        self.runner.run(self.town.shop_chooses(CHOICES["undo"]))
        plan = self._previewed(person, nth, wish)
        self.runner.run(self._confirm(plan, [person]))
        self.runner.run(self.town.shop_chooses(CHOICES["no undo"]))
        self.town.clock.forward(seconds=seconds)
        self.runner.run(self._undo(plan, person))
        return plan

    @rule(plan=plans, person=PEOPLE)
    def asks_for_the_receipt(self, plan: Plan, person: str) -> None:
        self._begins()
        for receipt_id in plan.receipts:
            params = {"receiptId": receipt_id}
            answer = self.runner.run(self._answer(person, "receipt.get", params))
            if isinstance(answer, dict):
                assert self._is_of(plan, person), f"{person} sees the receipt of {plan}"
                assert answer["receipt"]["receiptId"] == receipt_id
            else:
                assert not (self._is_of(plan, person) and answer in REFUSED_FOR_GOOD), answer

    # Time, work, trouble

    @rule(seconds=st.sampled_from([0, 5, 61, 301, 660]), worked=st.booleans())
    def time_passes(self, seconds: int, worked: bool) -> None:
        self._begins()
        self.town.clock.forward(seconds=seconds)
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

    @rule(plan=plans, awaits=st.integers(1, 30))
    def dies_while_undoing(self, plan: Plan, awaits: int) -> None:
        self._begins()
        self._dies(self._undo(plan, plan.of), awaits)

    # The shop

    @rule(name=st.sampled_from(list(MALL_SETTINGS)), nth=st.integers(0, 1))
    def mall_settings_change(self, name: str, nth: int) -> None:
        self._begins()
        self.town.mall.settings[1].order[name] = MALL_SETTINGS[name][nth]

    @rule(choices=st.sampled_from(list(CHOICES)))
    def the_shop_chooses(self, choices: str) -> None:
        self._begins()
        self.runner.run(self.town.shop_chooses(CHOICES[choices]))

    @rule(what=st.sampled_from([*HINDRANCES, *MALL_HINDRANCES]))
    def the_shop_closes_for_a_moment(self, what: str) -> None:
        self._begins()
        self._hinder(what, 0)
        self.hindered = (what, met[STEP] + HINDERS_FOR)

    @rule(nth=NTH, act=st.sampled_from(SHOP_ACTS), told=st.integers(0, 2))
    def the_shop_acts(self, nth: int, act: str, told: int) -> None:
        """`told`: how often its event comes. At the end every event comes again."""
        self._begins()
        order_id = list(self.orders)[-1 - nth % len(self.orders)]
        if act.endswith("request"):
            open_ = [r.order_id for r in self.town.mall.requests if r.outcome == "open"]
            order_id = open_[nth % len(open_)] if open_ else order_id
        try:
            event = self.town.shop_acts(act, order_id)
        except (ActImpossible, ApiError):
            return
        self.books.asked.add(order_id)
        self.events.append(event)
        self.runner.run(self._tell([event] * told))

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "books"):
            self.books.check(self.town.effects, self.known)

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        try:
            self.runner.run(self._becomes_quiet())
            self.the_books_are_right()
            self._everything_is_settled()
        finally:
            self.closed()


def test_money_moves_once(migrated_sqlite: Path) -> None:
    CancelMachine.migrated = migrated_sqlite
    run_state_machine_as_test(
        CancelMachine,
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
