"""A claim that waits for a manager: the mall is not asked before the yes, once after it, never after the no."""

from datetime import timedelta

import pytest

from app.errors import OutcomeUnknown, Rejected, Unavailable
from app.ports import ConnectionState
from app.store.purge import RECEIPTS_KEPT_FOR, purge
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.plan import ReceiptState, Settled

from .given import GUEST, MANAGER, OTHER, SHOP, SUJIN
from .test_confirm import refused
from .waiting import DOYUN, HOURS, JIWOO, KIND, NO, Desk, together


@pytest.fixture
async def desk(database_url, clock, mall, talk):
    async with Desk(database_url, clock, mall, talk) as one:
        await one.opens_shop()
        yield one


async def conflict(call):
    with pytest.raises(Failure) as caught:
        await call
    assert caught.value.type is FailureType.CONFLICT
    return caught.value.data


async def test_it_waits_and_the_mall_is_left_alone(desk, clock, mall, talk):
    token = await desk.plans("o1")
    receipt = await desk.confirms(token)
    await desk.works(3)
    assert receipt.state is ReceiptState.PENDING
    assert await desk.confirms(token) == receipt
    assert mall.effects("o1") == []
    assert talk.texts() == ["접수했어요 o1"]
    assert await desk.acts("o1") == ["confirmed", "pending"]
    claim = await desk.work.pending.one(SHOP.channel_id, receipt.receipt_id)
    assert (claim.id, claim.kind, claim.customer_label) == (receipt.receipt_id, KIND, "sujin")
    assert claim.due_at == clock() + timedelta(hours=HOURS)
    assert (claim.shown, claim.state) == ({"items": ["o1"]}, ReceiptState.PENDING)


async def test_approved_is_asked_of_the_mall_once_and_told(desk, mall, talk):
    receipt = await desk.waits()
    approved = await desk.approves(receipt.receipt_id)
    assert (approved.state, approved.claim_code) == (ReceiptState.REQUESTED, "C-o1")
    for manager in (JIWOO, DOYUN):
        assert await desk.approves(receipt.receipt_id, manager) == approved
    await desk.works(3)
    assert mall.effects("o1") == ["o1 cancelled"]
    assert talk.texts() == ["접수했어요 o1", "승인되어 신청했어요 o1"]
    lines = await desk.store.audit.newest(SHOP.channel_id, 9)
    assert [(line.act, line.by) for line in reversed(lines)] == [
        ("fake.confirmed", "user:user-1"),
        ("fake.pending", "user:user-1"),
        ("fake.approved", "manager:mgr-jiwoo"),
        ("fake.requested", "manager:mgr-jiwoo"),
    ]


async def test_what_was_approved_is_followed_like_any_request(desk, mall, talk):
    receipt = await desk.waits()
    await desk.approves(receipt.receipt_id)
    assert (await desk.work.pending.one(SHOP.channel_id, receipt.receipt_id)).due_at is None
    mall.decided["o1"] = Settled(ReceiptState.DONE)
    await desk.work.following.follow(SHOP.mall_id, OrderId("o1"))
    await desk.works(2)
    assert await desk.state(receipt.receipt_id) is ReceiptState.DONE
    assert talk.texts()[-1] == "승인됐어요 o1"


async def test_rejected_in_words_that_the_customer_reads_once(desk, mall, talk):
    receipt = await desk.waits()
    words = "  <b>사진</b>이 흐려요.\n다시 보내 주세요.  "
    rejected = await desk.rejects(receipt.receipt_id, words)
    await desk.works(3)
    assert await desk.rejects(receipt.receipt_id, words) == rejected
    await desk.works(3)
    (finding,) = rejected.decision["findings"]
    assert (rejected.state, finding["code"]) == (ReceiptState.FAILED, "rejected_by_shop")
    assert finding["customerText"].endswith("다시 보내 주세요.")
    assert mall.effects("o1") == []
    assert talk.texts()[1:] == [
        "주문 o1의 신청을 승인해 드리지 못했어요. 주문은 그대로예요.\n사유: <b>사진</b>이 흐려요.\n다시 보내 주세요."
    ]
    assert talk.notes()[1:] == [], "the team knows"
    rows = repr([await desk.rows(table) for table in ("intent", "audit_line", "job")])
    assert "다시 보내" not in rows
    assert await desk.keeper.receipt(desk.ask(), receipt.receipt_id) == rejected


