"""`claims.pending` and `claims.decide` on the wire: the shapes of DESIGN §3, for managers only."""

import pytest
from pydantic import ValidationError

from app.effects.pending_functions import ClaimFunctions, DecideParams, PendingParams
from app.ports import Call, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import Draft
from commands.kernel.who import Language

from .given import SHOP
from .mall import COMMAND
from .waiting import KIND, NO, Desk

CALL = Call(Surface.MANAGER, "mgr-1", SHOP.channel_id, Language.KO)
LINES = [{"orderItemCode": "i-1", "productName": "셔츠", "optionText": "L", "quantity": 1}]
SHOWN = {"items": LINES, "reason": {"type": "defective", "text": "찢어졌어요"}, "photos": ["p-1", "p-2"]}


class Links:
    def links(self, channel_id, ref):
        return f"/{channel_id}/{ref}/thumb", f"/{channel_id}/{ref}"


@pytest.fixture
async def desk(database_url, clock, mall, talk):
    async with Desk(database_url, clock, mall, talk) as one:
        await one.opens_shop()
        yield one


@pytest.fixture
def functions(desk):
    return ClaimFunctions(desk.work.pending, Links())


async def asks_for(functions, **params):
    result = await functions.pending(CALL, PendingParams.model_validate(params))
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


async def decides(functions, **params):
    result = await functions.decide(CALL, DecideParams.model_validate(params))
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)["receipt"]


async def waits(desk, order_id):
    draft = Draft(COMMAND, order_id, "v1", {"order": order_id}, SHOWN)
    planned = await desk.keeper.plan(desk.ask(), draft)
    return await desk.confirms(planned.token)


async def test_a_claim_as_the_console_gets_it(desk, functions):
    receipt = await waits(desk, "o1")
    assert await asks_for(functions) == {
        "claims": [
            {
                "pendingId": receipt.receipt_id,
                "kind": KIND,
                "orderId": "o1",
                "customerLabel": "sujin",
                "items": LINES,
                "reason": {"type": "defective", "text": "찢어졌어요"},
                "photos": [
                    {"thumbUrl": "/c1/p-1/thumb", "url": "/c1/p-1"},
                    {"thumbUrl": "/c1/p-2/thumb", "url": "/c1/p-2"},
                ],
                "createdAt": "2026-11-22T03:00:00Z",
                "dueAt": "2026-11-24T03:00:00Z",
                "state": "pending",
            }
        ]
    }


async def test_pages_and_what_was_decided(desk, functions, clock):
    ids = []
    for n in range(5):
        ids.append((await waits(desk, f"o{n}")).receipt_id)
        clock.pass_(seconds=1)
    seen, cursor = [], {}
    while True:
        page = await asks_for(functions, limit=2, **cursor)
        seen += [claim["pendingId"] for claim in page["claims"]]
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ids
    assert await asks_for(functions, kind="exchange:other") == {"claims": []}
    for n, id_ in enumerate(ids[:3]):
        clock.pass_(minutes=1)
        action = {"action": "approve"} if n else {"action": "reject", "message": NO}
        receipt = await decides(functions, pendingId=id_, **action)
        assert (receipt["receiptId"], receipt["state"]) == (id_, "requested" if n else "failed")
    first = await asks_for(functions, decided=True, limit=2)
    last = await asks_for(functions, decided=True, limit=2, cursor=first["next"])
    assert [claim["pendingId"] for claim in first["claims"] + last["claims"]] == ids[2::-1]
    rejected = last["claims"][0]
    assert (rejected["message"], rejected["decidedBy"]) == (NO, "manager:mgr-1")
    assert await desk.work.pending.kinds(SHOP.channel_id) == {KIND: 2}


WRONG_CURSORS = ["x", "1.x", "가.나", "9" * 15 + ".00000000-0000-7000-8000-000000000000", "\x00", "-1.5", "."]


@pytest.mark.parametrize("decided", [True, False])
@pytest.mark.parametrize("cursor", WRONG_CURSORS)
async def test_a_cursor_that_is_none_of_ours(functions, cursor, decided):
    with pytest.raises(Failure) as caught:
        await asks_for(functions, cursor=cursor, decided=decided)
    assert caught.value.type is FailureType.INVALID_PARAMS


async def test_odd_kinds_find_nothing(desk, functions):
    await waits(desk, "o1")
    for kind in ("\x00", "' OR 1=1 --", "가"):
        assert await asks_for(functions, kind=kind) == {"claims": []}


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"cursor": "x" * 101}, {"kind": "x" * 61}]
)
def test_params_have_bounds(params):
    with pytest.raises(ValidationError):
        PendingParams.model_validate(params)


@pytest.mark.parametrize("action", ["", "delete", "APPROVE", None])
def test_two_actions_only(action):
    with pytest.raises(ValidationError):
        DecideParams.model_validate({"pendingId": "x", "action": action})


async def test_managers_only(functions):
    for function in functions.all():
        assert function.surfaces == frozenset({Surface.MANAGER})
