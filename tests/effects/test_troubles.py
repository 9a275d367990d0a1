"""The mall is away, refuses, or does not say: one effect or none, and never silence."""

import dataclasses
from contextlib import suppress

import pytest

from app.errors import OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from app.ports import ConnectionState
from app.store.purge import purge
from commands.kernel.plan import ReceiptState, Settled
from commands.kernel.ports import MallRefused

from .given import MANAGER, SHOP, Process
from .mall import command, nothing
from .watched import Killed

UNKNOWN = OutcomeUnknown("cafe24", "cancel")
AWAY = Unavailable("cafe24", "cancel")
BUSY = Throttled("cafe24", "cancel", retry_after=3)

COMES_RIGHT = [
    ("away, then there", [(False, AWAY)], 1),
    ("429 again and again", [(False, BUSY)] * 20, 1),
    ("unknown, and it had taken effect", [(True, UNKNOWN)], 1),
    ("unknown, and it had not", [(False, UNKNOWN)], 1),
    ("unknown, away, then there", [(False, UNKNOWN), (False, AWAY)], 1),
]


@pytest.mark.parametrize(("_case", "troubles", "effects"), COMES_RIGHT, ids=[row[0] for row in COMES_RIGHT])
async def test_it_comes_right(process, mall, talk, _case, troubles, effects):
    mall.troubles = list(troubles)
    token = await process.plans("o1")
    receipt = await process.confirms(token)
    assert receipt.state is ReceiptState.CHECKING
    await process.works(30, seconds=20)
    done = await process.confirms(token)
    assert (done.state, done.receipt_id) == (ReceiptState.DONE, receipt.receipt_id)
    assert len(mall.effects("o1")) == effects
    assert talk.texts() == ["확인 중이에요 o1", "취소했어요 o1 C-o1"]
    assert talk.notes() == []


FAILS = [
    ("the mall says no", [(False, Rejected("cafe24", "cancel", message="<b>no</b>"))], "mall_refused"),
    ("a port says no", [(False, MallRefused("no"))], "mall_refused"),
    ("tokens are dead", [(False, Unauthorized("cafe24", "cancel"))], "connection_lost"),
    ("away for hours", [(False, AWAY)] * 20, "mall_unavailable"),
    ("429 for hours", [(False, BUSY)] * 99, "mall_unavailable"),
    ("a fault of ours before the call", None, "not_carried_out"),
]


@pytest.mark.parametrize(("_case", "troubles", "code"), FAILS, ids=[row[0] for row in FAILS])
async def test_it_fails_with_a_reason(process, mall, talk, _case, troubles, code):
    if troubles is None:
        mall.unreadable = KeyError("x")
    else:
        mall.troubles = list(troubles)
    token = await process.plans("o1")
    await process.confirms(token)
    await process.works(40, minutes=11)
    failed = await process.keeper.receipt(process.ask(), (await process.rows("intent"))[0]["id"])
    (finding,) = failed.decision["findings"]
    assert (failed.state, finding["code"], finding["decisive"]) == (ReceiptState.FAILED, code, True)
    assert failed.decision["verdict"] == "blocked"
    assert finding["customerText"]
    assert finding["managerText"]
    assert mall.effects("o1") == []
    assert talk.texts("못")[-1].startswith("못 했어요 o1 ")
    (note,) = talk.notes()
    assert "o1" in note
    assert finding["managerText"] in note
    assert (await process.acts("o1"))[-1] == "failed"


async def test_the_malls_own_words_are_for_managers_only(process, mall, talk):
    """They may name people, or how the shop works: customers get our sentence, and the row keeps them sealed."""
    mall.troubles = [(False, Rejected("cafe24", "cancel", message="<b>VIP 김수진</b> " + "x" * 300))]
    process.keeper.runs_by(None)
    token = await process.plans("o1")
    receipt_id = (await process.confirms(token)).receipt_id
    await process.works(3)
    keeper = process.keeper
    for receipt in (await process.confirms(token), await keeper.receipt(process.ask(), receipt_id)):
        assert receipt.state is ReceiptState.FAILED
        assert "VIP" not in repr(receipt)
        assert receipt.shown == {"items": ["o1"]}
    shown = await keeper.receipt(process.ask(caller=MANAGER), receipt_id)
    (finding,) = shown.decision["findings"]
    assert finding["managerText"].startswith("카페24가 요청을 거절했습니다.\n<b>VIP 김수진</b> x")
    assert len(finding["managerText"]) < 230
    assert shown.shown == {"items": ["o1"]}
    (note,) = talk.notes()
    assert "VIP 김수진" in note
    assert "VIP" not in "".join(talk.texts())
    assert "VIP" not in repr([await process.rows(table) for table in ("intent", "job", "audit_line")])