@pytest.mark.parametrize("words", [None, "", "  \n\t ", "\u200b", "가" * 1001])
async def test_rejecting_needs_words(desk, words):
    receipt = await desk.waits()
    assert await refused(desk.rejects(receipt.receipt_id, words)) is FailureType.INVALID_PARAMS
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING


async def test_the_second_manager_sees_who_decided(desk, clock):
    first, second = await desk.waits("o1"), await desk.waits("o2")
    at = clock().isoformat()
    await desk.rejects(first.receipt_id)
    await desk.approves(second.receipt_id, DOYUN)
    clock.pass_(minutes=5)
    assert await conflict(desk.approves(first.receipt_id, DOYUN)) == {
        "decidedBy": "manager:mgr-jiwoo",
        "decidedAt": at,
    }
    assert (await conflict(desk.rejects(second.receipt_id)))["decidedBy"] == "manager:mgr-doyun"
    assert (await conflict(desk.rejects(first.receipt_id, "다른 말", DOYUN)))["decidedAt"] == at


async def test_nobody_else_finds_it(desk):
    receipt = await desk.waits()
    for wrong in ("", "x", "가", "00000000-0000-7000-8000-000000000000"):
        assert await refused(desk.approves(wrong)) is FailureType.NOT_FOUND
        assert await desk.work.pending.one(SHOP.channel_id, wrong) is None
    for ask in (desk.ask(customer=OTHER), desk.ask(customer=GUEST), desk.ask(customer=OTHER, caller=MANAGER)):
        withdrawing = desk.keeper.withdraw(ask, receipt.receipt_id)
        assert await refused(withdrawing) is FailureType.NOT_FOUND
    with pytest.raises(Failure) as caught:
        await desk.work.pending.decide(
            "another-channel",
            receipt.receipt_id,
            manager_id=JIWOO,
            action="approve",
            message=None,
            language="ko",
        )
    assert caught.value.type is FailureType.NOT_FOUND
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING


async def test_receipts_that_never_waited_are_in_no_queue(database_url, clock, mall, talk, process):
    done = await process.confirms(await process.plans("o1"))
    async with Desk(database_url, clock, mall, talk, worker_id="w2") as desk:
        assert await refused(desk.approves(done.receipt_id)) is FailureType.NOT_FOUND
        assert await desk.work.pending.one(SHOP.channel_id, done.receipt_id) is None
        assert await refused(desk.withdraws(done.receipt_id)) is FailureType.TOO_LATE


async def test_the_customer_takes_it_back(desk, mall, talk):
    receipt = await desk.waits()
    withdrawn = await desk.withdraws(receipt.receipt_id)
    assert withdrawn.state is ReceiptState.WITHDRAWN
    assert await desk.withdraws(receipt.receipt_id) == withdrawn
    assert (await conflict(desk.approves(receipt.receipt_id)))["decidedBy"] == "user"
    await desk.works(3)
    assert (mall.effects("o1"), talk.texts()) == ([], ["접수했어요 o1"])
    assert await desk.acts("o1") == ["confirmed", "pending", "withdrawn"]
    assert (await desk.work.pending.page(SHOP.channel_id, decided=True)).claims == []


async def test_a_manager_takes_it_back_for_the_customer(desk):
    receipt = await desk.waits()
    assert (await desk.withdraws(receipt.receipt_id, caller=MANAGER)).state is ReceiptState.WITHDRAWN
    lines = await desk.store.audit.newest(SHOP.channel_id, 1)
    assert (lines[0].act, lines[0].by) == ("fake.withdrawn", "manager:mgr-1")


async def test_what_a_manager_began_and_the_customer_takes_back_is_not_the_manager_s_deed(desk):
    receipt = await desk.waits(ask=desk.ask(caller=MANAGER))
    assert (await desk.withdraws(receipt.receipt_id)).state is ReceiptState.WITHDRAWN
    lines = await desk.store.audit.newest(SHOP.channel_id, 1)
    assert (lines[0].act, lines[0].by) == ("fake.withdrawn", "user")


