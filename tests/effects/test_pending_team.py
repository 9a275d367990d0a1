"""The team hears of claims that wait: when they come, and when nobody decided in time; what a deadline itself does."""

import pytest

from app.errors import OutcomeUnknown, Rejected, Unauthorized, Unavailable
from app.ports import ConnectionState
from app.store.purge import purge
from commands.kernel.plan import ReceiptState

from .given import SHOP
from .waiting import DOYUN, GROUP, HOURS, KIND, Desk, together

NEW = "승인을 기다리는 신청이 들어왔습니다."
LATE = "처리 기한이 지난 신청이 아직 승인을 기다리고 있습니다."
HANDED = "처리 기한 안에 결정되지 않아 상담으로 넘긴 신청입니다."


@pytest.fixture
async def desk(database_url, clock, mall, talk):
    async with Desk(database_url, clock, mall, talk) as one:
        await one.opens_shop(**GROUP)
        yield one


def in_group(talk, beginning):
    return [text for _, text, _ in talk.told.values() if text.startswith(beginning)]


async def test_a_new_claim_is_announced_once_to_the_group(desk, talk):
    await desk.waits()
    await desk.works(3)
    ((group, text, link),) = talk.told.values()
    assert group == "group-1"
    assert text.splitlines() == [
        NEW,
        "주문번호: o1",
        "신청: 반품 · 상품 불량",
        "처리 기한: 2026-11-24 12:00",
    ]
    assert link == ("승인 대기 열기", "https://jumun.example/console/claims")
    assert talk.notes() == []


async def test_without_a_group_it_is_noted_beside_the_chat(desk, talk):
    await desk.chooses(notify={"groupId": None})
    await desk.waits()
    (note,) = talk.notes()
    assert note.startswith(NEW)
    assert talk.told == {}


@pytest.mark.parametrize("error", [Rejected("channel", "writeGroupMessage"), Unauthorized("channel", "x")])
async def test_a_group_that_takes_no_message(desk, talk, error):
    talk.group_troubles = [error]
    await desk.waits()
    assert (len(talk.told), len(talk.notes())) == (0, 1)


@pytest.mark.parametrize("error", [Unavailable("channel", "x"), OutcomeUnknown("channel", "x")])
async def test_a_channel_that_does_not_answer_is_asked_again(desk, talk, error):
    talk.group_troubles = [error]
    await desk.waits()
    await desk.works(3, minutes=1)
    assert (len(talk.told), len(talk.notes())) == (1, 0)


async def test_what_was_decided_before_anybody_was_told_is_not_announced(desk, talk):
    desk.keeper.runs_by(None)
    receipt = await desk.confirms(await desk.plans("o1"))
    assert receipt.state is ReceiptState.CHECKING
    await desk.worker.run_once("mall")
    await desk.withdraws(receipt.receipt_id)
    await desk.works(3)
    assert talk.told == {}


async def test_nothing_happens_before_the_hour(desk, clock, talk):
    await desk.at_deadline("approve", **GROUP)
    receipt = await desk.waits()
    clock.pass_(hours=HOURS, minutes=-1)
    await desk.looks_at_the_clock()
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING
    assert in_group(talk, LATE) == []


async def test_reminded_once_an_hour_that_passed(desk, clock, talk):
    await desk.at_deadline("remind", **GROUP)
    receipt = await desk.waits()
    clock.pass_(hours=HOURS)
    for _ in range(3):
        await desk.looks_at_the_clock()
    assert len(in_group(talk, LATE)) == 1
    claim = await desk.work.pending.one(SHOP.channel_id, receipt.receipt_id)
    assert claim.due_at > clock()
    clock.pass_(hours=HOURS)
    await desk.looks_at_the_clock()
    assert len(in_group(talk, LATE)) == 2
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING


async def test_two_workers_look_at_once(desk, database_url, clock, mall, talk):
    await desk.at_deadline("remind", **GROUP)
    for n in range(6):
        await desk.waits(f"o{n}")
    clock.pass_(hours=HOURS)
    async with Desk(database_url, clock, mall, talk, worker_id="w2") as other:
        raised = await together(*(d.work.handlers["claims_due"](None) for d in (desk, other, desk, other)))
        assert raised == [None] * 4
        await desk.works(3)
    assert len(in_group(talk, LATE)) == 6
    assert len(await desk.rows("job", "kind = 'announce'")) == 12


async def test_approved_by_the_deadline(desk, clock, mall, talk):
    await desk.at_deadline("approve", **GROUP)
    receipt = await desk.waits()
    clock.pass_(hours=HOURS)
    await desk.looks_at_the_clock()
    assert await desk.state(receipt.receipt_id) is ReceiptState.REQUESTED
    assert mall.effects("o1") == ["o1 cancelled"]
    assert talk.texts()[-1] == "승인되어 신청했어요 o1"
    claim = await desk.work.pending.one(SHOP.channel_id, receipt.receipt_id)
    assert (claim.decided_by, claim.due_at) == ("deadline", None)
    acts = [line for line in await desk.store.audit.newest(SHOP.channel_id, 9) if line.act == "fake.approved"]
    assert [line.by for line in acts] == ["deadline"]


@pytest.mark.parametrize(("testers", "approved"), [(["somebody"], False), (["sujin"], True)])
async def test_on_trial_the_deadline_approves_for_those_who_may_try_and_else_reminds(
    desk, clock, mall, talk, testers, approved
):
    await desk.at_deadline("approve", **GROUP)
    receipt = await desk.waits()
    await desk.at_deadline("approve", mode="trial", testMembers=testers, **GROUP)
    clock.pass_(hours=HOURS)
    await desk.looks_at_the_clock()
    assert await desk.state(receipt.receipt_id) is (
        ReceiptState.REQUESTED if approved else ReceiptState.PENDING
    )
    assert len(mall.effects("o1")) == approved
    assert len(in_group(talk, LATE)) == (not approved)