async def test_429_for_days_after_a_call_without_an_answer_is_not_said_to_be_nothing(process, mall, talk):
    mall.troubles = [(True, UNKNOWN)]
    await process.confirms(await process.plans("o1"))
    mall.unreadable = BUSY
    await process.works(40, minutes=11)
    (row,) = await process.rows("intent")
    failed = await process.keeper.receipt(process.ask(), row["id"])
    assert [f["code"] for f in failed.decision["findings"]] == ["outcome_unknown"]
    assert len(talk.notes()) == 1


@pytest.mark.parametrize("happens", [True, False])
async def test_an_outcome_that_nobody_can_read_is_said_to_be_unknown(process, mall, talk, happens):
    mall.troubles = [(happens, UNKNOWN)]
    await process.confirms(await process.plans("o1"))
    mall.unreadable = AWAY
    await process.works(30, minutes=11)
    (row,) = await process.rows("intent")
    failed = await process.keeper.receipt(process.ask(), row["id"])
    assert [f["code"] for f in failed.decision["findings"]] == ["outcome_unknown"]
    assert len(mall.effects("o1")) == happens
    assert talk.texts()[-1].startswith("주문 o1의 처리 결과를 쇼핑몰에서 확인하지 못했어요.")
    assert len(talk.notes()) == 1


async def test_a_shop_that_goes_away_after_the_effect_is_not_said_to_be_untouched(process, mall):
    process.keeper.runs_by(None)
    token = await process.plans("o1")
    await process.confirms(token)

    def closes(place):
        if place == "after mall.cancel":
            raise Killed

    mall.watch = closes
    with pytest.raises(Killed):
        await process.worker.run_once()
    mall.watch = nothing
    await process.store.connections.set_state(SHOP.mall_id, 1, ConnectionState.SUSPENDED)
    process.clock.pass_(minutes=1)
    await process.works(2)
    failed = await process.confirms(token)
    assert [f["code"] for f in failed.decision["findings"]] == ["outcome_unknown"]


async def test_what_the_command_gives_to_a_person_is_noted_for_the_team(database_url, clock, mall, talk):
    finding = {"code": "unclear", "decisive": True, "customerText": "a", "managerText": "half of it"}
    decision = {"verdict": "needsManager", "findings": [finding]}

    async def act(ask, payload, seen, step):
        return Settled(ReceiptState.FAILED, decision=decision)

    spec = dataclasses.replace(command(mall), act=act)
    async with Process(database_url, clock, mall, talk, specs=[spec]) as one:
        await one.opens_shop()
        receipt = await one.confirms(await one.plans("o1"))
        await one.works(2)
    assert receipt.decision == decision
    assert talk.texts() == ["못 했어요 o1 a"]
    assert len(talk.notes()) == 1
    assert "half of it" in talk.notes()[0]


async def test_failed_frees_the_order(process, mall):
    mall.troubles = [(False, MallRefused("no"))]
    assert (await process.confirms(await process.plans("o1"))).state is ReceiptState.FAILED
    assert (await process.confirms(await process.plans("o1"))).state is ReceiptState.DONE


@pytest.mark.parametrize("state", [ConnectionState.SUSPENDED, ConnectionState.RECONNECT])
async def test_a_shop_that_was_closed_meanwhile(process, mall, state):
    process.keeper.runs_by(None)
    token = await process.plans("o1")
    await process.confirms(token)
    await process.store.connections.set_state(SHOP.mall_id, 1, state)
    await process.works(2)
    failed = await process.confirms(token)
    assert [f["code"] for f in failed.decision["findings"]] == ["connection_lost"]
    assert mall.effects("o1") == []