async def test_too_late_to_take_back(desk):
    one, other = await desk.waits("o1"), await desk.waits("o2")
    await desk.approves(one.receipt_id)
    await desk.rejects(other.receipt_id)
    for receipt in (one, other):
        assert await refused(desk.withdraws(receipt.receipt_id)) is FailureType.TOO_LATE


async def test_everybody_at_once_one_wins(desk, database_url, clock, mall, talk):
    """Two managers of two processes, one who rejects, and the customer."""
    async with Desk(database_url, clock, mall, talk, worker_id="w2") as other:
        for n in range(8):
            receipt = await desk.waits(f"o{n}")
            id_ = receipt.receipt_id
            answers = await together(
                desk.approves(id_), other.approves(id_, DOYUN), other.rejects(id_), desk.withdraws(id_)
            )
            await desk.works(3)
            state = await desk.state(id_)
            won = {
                ReceiptState.REQUESTED: [0, 1],
                ReceiptState.FAILED: [2],
                ReceiptState.WITHDRAWN: [3],
            }[state]
            assert len(mall.effects(f"o{n}")) == (state is ReceiptState.REQUESTED)
            for place, answer in enumerate(answers):
                if place in won:
                    assert answer.receipt_id == id_, answers
                else:
                    expected = FailureType.TOO_LATE if place == 3 else FailureType.CONFLICT
                    assert answer.type is expected, answers
            assert len(await desk.acts(f"o{n}")) == (4 if state is ReceiptState.REQUESTED else 3)


async def test_the_order_is_free_for_other_wishes_while_it_waits(desk):
    first, second = await desk.waits("o1"), await desk.waits("o1")
    assert first.receipt_id != second.receipt_id
    for receipt in (first, second):
        assert (await desk.approves(receipt.receipt_id)).state is ReceiptState.REQUESTED


async def test_an_approval_waits_for_what_is_being_done_to_the_order(desk, mall):
    desk.keeper.runs_by(None)
    one, other = await desk_two(desk)
    assert (await desk.approves(one.receipt_id)).state is ReceiptState.CHECKING
    assert await conflict(desk.approves(other.receipt_id)) == {}
    assert await desk.state(other.receipt_id) is ReceiptState.PENDING
    await desk.works(2)
    assert (await desk.approves(other.receipt_id)).state is ReceiptState.CHECKING
    await desk.works(2)
    assert len(mall.effects("o1")) == 2


async def desk_two(desk):
    """Two claims of one order, with no worker beside their confirm."""
    found = []
    for _ in range(2):
        receipt = await desk.confirms(await desk.plans("o1"))
        await desk.works(2)
        found.append(receipt)
        assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING
    return found


async def test_what_is_open_names_the_lines_that_wait(desk):
    order = OrderId("o1")
    assert await desk.keeper.open_receipts(desk.ask(), [order]) == {}
    first, _second = await desk.waits("o1"), await desk.waits("o1")
    found = await desk.keeper.open_receipts(desk.ask(), [order, OrderId("o2")])
    assert (found[order].state, found[order].receipt_id) == (ReceiptState.PENDING, first.receipt_id)
    assert found[order].shown == {"items": ("o1", "o1")}
    for_others = (await desk.keeper.open_receipts(desk.ask(customer=OTHER), [order]))[order]
    assert (for_others.receipt_id, for_others.shown) == ("", {"items": ("o1", "o1")})


async def test_the_order_changed_while_it_waited(desk, mall, talk):
    """It ends, with the reason, for everybody: what cannot be approved must not stay in the queue."""
    receipt = await desk.waits()
    mall.versions["o1"] = "cancelled in the admin"
    failed = await desk.approves(receipt.receipt_id)
    await desk.works(3)
    assert (failed.state, [f["code"] for f in failed.decision["findings"]]) == (
        ReceiptState.FAILED,
        ["plan_stale"],
    )
    assert await desk.approves(receipt.receipt_id, DOYUN) == failed
    assert mall.effects("o1") == []
    assert talk.texts()[1:] == ["못 했어요 o1 그사이 주문이 바뀌어 처리하지 않았어요. 다시 확인해 주세요."]
    assert len([note for note in talk.notes() if "처리하지 못했습니다" in note]) == 1


