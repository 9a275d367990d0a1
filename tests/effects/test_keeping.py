"""How long what is kept, and how."""

from datetime import timedelta

import pytest

from app.store.purge import RECEIPTS_KEPT_FOR, purge
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import ReceiptState, StalePlan

from .given import GUEST, SHOP

MOMENT = timedelta(minutes=1)


async def test_personal_data_is_sealed(process):
    await process.plans("o1", ask=process.ask(customer=GUEST))
    await process.confirms(await process.plans("o2"))
    rows = repr([await process.rows(table) for table in ("plan", "intent", "job", "audit_line")])
    for personal in ("110-222-333", "+821011112222", "sujin", "user-2", "chat-1", "items"):
        assert personal not in rows


async def test_payload_for_a_day_after_the_end(process, clock):
    token = await process.plans("o1")
    receipt = await process.confirms(token)
    await purge(process.database, clock() + timedelta(hours=24) - MOMENT)
    assert (await process.rows("plan"))[0]["payload_enc"] is not None
    await purge(process.database, clock() + timedelta(hours=24))
    assert (await process.rows("plan"))[0]["payload_enc"] is None
    clock.pass_(days=1)
    assert await process.confirms(token) == receipt


async def test_a_stale_plan_without_its_payload_is_expired(process, clock, mall):
    mall.versions["o1"] = "v2"
    token = await process.plans("o1")
    with pytest.raises(StalePlan):
        await process.confirms(token)
    await purge(process.database, clock.pass_(days=1))
    with pytest.raises(Failure) as caught:
        await process.confirms(token)
    assert caught.value.type is FailureType.PLAN_EXPIRED


async def test_plans_that_nobody_confirmed_for_a_day(process, clock):
    token = await process.plans("o1")
    await purge(process.database, clock() + timedelta(days=1) - MOMENT)
    assert len(await process.rows("plan")) == 1
    await purge(process.database, clock.pass_(days=1))
    assert await process.rows("plan") == []
    with pytest.raises(Failure) as caught:
        await process.confirms(token)
    assert caught.value.type is FailureType.NOT_FOUND


async def test_receipts_for_four_hundred_days(process, clock):
    assert timedelta(days=400) == RECEIPTS_KEPT_FOR
    token = await process.plans("o1")
    receipt = await process.confirms(token)
    await purge(process.database, clock.pass_(days=400) - MOMENT)
    assert await process.confirms(token) == receipt
    for _ in range(2):
        await purge(process.database, clock())
    assert (await process.rows("intent"), await process.rows("plan")) == ([], [])


async def test_what_is_not_finished_stays(process, clock):
    process.undo = 5
    receipt = await process.confirms(await process.plans("o1"))
    await purge(process.database, clock.pass_(days=500))
    assert (await process.keeper.receipt(process.ask(), receipt.receipt_id)).state is ReceiptState.SCHEDULED
    assert (await process.rows("plan"))[0]["payload_enc"] is not None


async def test_one_unfinished_intent_an_order_says_the_database(process):
    process.undo = 5
    await process.confirms(await process.plans("o1"))
    plan = await process.plans("o1")
    assert plan
    (row,) = await process.rows("intent")
    other = next(p for p in await process.rows("plan") if p["id"] != row["plan_id"])
    copied = {**row, "id": "x", "job_id": "x", "plan_id": other["id"]}
    names = ", ".join(copied)
    values = ", ".join(f":{name}" for name in copied)
    insert = f"INSERT INTO intent ({names}) VALUES ({values}) ON CONFLICT DO NOTHING RETURNING id"
    assert await process.database.write(insert, **copied) == []
    assert await process.database.write(insert, **{**copied, "finished": 1}) != []
    assert await process.database.write(insert, **{**copied, "id": "y", "job_id": "y", "finished": 1}) == []


async def test_the_seal_belongs_to_its_row(process):
    await process.plans("o1")
    await process.plans("o2", ask=process.ask(customer=GUEST))
    one, two = await process.rows("plan")
    await process.database.write(
        "UPDATE plan SET customer_enc = :enc WHERE id = :id", enc=one["customer_enc"], id=two["id"]
    )
    assert await process.store.plans.get(SHOP.mall_id, two["id"]) is None
