"""A customer asks to be forgotten: nothing of them is left that can be read, and what shows how money moved stays."""

import pytest

from app.clock import to_millis
from app.effects.erasing import Erasing
from app.identity.codes import phone_hash
from app.keys import KeyRing
from app.store.erasing import SqlErasing
from app.store.sealed import SEALED
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import Draft, ReceiptState
from tests.store.given import keys

from .given import GUEST, OTHER, SHOP, SUJIN
from .mall import COMMAND
from .waiting import Desk

LINES = [
    {"orderItemCode": "i-1", "productName": "셔츠", "optionText": "L", "quantity": 1, "memo": "수진에게"}
]
SHOWN = {
    "items": LINES,
    "refund": {"total": "1000", "currency": "KRW"},
    "pickup": {"receiverName": "김수진", "address1": "서울 마포구"},
    "reason": {"type": "defective", "text": "수진이네 강아지가"},
    "photos": ["p-1"],
}
PERSONAL = (
    "sujin",
    "김수진",
    "마포구",
    "강아지",
    "수진에게",
    "110-222-333",
    "user-1",
    "chat-1",
    "01011112222",
    "p-1",
)


@pytest.fixture
async def desk(database_url, clock, mall, talk):
    async with Desk(database_url, clock, mall, talk) as one:
        await one.opens_shop()
        yield one


@pytest.fixture
def photos():
    return []


@pytest.fixture
def erasing(desk, photos):
    async def erase(mall_id, customer):
        photos.append((mall_id, customer))
        return 2

    def hashes(e164):
        return [phone_hash(keys().key("phone"), e164)]

    rows = SqlErasing(desk.database, keys())
    return Erasing(rows, desk.store.audit, keys(), desk.clock, phone_hashes=hashes, more={"photos": erase})


async def plans(desk, order_id, **asked):
    ask = desk.ask(**asked)
    payload = {"order": order_id, "account": "110-222-333", "address": "서울 마포구"}
    draft = Draft(COMMAND, order_id, "v1", payload, SHOWN)
    return (await desk.keeper.plan(ask, draft)).token


async def erases(desk, erasing, customer):
    connection = await desk.store.connections.of_channel(SHOP.channel_id)
    return await erasing.erase(connection, customer, "manager:mgr-1")


async def everything(desk):
    """All that is kept, opened."""
    found = []
    for table in ("plan", "intent", "job", "job_step", "chat_of_user", "phone_session", "sms_verification"):
        rows = await desk.rows(table)
        found += [{name: _opened(keys(), table, row, name) for name in row} for row in rows]
    return repr(found)


def _opened(ring: KeyRing, table, row, name):
    for place in SEALED:
        if (place.table, place.column) == (table, name) and row[name] is not None:
            opened = place.open_or_none(ring, row[name], *(row[key] for key in place.keys))
            assert opened is not None
            return opened.decode()
    return row[name]


async def test_nothing_of_the_customer_is_left(desk, erasing, clock, photos):
    await desk.store.chats.remember(SHOP.channel_id, "user-1", "chat-1", clock())
    waits = await desk.confirms(await plans(desk, "o1"))
    approved = await desk.confirms(await plans(desk, "o2"))
    await desk.approves(approved.receipt_id)
    rejected = await desk.confirms(await plans(desk, "o3"))
    await desk.rejects(rejected.receipt_id, "김수진 님, 사진이 흐려요.")
    await plans(desk, "o4")
    await desk.works(5)
    before = await everything(desk)
    assert all(personal in before for personal in PERSONAL if personal != "01011112222")
    counts = await erases(desk, erasing, SUJIN)
    assert counts == {"receipts": 3, "plans": 1, "sessions": 0, "chats": 1, "photos": 2}
    assert photos == [(SHOP.mall_id, SUJIN)]
    after = await everything(desk)
    assert [personal for personal in PERSONAL if personal in after] == []
    assert (await desk.state(waits.receipt_id), len(await desk.rows("plan"))) == (ReceiptState.WITHDRAWN, 3)