async def removed_at(process, mall, place):
    """The shop is removed while a job of it is at a place of its own."""
    process.keeper.runs_by(None)
    await process.confirms(await process.plans("o1"))

    def dies(met):
        if met == place:
            raise Killed

    mall.watch = dies
    with suppress(Killed):
        await process.worker.run_once()
    mall.watch = nothing
    await process.store.connections.remove(SHOP.channel_id)
    process.clock.pass_(minutes=1)
    await process.works(3)


@pytest.mark.parametrize(
    ("place", "code", "told"),
    [
        ("before mall.cancel", "outcome_unknown", "주문 o1의 처리 결과를"),
        ("after mall.cancel", "outcome_unknown", "주문 o1의 처리 결과를"),
    ],
)
async def test_a_shop_removed_in_the_middle_of_an_effect_is_told(process, mall, talk, place, code, told):
    await removed_at(process, mall, place)
    (row,) = await process.rows("intent")
    assert (row["state"], code in row["decision"]) == ("failed", True)
    assert talk.texts()[-1].startswith(told)
    assert len(talk.notes()) == 1
    assert await process.acts("o1") == ["confirmed", "left", "failed"]


async def test_a_shop_removed_before_anything_happened(process, mall, talk):
    """Plans that nobody confirmed go with it; what waits for its window ends when that closes, and is told."""
    process.undo = 5
    await process.confirms(await process.plans("o1"))
    await process.plans("o2")
    await process.store.connections.remove(SHOP.channel_id)
    assert [row["order_id"] for row in await process.rows("plan")] == ["o1"]
    process.clock.pass_(minutes=6)
    await process.works(3)
    (row,) = await process.rows("intent")
    assert (row["state"], "connection_lost" in row["decision"]) == ("failed", True)
    assert mall.effects("o1") == []
    assert len(talk.texts("o1")) == len(talk.notes()) == 1
    assert await process.acts("o1") == ["confirmed", "left", "failed"]
    await purge(process.database, process.clock.pass_(hours=23))
    assert len(await process.rows("intent")) == 1
    await purge(process.database, process.clock.pass_(hours=2))
    assert (await process.rows("intent"), await process.rows("plan")) == ([], [])


async def test_a_removed_shop_forgets_what_was_settled_and_a_working_one_does_not(process):
    await process.confirms(await process.plans("o1"))
    await purge(process.database, process.clock.pass_(days=2))
    assert len(await process.rows("intent")) == 1
    await process.confirms(await process.plans("o2"))
    await process.store.connections.remove(SHOP.channel_id)
    assert [row["order_id"] for row in await process.rows("intent")] == ["o2"]
    assert "left" not in [*await process.acts("o1"), *await process.acts("o2")]


async def test_a_command_that_is_gone(database_url, clock, mall, talk):
    async with Process(database_url, clock, mall, talk) as one:
        await one.opens_shop()
        one.keeper.runs_by(None)
        token = await one.plans("o1")
        await one.confirms(token)
        async with Process(
            database_url, clock, mall, talk, worker_id="w2", specs=[command(mall, name="x")]
        ) as newer:
            await newer.works(2)
            failed = await newer.confirms(token)
    assert [f["code"] for f in failed.decision["findings"]] == ["not_carried_out"]


async def test_a_chat_that_does_not_answer_is_told_once(process, talk):
    talk.troubles = [(True, UNKNOWN), (False, AWAY)]
    await process.confirms(await process.plans("o1"))
    await process.works(4, minutes=1)
    assert talk.texts() == ["취소했어요 o1 C-o1"]
    assert len(talk.asked) == 3
    assert len(set(talk.asked)) == 1


async def test_a_slow_chat_does_not_hold_up_the_mall(process, talk):
    talk.troubles = [(False, AWAY)] * 20
    await process.confirms(await process.plans("o1"))
    assert (await process.confirms(await process.plans("o2"))).state is ReceiptState.DONE
    malls = {row["mall_id"] for row in await process.rows("job", "kind = 'tell'")}
    assert malls == {"mall:tell"}
