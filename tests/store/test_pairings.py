import asyncio
from dataclasses import replace
from datetime import timedelta

from app.ports import Pairing
from commands.kernel.who import ChannelId

from .given import NOON, pair, pairing

C1 = ChannelId("c1")
FORM_ENDS = NOON + timedelta(minutes=20)
SHOPS = [{"shop_no": 1, "name": "가게"}]


async def held(store, id_="p1", ticket="ticket", name="one"):
    await store.pairings.start(pairing(id_), f"state-{id_}")
    await store.pairings.consume_state(f"state-{id_}", NOON)
    await store.pairings.hold(id_, pair(name), SHOPS, ticket, FORM_ENDS)


def full(name="one", id_="p1") -> Pairing:
    return replace(pairing(id_), tokens=pair(name), shops=tuple(SHOPS), expires_at=FORM_ENDS)


async def test_two_yeses(store):
    await store.pairings.start(pairing(), "state")
    assert await store.pairings.of_channel(C1, NOON) == pairing()
    assert await store.pairings.consume_state("state", NOON) == pairing()
    await store.pairings.hold("p1", pair(), SHOPS, "ticket", FORM_ENDS)
    assert await store.pairings.see("ticket", NOON) == full()
    assert await store.pairings.finish("ticket", NOON) == full()
    assert await store.pairings.finish("ticket", NOON) is None
    assert await store.pairings.of_channel(C1, NOON) is None
    assert await store.pairings.lapsed(NOON + timedelta(days=1)) == []


async def test_a_state_works_once_and_only_in_time(store):
    await store.pairings.start(pairing(), "state")
    assert await store.pairings.consume_state("forged", NOON) is None
    assert await store.pairings.consume_state("state", NOON + timedelta(minutes=10)) is None
    answers = await asyncio.gather(*(store.pairings.consume_state("state", NOON) for _ in range(6)))
    assert sum(answer is not None for answer in answers) == 1


async def test_a_ticket_finishes_once_and_only_in_time(store):
    await held(store)
    assert await store.pairings.finish("ticket", FORM_ENDS) is None
    answers = await asyncio.gather(*(store.pairings.finish("ticket", NOON) for _ in range(6)))
    assert sum(answer is not None for answer in answers) == 1


async def test_a_newer_start_ends_the_earlier_and_its_tokens_are_revoked(store):
    await held(store)
    await store.pairings.start(pairing("p2"), "state-2")
    assert await store.pairings.see("ticket", NOON) is None
    assert await store.pairings.finish("ticket", NOON) is None
    assert (await store.pairings.of_channel(C1, NOON)).id == "p2"
    assert await store.pairings.lapsed(NOON) == [full()]
    assert await store.pairings.lapsed(NOON) == []
    assert (await store.pairings.of_channel(C1, NOON)).id == "p2"


async def test_replaced_between_consent_and_hold(store):
    """The callback of the former pairing is on its way while the manager starts anew."""
    await store.pairings.start(pairing(), "state")
    await store.pairings.consume_state("state", NOON)
    await store.pairings.start(pairing("p2"), "state-2")
    await store.pairings.hold("p1", pair(), SHOPS, "ticket", FORM_ENDS)
    assert await store.pairings.see("ticket", NOON) is None
    assert await store.pairings.finish("ticket", NOON) is None
    assert await store.pairings.lapsed(NOON) == [full()]


async def test_starts_at_once_leave_one_unfinished(store):
    await asyncio.gather(*(store.pairings.start(pairing(f"p{n}"), f"s{n}") for n in range(5)))
    answers = [await store.pairings.consume_state(f"s{n}", NOON) for n in range(5)]
    assert sum(answer is not None for answer in answers) == 1


async def test_other_channels_are_left_alone(store):
    await held(store)
    await store.pairings.start(pairing("p2", "c2"), "state-2")
    assert await store.pairings.see("ticket", NOON) == full()


async def test_a_form_that_nobody_sent_lapses(store):
    await held(store)
    assert await store.pairings.lapsed(FORM_ENDS - timedelta(seconds=1)) == []
    assert await store.pairings.lapsed(FORM_ENDS) == [full()]


async def test_nothing_readable_is_kept(store):
    await held(store)
    stored = repr(await store.database.read("SELECT * FROM pairing"))
    for secret in ("access-one", "refresh-one", "state-p1", "'ticket'"):
        assert secret not in stored
