"""Preview, confirm, receipt: once, whoever asks and however often."""

import asyncio
import dataclasses

import pytest

from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import ReceiptState, StalePlan

from .given import GUEST, MANAGER, OTHER, SHOP, SUJIN, Process


async def refused(awaitable):
    with pytest.raises(Failure) as caught:
        await awaitable
    return caught.value.type


async def test_confirmed_is_done_and_told(process, mall, talk):
    token = await process.plans("o1")
    receipt = await process.confirms(token)
    assert (receipt.state, receipt.claim_code, receipt.by) == (ReceiptState.DONE, "C-o1", "user")
    assert (receipt.command, receipt.order_id, receipt.shown) == ("fake", "o1", {"items": ["o1"]})
    assert await process.confirms(token) == receipt
    assert await process.keeper.receipt(process.ask(), receipt.receipt_id) == receipt
    await process.works(3)
    assert len(mall.effects("o1")) == 1
    assert list(talk.written.values()) == [("chat-1", "취소했어요 o1 C-o1", False)]
    assert await process.acts("o1") == ["confirmed", "done"]


async def test_the_chat_of_the_last_command_is_where_it_is_told(process, clock, talk):
    await process.store.chats.remember(SHOP.channel_id, "user-1", "newer", clock())
    await process.confirms(await process.plans("o1"))
    await process.works()
    assert [chat for chat, _, _ in talk.written.values()] == ["newer"]


async def test_twenty_at_once(process, mall):
    token = await process.plans("o1")
    receipts = await asyncio.gather(*(process.confirms(token) for _ in range(20)))
    assert len({r.receipt_id for r in receipts}) == 1
    assert {r.state for r in receipts} == {ReceiptState.DONE}
    assert len(mall.effects("o1")) == 1
    assert len(await process.rows("job", "kind = 'effect'")) == 1
    assert await process.acts("o1") == ["confirmed", "done"]


async def test_two_processes_at_once(process, database_url, clock, mall, talk):
    async with Process(database_url, clock, mall, talk, worker_id="w2") as other:
        for n in range(5):
            token = await process.plans(f"o{n}")
            receipts = await asyncio.gather(*(p.confirms(token) for p in (process, other) for _ in range(3)))
            assert len({r.receipt_id for r in receipts}) == 1
            assert {r.state for r in receipts} == {ReceiptState.DONE}
            assert len(mall.effects(f"o{n}")) == 1


async def test_a_process_without_a_worker_waits_for_that_of_another(process, database_url, clock, mall, talk):
    async with Process(database_url, clock, mall, talk, works=False, budget=5) as idle:
        token = await idle.plans("o1")
        waiting = asyncio.create_task(idle.confirms(token))
        await process.comes_to("job", "kind = 'effect'")
        await process.works()
        assert (await waiting).state is ReceiptState.DONE


async def test_slow_mall_checking_then_told(process, mall, talk):
    mall.slow = 1.0
    token = await process.plans("o1")
    receipt = await process.confirms(token)
    assert receipt.state is ReceiptState.CHECKING
    again = await process.confirms(token)
    assert again == receipt
    await process.works()
    assert talk.texts() == ["확인 중이에요 o1"]
    await process.comes_to("intent", "finished = 1")
    done = await process.keeper.receipt(process.ask(), receipt.receipt_id)
    assert (done.state, done.receipt_id) == (ReceiptState.DONE, receipt.receipt_id)
    assert await process.confirms(token) == done
    await process.works(2)
    assert talk.texts() == ["확인 중이에요 o1", "취소했어요 o1 C-o1"]
    assert len(mall.effects("o1")) == 1


async def test_checking_is_not_told_after_the_end(process, mall, talk):
    mall.slow = 0.8
    await process.confirms(await process.plans("o1"))
    await asyncio.sleep(0.6)
    await process.works(2)
    assert talk.texts() == ["취소했어요 o1 C-o1"]


async def test_a_customer_who_leaves_does_not_stop_the_effect(process, mall):
    mall.slow = 0.3
    confirming = asyncio.create_task(process.confirms(await process.plans("o1")))
    await asyncio.sleep(0.15)
    confirming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await confirming
    await process.keeper.close()
    assert len(mall.effects("o1")) == 1
    assert (await process.rows("intent"))[0]["state"] == "done"


async def test_expired_unless_confirmed_before(process, clock):
    late, confirmed = await process.plans("o1"), await process.plans("o2")
    receipt = await process.confirms(confirmed)
    clock.pass_(minutes=10)
    assert await refused(process.confirms(late)) is FailureType.PLAN_EXPIRED
    assert await process.confirms(confirmed) == receipt
    assert await process.rows("intent", "order_id = 'o1'") == []


async def test_who_else_may_not_confirm_or_look(process):
    token = await process.plans("o1")
    elsewhere = {"mall_id": "x"}, {"shop_no": 2}, {"channel_id": "c2"}
    asks = [
        process.ask(customer=OTHER),
        process.ask(customer=GUEST),
        process.ask(customer=OTHER, caller=MANAGER),
        *(process.ask(shop=dataclasses.replace(SHOP, **e)) for e in elsewhere),
    ]
    for ask in asks:
        assert await refused(process.keeper.confirm(ask, token)) is FailureType.NOT_FOUND
    assert await process.rows("intent") == []
    receipt = await process.confirms(token)
    for ask in asks:
        assert await refused(process.keeper.confirm(ask, token)) is FailureType.NOT_FOUND
        assert await refused(process.keeper.receipt(ask, receipt.receipt_id)) is FailureType.NOT_FOUND
        assert await refused(process.keeper.undo(ask, receipt.receipt_id)) is FailureType.NOT_FOUND


