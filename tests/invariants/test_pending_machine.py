"""Any interleaving of managers, the customer, the deadline, faults and deaths on claims that wait: one end, one effect,
and nothing asked of the mall without a yes (issue 4). More stories with JUMUN_TESTS_EXAMPLES, as the cancel machine.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.errors import OutcomeUnknown, Rejected, Unavailable
from app.ports import Verdict
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import ReceiptState, StalePlan
from tests.effects.given import SHOP, Talk
from tests.effects.mall import Mall, nothing
from tests.effects.waiting import DOYUN, GROUP, HOURS, JIWOO, NO, Desk
from tests.effects.watched import Killed, Watch
from tests.store.given import MovingClock

IN_CI = 80
EXAMPLES = int(os.environ.get("JUMUN_TESTS_EXAMPLES", "0")) or IN_CI  # noqa: TID251
TROUBLES = {
    "lost after the effect": (True, OutcomeUnknown("cafe24", "return")),
    "lost without effect": (False, OutcomeUnknown("cafe24", "return")),
    "away": (False, Unavailable("cafe24", "return")),
    "refused": (False, Rejected("cafe24", "return", message="no")),
}
DEEDS = ("approve", "approve too", "reject", "reject otherwise", "withdraw", "deadline", "work")
EXPECTED = {FailureType.CONFLICT, FailureType.TOO_LATE, FailureType.NOT_FOUND}
"""The last: whoever is asked too early, before the claim waits."""
deeds = st.sampled_from(DEEDS)
nth = st.integers(0, 30)
END_OF = {Verdict.REJECTED: ReceiptState.FAILED, Verdict.WITHDRAWN: ReceiptState.WITHDRAWN}


class PendingMachine(RuleBasedStateMachine):
    migrated: Path
    met: ClassVar[Counter[str]] = Counter()

    @initialize(at_deadline=st.sampled_from(["approve", "remind", "handOver"]))
    def a_shop(self, at_deadline):
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="jumun-pending-"))
        shutil.copy(self.migrated, self.folder / "jumun.db")
        self.clock, self.mall, self.talk = MovingClock(), Mall(self.folder / "mall"), Talk()
        self.claims = {}
        self.verdicts = {}
        self.desk = self._process("first")
        self.runner.run(self.desk.opens_shop(**GROUP, exchangeReturn={"atDeadline": at_deadline}))

    def _process(self, name, **more):
        url = f"sqlite:///{self.folder / 'jumun.db'}"
        return Desk(url, self.clock, self.mall, self.talk, worker_id=name, works=False, budget=0, **more)

    def _claim(self, which):
        """An order and its newest claim, or nothing yet."""
        orders = sorted(self.claims)
        return (orders[which % len(orders)], self.claims[orders[which % len(orders)]]) if orders else None

    async def _does(self, desk, deed, receipt_id):
        with suppress(Failure, StalePlan):
            try:
                match deed:
                    case "approve":
                        await desk.approves(receipt_id, JIWOO)
                    case "approve too":
                        await desk.approves(receipt_id, DOYUN)
                    case "reject":
                        await desk.rejects(receipt_id, NO, JIWOO)
                    case "reject otherwise":
                        await desk.rejects(receipt_id, "다른 이유예요.", DOYUN)
                    case "withdraw":
                        await desk.withdraws(receipt_id)
                    case "deadline":
                        await desk.work.handlers["claims_due"](None)
                    case "work":
                        await desk.works(2, seconds=31)
            except Failure as failure:
                self.met[failure.type.value] += 1
                if failure.type not in EXPECTED:
                    raise AssertionError(failure.type) from failure
                raise

    @rule(order=st.integers(0, 5))
    def files(self, order):
        async def file():
            try:
                receipt = await self.desk.confirms(
                    await self.desk.plans(f"o{order}", seen=self.mall.versions.get(f"o{order}", "v1"))
                )
            except StalePlan:
                return  # something works on the order just now
            self.claims[f"o{order}"] = receipt.receipt_id
            await self.desk.works(2, seconds=1)

        self.runner.run(file())

    @rule(which=nth, deed=deeds)
    def one_does(self, which, deed):
        if found := self._claim(which):
            self.runner.run(self._does(self.desk, deed, found[1]))

    @rule(which=nth, one=deeds, other=deeds)
    def two_at_once(self, which, one, other):
        async def both(receipt_id):
            second = self._process("second")
            try:
                await asyncio.gather(
                    self._does(self.desk, one, receipt_id), self._does(second, other, receipt_id)
                )
            finally:
                await second.keeper.close()
                await second.database.close()

        if found := self._claim(which):
            self.runner.run(both(found[1]))

    @rule(which=nth, deed=deeds, awaits=st.integers(0, 60))
    def one_dies(self, which, deed, awaits):
        async def dies(receipt_id):
            watch = Watch(dies_at=awaits)
            dying = self._process("dying", watch=watch)
            self.mall.watch = watch
            try:
                with suppress(Killed):
                    await self._does(dying, deed, receipt_id)
                    await dying.works(2, seconds=1)
            finally:
                self.mall.watch = nothing
                with suppress(Killed):
                    await dying.keeper.close()
                await dying.database.close()
            self.met["death"] += len(watch.places) > awaits

        if found := self._claim(which):
            self.runner.run(dies(found[1]))

    @rule(name=st.sampled_from(sorted(TROUBLES)))
    def the_mall_is_in_trouble(self, name):
        self.mall.troubles = [TROUBLES[name]]

    @rule(order=st.integers(0, 5))
    def the_order_changes(self, order):
        self.mall.versions[f"o{order}"] = "v2" if self.mall.versions.get(f"o{order}") != "v2" else "v3"

    @rule(hours=st.sampled_from([1, HOURS]))
    def time_passes(self, hours):
        self.clock.pass_(hours=hours)

    @invariant()
    def nothing_without_a_yes_and_nothing_twice(self):
        if hasattr(self, "desk"):
            self.runner.run(self._checks())

    async def _checks(self):
        approved = Counter()
        for row in await self.desk.rows("intent"):
            state, verdict = ReceiptState(row["state"]), row["verdict"]
            assert self.verdicts.setdefault(row["id"], verdict) in {None, verdict}, "a decision stands"
            self.verdicts[row["id"]] = verdict
            assert (state is ReceiptState.PENDING) <= (verdict is None)
            assert state is END_OF.get(verdict, state)
            assert (state is ReceiptState.REQUESTED) <= (verdict == Verdict.APPROVED)
            waits_for = {ReceiptState.PENDING, ReceiptState.REQUESTED}
            assert row["due_at"] is None or state in waits_for
            approved[row["order_id"]] += verdict == Verdict.APPROVED
        for number in range(6):
            order = f"o{number}"
            assert len(self.mall.effects(order)) <= approved[order], "the mall was asked once for each yes"

    def teardown(self):
        if not hasattr(self, "desk"):
            return
        self.mall.troubles = []
        self.runner.run(self._comes_to_an_end())
        self.runner.close()
        shutil.rmtree(self.folder)

    async def _comes_to_an_end(self):
        self.clock.pass_(minutes=20)
        for _ in range(40):
            await self.desk.works(seconds=31)
        for row in await self.desk.rows("intent"):
            assert row["finished"] == 1, "nobody waits for ever"
            self.met[f"{row['state']} {row['verdict']}"] += 1
            intent = await self.desk.store.intents.get(SHOP.mall_id, row["id"])
            codes = {finding["code"] for finding in (intent.decision or {}).get("findings", ())}
            told = [text for key, (_, text, _) in self.talk.written.items() if key == f"{row['id']}-failed"]
            if intent.state is ReceiptState.FAILED and (intent.answered or intent.decided):
                assert len(told) == 1, codes
            if intent.decided and intent.decided.verdict is Verdict.REJECTED:
                assert intent.decided.words in told[0]
        requested = {row["order_id"] for row in await self.desk.rows("intent", "state = 'requested'")}
        for order in requested:
            assert self.mall.effects(order), "what is said to be requested was asked for"
        assert {row["state"] for row in await self.desk.rows("job")} <= {"done", "failed"}
        await self.desk.keeper.close()
        await self.desk.database.close()


def test_claims_that_wait(migrated_sqlite):
    PendingMachine.migrated = migrated_sqlite
    PendingMachine.met.clear()
    run_state_machine_as_test(
        PendingMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=EXAMPLES == IN_CI,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            phases=[Phase.generate] if EXAMPLES == IN_CI else list(Phase),
        ),
    )
    met = PendingMachine.met
    assert min(met["death"], met["conflict"], met["requested approved"], met["failed rejected"]) > 0, met
    assert met["withdrawn withdrawn"] > 0, met