async def test_the_money_trail_stays(desk, erasing):
    done = await desk.confirms(await plans(desk, "o1"))
    await desk.approves(done.receipt_id)
    await erases(desk, erasing, SUJIN)
    intent = await desk.store.intents.get(SHOP.mall_id, done.receipt_id)
    plan = await desk.store.plans.get(SHOP.mall_id, intent.plan_id)
    assert (intent.state, intent.claim_code, intent.order_id) == (ReceiptState.REQUESTED, "C-o1", "o1")
    assert (intent.decided.by, intent.caller.id) == ("manager:mgr-jiwoo", "erased")
    lines = [{name: value for name, value in LINES[0].items() if name != "memo"}]
    assert plan.shown == {"items": lines, "refund": SHOWN["refund"]}
    acts = [line.act for line in await desk.store.audit.newest(SHOP.channel_id, 9)]
    assert acts[0] == "customer.erased"
    assert set(acts) == {
        "customer.erased",
        "fake.requested",
        "fake.approved",
        "fake.pending",
        "fake.confirmed",
    }
    lines = await desk.store.audit.newest(SHOP.channel_id, 9)
    assert {line.subject for line in lines[:1]} == {lines[-1].facts["customer"]}
    assert not [personal for personal in ("sujin", "user-1") if personal in repr(lines)]
    assert [line.by for line in lines if line.act == "fake.confirmed"] == ["user"]
    assert [line.by for line in lines if line.act == "fake.approved"] == ["manager:mgr-jiwoo"]


async def test_nobody_else_loses_anything(desk, erasing, clock):
    await desk.store.chats.remember(SHOP.channel_id, "user-2", "chat-2", clock())
    others = await desk.confirms(await plans(desk, "o1", customer=OTHER), customer=OTHER)
    guests = await plans(desk, "o2", customer=GUEST)
    before = await everything(desk)
    counts = await erases(desk, erasing, SUJIN)
    assert counts == {"receipts": 0, "plans": 0, "sessions": 0, "chats": 0, "photos": 2}
    assert await everything(desk) == before
    assert await desk.state(others.receipt_id) is ReceiptState.PENDING
    assert (await desk.confirms(guests, customer=GUEST)).state is ReceiptState.PENDING


async def test_a_guest_by_number_with_sessions_and_codes(desk, erasing, clock):
    await plans(desk, "o1", customer=GUEST)
    hashed = phone_hash(keys().key("phone"), GUEST.cellphone)
    at = to_millis(clock())
    for user, number in (("user-9", hashed), ("user-8", "another")):
        await desk.store.chats.remember(SHOP.channel_id, user, f"chat-of-{user}", clock())
        await desk.database.write(
            """INSERT INTO phone_session (channel_id, chat_user_id, id, phone_enc, phone_hash, orderer_tries,
                created_at, last_seen_at, ends_at) VALUES ('c1', :user, :user, :enc, :hash, 0, :at, :at, :at)""",
            user=user,
            hash=number,
            enc=b"x",
            at=at,
        )
    counts = await erases(desk, erasing, GUEST)
    assert counts == {"receipts": 0, "plans": 1, "sessions": 1, "chats": 1, "photos": 2}
    assert [row["chat_user_id"] for row in await desk.rows("phone_session")] == ["user-8"]
    assert [row["user_id"] for row in await desk.rows("chat_of_user")] == ["user-8"]


async def test_while_something_is_being_done_nothing_is_touched(desk, erasing, photos):
    desk.keeper.runs_by(None)
    token = await plans(desk, "o1")
    assert (await desk.confirms(token)).state is ReceiptState.CHECKING
    before = await everything(desk)
    with pytest.raises(Failure) as caught:
        await erases(desk, erasing, SUJIN)
    assert caught.value.type is FailureType.CONFLICT
    assert (await everything(desk), photos) == (before, [])
    await desk.works(3)
    assert (await erases(desk, erasing, SUJIN))["receipts"] == 1
    assert (await erases(desk, erasing, SUJIN))["receipts"] == 0


async def test_an_erased_claim_can_be_decided_by_nobody(desk, erasing, mall, talk):
    waits = await desk.waits()
    await erases(desk, erasing, SUJIN)
    with pytest.raises(Failure) as caught:
        await desk.approves(waits.receipt_id)
    assert caught.value.data["decidedBy"] == "manager:mgr-1"
    assert (await desk.work.pending.page(SHOP.channel_id)).claims == []
    for customer in (SUJIN, GUEST):
        with pytest.raises(Failure):
            await desk.keeper.receipt(desk.ask(customer=customer), waits.receipt_id)
    await desk.works(3)
    assert (mall.effects("o1"), len(talk.texts())) == ([], 1)