async def test_forged_tokens_and_ids(process):
    token = await process.plans("o1")
    other_purpose = token.replace("plan.", "upload.", 1)
    for forged in ("", "x", "가", other_purpose, token[:-2], token + "x", token.rsplit(".", 1)[0]):
        assert await refused(process.confirms(forged)) is FailureType.NOT_FOUND
    for receipt_id in ("", "x", "\x00", "00000000-0000-7000-8000-000000000000"):
        assert await refused(process.keeper.receipt(process.ask(), receipt_id)) is FailureType.NOT_FOUND


async def test_a_plan_of_another_command_is_not_found(process):
    token = await process.plans("o1")
    asked = process.ask()
    assert await refused(process.keeper.confirm(asked, token, "cancel")) is FailureType.NOT_FOUND
    assert (await process.keeper.confirm(asked, token, "fake")).state is ReceiptState.DONE


async def test_a_command_switched_off_meanwhile(process):
    ask = process.ask()
    off = dataclasses.replace(ask, choices=dataclasses.replace(ask.choices, commands_on=frozenset()))
    token = await process.plans("o1")
    assert await refused(process.keeper.confirm(off, token)) is FailureType.COMMAND_OFF


async def test_a_manager_confirms_for_the_customer(process):
    receipt = await process.confirms(await process.plans("o1"), caller=MANAGER)
    assert receipt.by == "manager:mgr-1"
    (line,) = [x for x in await process.store.audit.newest(SHOP.channel_id, 9) if x.act == "fake.done"]
    assert line.by == "manager:mgr-1"
    assert "sujin" not in repr(line)
    assert len(line.facts["customer"]) == 64
    assert await process.keeper.receipt(process.ask(), receipt.receipt_id) == receipt


async def test_trial(process, mall):
    await process.store.connections.change_settings(
        SHOP.channel_id, seen=0, settings={"testMembers": ["tester"]}, secrets={}
    )
    tester, guest = type(SUJIN)("tester"), GUEST
    token = await process.plans("o1")
    assert await refused(process.confirms(token)) is FailureType.FORBIDDEN
    guests = await process.plans("o2", ask=process.ask(customer=guest))
    assert await refused(process.confirms(guests, customer=guest)) is FailureType.FORBIDDEN
    assert mall.effects("o1") == []
    testers = await process.plans("o3", ask=process.ask(customer=tester))
    assert (await process.confirms(testers, customer=tester)).state is ReceiptState.DONE
    assert (await process.confirms(token, caller=MANAGER)).state is ReceiptState.DONE
    assert (await process.confirms(token)).state is ReceiptState.DONE, "confirmed is confirmed"


async def test_unproven_members_prove_themselves_first(process):
    unproven = type(SUJIN)("sujin", proven=False)
    token = await process.plans("o1", ask=process.ask(customer=unproven))
    assert await refused(process.confirms(token, customer=unproven)) is FailureType.NOT_IDENTIFIED
    vouched = await process.plans("o2", ask=process.ask(customer=unproven))
    assert (await process.confirms(vouched, customer=unproven, caller=MANAGER)).state is ReceiptState.DONE
    assert (await process.confirms(token)).state is ReceiptState.DONE


async def test_two_plans_of_one_order(process, mall):
    mall.slow = 1.0
    first, second = await process.plans("o1"), await process.plans("o1")
    assert (await process.confirms(first)).state is ReceiptState.CHECKING
    with pytest.raises(StalePlan) as stale:
        await process.confirms(second)
    assert stale.value.payload["order"] == "o1"
    await process.keeper.close()
    assert len(mall.effects("o1")) == 1


async def test_stale_frees_the_order(process, mall, talk):
    mall.versions["o1"] = "v2"
    token = await process.plans("o1")
    for _ in range(2):
        with pytest.raises(StalePlan) as stale:
            await process.confirms(token)
        assert stale.value.payload == {"order": "o1", "account": "110-222-333"}
    assert mall.effects("o1") == []
    assert (await process.confirms(await process.plans("o1", seen="v2"))).state is ReceiptState.DONE
    await process.works(2)
    assert talk.texts() == ["취소했어요 o1 C-o1"], "nobody was given the stale receipt"


async def test_stale_says_how_long_a_new_preview_may_take(process, mall):
    mall.versions["o1"] = "v2"
    with pytest.raises(StalePlan) as quick:
        await process.confirms(await process.plans("o1"))
    assert 0.3 < quick.value.seconds_left <= 0.8
    mall.slow = 1.0
    await process.confirms(await process.plans("o2"))
    with pytest.raises(StalePlan) as slow:
        await process.confirms(await process.plans("o2"))
    assert slow.value.seconds_left <= 0.8
    await process.keeper.close()


async def test_stale_after_the_receipt_was_given_out(process, mall, talk):
    process.keeper.runs_by(None)
    token = await process.plans("o1")
    receipt = await process.confirms(token)
    assert receipt.state is ReceiptState.CHECKING
    mall.versions["o1"] = "v2"
    await process.works(2)
    failed = await process.confirms(token)
    assert (failed.state, failed.receipt_id) == (ReceiptState.FAILED, receipt.receipt_id)
    assert [f["code"] for f in failed.decision["findings"]] == ["plan_stale"]
    await process.works(2)
    assert talk.texts() == ["못 했어요 o1 그사이 주문이 바뀌어 처리하지 않았어요. 다시 확인해 주세요."]