async def test_the_deadline_against_a_manager_and_the_customer(desk, clock, mall):
    await desk.at_deadline("approve")
    for n in range(8):
        receipt = await desk.waits(f"o{n}")
        clock.pass_(hours=HOURS)
        rivals = [desk.rejects, desk.withdraws, lambda id_: desk.approves(id_, DOYUN)]
        await together(desk.work.handlers["claims_due"](None), rivals[n % 3](receipt.receipt_id))
        await desk.works(3)
        state = await desk.state(receipt.receipt_id)
        assert state in {ReceiptState.REQUESTED, ReceiptState.FAILED, ReceiptState.WITHDRAWN}
        assert len(mall.effects(f"o{n}")) == (state is ReceiptState.REQUESTED)


async def test_handed_over_once(desk, clock, talk):
    await desk.at_deadline("handOver", **GROUP)
    receipt = await desk.waits()
    clock.pass_(hours=HOURS)
    await desk.looks_at_the_clock()
    clock.pass_(hours=10 * HOURS)
    await desk.looks_at_the_clock()
    (note,) = talk.notes()
    assert note.startswith(HANDED)
    assert talk.opened == ["chat-1"]
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING
    assert (await desk.approves(receipt.receipt_id)).state is ReceiptState.REQUESTED


@pytest.mark.parametrize("what", ["remind", "approve", "handOver"])
async def test_a_shop_that_is_away_is_waited_for(desk, clock, talk, what):
    await desk.at_deadline(what, **GROUP)
    receipt = await desk.waits()
    await desk.store.connections.set_state(SHOP.mall_id, 1, ConnectionState.RECONNECT)
    clock.pass_(hours=HOURS)
    await desk.looks_at_the_clock()
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING
    assert (in_group(talk, LATE), talk.opened) == ([], [])
    await desk.store.connections.set_state(SHOP.mall_id, 1, ConnectionState.CONNECTED)
    clock.pass_(hours=1)
    await desk.looks_at_the_clock()
    acted = [in_group(talk, LATE), talk.opened, await desk.state(receipt.receipt_id) == "requested"]
    assert sum(map(bool, acted)) == 1


async def test_an_order_that_is_busy_is_approved_later(desk, clock, mall):
    await desk.at_deadline("approve")
    receipt = await desk.waits("o1")
    desk.keeper.runs_by(None)
    await desk.confirms(await desk.plans("o1"))
    clock.pass_(hours=HOURS)
    await desk.work.handlers["claims_due"](None)
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING
    await desk.works(2)
    await desk.work.handlers["claims_due"](None)
    assert await desk.state(receipt.receipt_id) is ReceiptState.PENDING, "not before ten minutes"
    clock.pass_(minutes=10)
    await desk.looks_at_the_clock()
    assert await desk.state(receipt.receipt_id) is ReceiptState.REQUESTED


async def test_one_that_cannot_be_opened_holds_up_nobody(desk, clock, talk):
    await desk.at_deadline("approve")
    broken, other = await desk.waits("o1"), await desk.waits("o2")
    await desk.database.write("UPDATE plan SET customer_enc = :enc WHERE order_id = 'o1'", enc=b"x")
    clock.pass_(hours=HOURS)
    await desk.looks_at_the_clock()
    assert await desk.state(broken.receipt_id) is ReceiptState.PENDING
    assert await desk.state(other.receipt_id) is ReceiptState.REQUESTED
    claim = await desk.work.pending.one(SHOP.channel_id, broken.receipt_id)
    assert (claim.customer_label, claim.kind) == ("", KIND)


@pytest.mark.parametrize(
    "change", ["UPDATE connection SET shop_no = shop_no + 1", "UPDATE intent SET channel_id = NULL"]
)
async def test_a_claim_in_no_queue_leaves_nobody_waiting(desk, mall, talk, change):
    """Nobody of another shop of the mall may decide on it; a database that was stepped back forgot its queue."""
    waits = await desk.waits()
    await desk.database.write(change)
    await desk.looks_at_the_clock()
    assert (await desk.work.pending.page(SHOP.channel_id)).claims == []
    intent = await desk.store.intents.get(SHOP.mall_id, waits.receipt_id)
    assert (intent.state, intent.decision["findings"][0]["code"]) == ("failed", "connection_lost")
    assert (mall.effects("o1"), len(talk.texts("못 했어요 o1"))) == ([], 1)


async def test_a_shop_that_was_removed_leaves_nobody_waiting(desk, clock, mall, talk):
    """Its queue is gone, so the customers are told; even those whose claim was handed over."""
    await desk.at_deadline("handOver")
    handed, other = await desk.waits("o1"), await desk.waits("o2")
    clock.pass_(hours=HOURS)
    await desk.work.handlers["claims_due"](None)
    await desk.store.connections.remove(SHOP.channel_id)
    await desk.looks_at_the_clock()
    assert (await desk.work.pending.page(SHOP.channel_id)).claims == ()
    for receipt in (handed, other):
        intent = await desk.store.intents.get(SHOP.mall_id, receipt.receipt_id)
        assert (intent.state, intent.decision["findings"][0]["code"]) == ("failed", "connection_lost")
        assert mall.effects(intent.order_id) == []
        assert len(talk.texts(f"못 했어요 {intent.order_id}")) == 1
    await purge(desk.database, clock.pass_(days=1))
    assert {row["payload_enc"] for row in await desk.rows("plan")} <= {None}