AFTER_THE_YES = [
    ("the mall says no", [(False, Rejected("cafe24", "return", message="no"))], "mall_refused", 0),
    ("away for hours", [(False, Unavailable("cafe24", "return"))] * 20, "mall_unavailable", 0),
]


@pytest.mark.parametrize(
    ("_case", "troubles", "code", "effects"), AFTER_THE_YES, ids=lambda row: str(row)[:20]
)
async def test_it_fails_after_the_yes(desk, mall, talk, _case, troubles, code, effects):
    receipt = await desk.waits()
    mall.troubles = list(troubles)
    await desk.approves(receipt.receipt_id)
    await desk.works(30, minutes=11)
    failed = await desk.approves(receipt.receipt_id)
    assert (failed.state, [f["code"] for f in failed.decision["findings"]]) == (ReceiptState.FAILED, [code])
    assert len(mall.effects("o1")) == effects
    assert talk.texts()[-1].startswith("못 했어요 o1")
    assert len([note for note in talk.notes() if "처리하지 못했습니다" in note]) == 1


@pytest.mark.parametrize("happens", [True, False])
async def test_no_answer_after_the_yes(desk, mall, talk, happens):
    receipt = await desk.waits()
    mall.troubles = [(happens, OutcomeUnknown("cafe24", "return"))]
    assert (await desk.approves(receipt.receipt_id)).state is ReceiptState.CHECKING
    await desk.works(5, seconds=20)
    assert await desk.state(receipt.receipt_id) is ReceiptState.REQUESTED
    assert len(mall.effects("o1")) == 1
    assert talk.texts() == ["접수했어요 o1", "승인되어 신청했어요 o1"], "nobody is told twice"


async def test_a_shop_that_is_away_cannot_approve_but_can_reject(desk):
    one, other = await desk.waits("o1"), await desk.waits("o2")
    await desk.store.connections.set_state(SHOP.mall_id, 1, ConnectionState.RECONNECT)
    assert await refused(desk.approves(one.receipt_id)) is FailureType.NOT_CONNECTED
    assert await desk.state(one.receipt_id) is ReceiptState.PENDING
    assert (await desk.rejects(other.receipt_id)).state is ReceiptState.FAILED


async def test_what_was_wished_is_kept_while_it_waits(desk, clock):
    receipt = await desk.waits()
    await purge(desk.database, clock.pass_(days=500))
    assert (await desk.rows("plan"))[0]["payload_enc"] is not None
    assert (await desk.approves(receipt.receipt_id)).state is ReceiptState.REQUESTED
    await purge(desk.database, clock.pass_(days=1))
    assert (await desk.rows("plan"))[0]["payload_enc"] is None
    await purge(desk.database, clock.pass_(days=RECEIPTS_KEPT_FOR.days))
    assert await desk.rows("intent") == []


async def test_an_older_job_says_nothing_about_an_approved_claim(desk, mall):
    """The job that had put it into the queue died before its end was noted, and comes back after the yes."""
    receipt = await desk.waits()
    await desk.database.write("UPDATE job SET state = 'ready', ended_at = NULL WHERE kind = 'effect'")
    desk.keeper.runs_by(None)
    assert (await desk.approves(receipt.receipt_id)).state is ReceiptState.CHECKING
    stuck = await desk.store.intents.get(SHOP.mall_id, receipt.receipt_id)
    old = next(row["id"] for row in await desk.rows("job", "kind = 'effect'") if row["id"] != stuck.job_id)
    forgotten = type(stuck)(**{name: getattr(stuck, name) for name in stuck.__slots__} | {"job_id": old})
    moved = await desk.store.intents.move(forgotten, Settled(ReceiptState.PENDING), desk.clock())
    assert moved is None
    await desk.works(3)
    assert await desk.state(receipt.receipt_id) is ReceiptState.REQUESTED
    assert mall.effects("o1") == ["o1 cancelled"]


async def test_a_guest_is_named_by_a_masked_number(desk):
    guest = desk.ask(customer=GUEST)
    receipt = await desk.waits("o1", ask=guest)
    claim = await desk.work.pending.one(SHOP.channel_id, receipt.receipt_id)
    assert claim.customer_label == "010-****-2222"
    assert SUJIN.member_id not in repr(claim)
    assert NO not in repr(claim)
