"""Whose orders are these: logins, phone sessions, their ends, and everybody else's identity."""

import asyncio

import pytest

from app.identity.sessions import IdentityState, WhoIsIt
from app.ports import ChatUser
from commands.kernel.ports import Unavailable
from commands.kernel.who import ChannelId, Guest, Member

from .given import E164, accounts, call, connection

BY_PHONE_MINA = Member("mina", by_phone=True, one_of_several=True)
BY_PHONE_SORA = Member("sora", by_phone=True, one_of_several=True)


async def customer(world, who=None, **settings):
    shop = connection(settings={"identity": settings}) if settings else connection()
    return await world.sessions.customer_of(who or call(), shop)


async def test_nobody_until_an_account_is_chosen(world):
    assert await customer(world) is None
    await world.verifies(call())
    assert await customer(world) is None
    assert (await world.sessions.who(call())).state == IdentityState.NONE


async def test_a_chosen_account(world):
    world.mall.members[E164] = accounts("mina", "sora")
    who = await world.identifies(call(), pick=1)
    assert (who.state, who.label) == (IdentityState.MEMBER, "so***")
    assert await customer(world) == BY_PHONE_SORA
    assert world.mall.asked == [f"cellphone {E164}"]


async def test_guest_orders(world):
    who = await world.identifies(call())
    assert (who.state, who.label) == (IdentityState.GUEST, "010****5678")
    assert await customer(world) == Guest(E164)


async def test_a_session_is_one_users_in_one_channel(world):
    await world.identifies(call())
    assert await customer(world, call("u2")) is None
    assert await customer(world, call(channel_id=ChannelId("c2"))) is None


async def test_a_ref_is_good_for_its_own_session_only(world):
    world.mall.members[E164] = accounts("mina")
    await world.verifies(call())
    mine = (await world.sessions.offer_accounts(call(), connection())).accounts[0].ref
    await world.verifies(call("u2"), "010-8888-0000")
    for ref in (mine, "mina", "", "guest"):
        assert await world.sessions.choose(call("u2"), connection(), account_ref=ref) is None
    assert await customer(world, call("u2")) is None
    world.clock.pass_(minutes=2)
    await world.verifies(call())
    assert await world.sessions.choose(call(), connection(), account_ref=mine) is None


async def test_refs_stay_while_the_session_does(world):
    world.mall.members[E164] = accounts("mina", "sora")
    await world.identifies(call(), pick=0)
    again = await world.sessions.offer_accounts(call(), connection())
    assert await customer(world) == BY_PHONE_MINA
    assert len(world.mall.asked) == 1
    await world.sessions.choose(call(), connection(), account_ref=again.accounts[1].ref)
    assert await customer(world) == BY_PHONE_SORA


async def test_choosing_another_account_ends_the_session_and_starts_one(world):
    world.mall.members[E164] = accounts("mina", "sora")
    await world.identifies(call(), pick=0)
    first = await world.sessions.active(call())
    offer = await world.sessions.offer_accounts(call(), connection())
    await world.sessions.choose(call(), connection(), account_ref=offer.accounts[0].ref)
    assert (await world.sessions.active(call())).id == first.id
    await world.sessions.choose(call(), connection(), account_ref=offer.accounts[1].ref)
    second = await world.sessions.active(call())
    assert second.id != first.id
    assert second.ends_at == first.ends_at
    assert not await world.session_store.choose(first.id, "guest", "x", world.clock())


@pytest.mark.parametrize(("idle", "lives"), [(29.99, True), (30, False)])
async def test_half_an_hour_idle(world, idle, lives):
    await world.identifies(call())
    world.clock.pass_(minutes=idle)
    assert (await customer(world) is not None) is lives


async def test_twelve_hours_at_most(world):
    await world.identifies(call())
    for _ in range(47):
        world.clock.pass_(minutes=15)
        assert await customer(world) is not None
    world.clock.pass_(minutes=14, seconds=59)
    assert await customer(world) is not None
    who = await world.sessions.who(call())
    assert (who.expires_at - world.clock()).total_seconds() == 1
    world.clock.pass_(seconds=1)
    assert await customer(world) is None


async def test_using_it_writes_at_most_once_a_minute(world):
    await world.identifies(call())
    seen = []
    world.database.on_statement = seen.append
    for _ in range(3):
        await customer(world)
    assert len(seen) == 3
    world.clock.pass_(minutes=1)
    await customer(world)
    await customer(world)
    assert len(seen) == 6


async def test_ends_on_demand_and_takes_the_code_along(world):
    await world.identifies(call())
    world.clock.pass_(minutes=2)
    sent = await world.sends(call())
    await world.sessions.end(call())
    assert await customer(world) is None
    assert not hasattr(
        await world.verification.check(call(), sent.verification_id, world.phone.code), "session"
    )


async def test_ends_when_the_app_leaves_the_channel(world):
    elsewhere = call(channel_id=ChannelId("c2"))
    await world.identifies(call())
    await world.identifies(elsewhere, "010-8888-0000")
    await world.sessions.end_all(ChannelId("c1"))
    assert await customer(world) is None
    assert await customer(world, elsewhere) == Guest("+821088880000")


async def test_a_retired_key_ends_sessions(database):
    from .given import World

    await World(database).identifies(call())
    after = World(database, keys=[b"n" * 32])
    assert await after.sessions.customer_of(call(), connection()) is None
    assert await after.sessions.who(call()) == WhoIsIt(IdentityState.NONE)


# ── logins ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("settings", "proven"),
    [
        ({"memberTrust": "hash", "memberHashConfirmed": True}, True),
        ({"memberTrust": "hash", "memberHashConfirmed": False}, False),
        ({"memberTrust": "phone", "memberHashConfirmed": True}, False),
        ({"memberTrust": "whatever", "memberHashConfirmed": True}, False),
        ({"memberHashConfirmed": "true"}, False),
        ({}, False),
    ],
)
async def test_a_login_is_as_true_as_the_settings_say(world, settings, proven):
    assert await customer(world, call(member="mina"), **settings) == Member("mina", proven=proven)


@pytest.mark.parametrize(
    "user",
    [
        ChatUser("u1", member=False, member_id="mina"),
        ChatUser("u1", member=True, member_id=None),
        ChatUser("u1", member=True, member_id="  "),
        ChatUser("somebody else", member=True, member_id="mina"),
    ],
)
async def test_what_is_no_login(world, user):
    assert await customer(world, call(user=user)) is None


async def test_a_code_for_the_same_account_proves_the_login(world):
    world.mall.members[E164] = accounts("mina", "sora")
    signed = call(member="mina")
    await world.verifies(signed)
    offer = await world.sessions.offer_accounts(signed, connection())
    assert [one.label for one in offer.accounts] == ["mi***"]
    assert not offer.guest_orders
    await world.sessions.choose(signed, connection(), account_ref=offer.accounts[0].ref)
    assert await customer(world, signed) == Member("mina", proven=True)


async def test_a_code_for_another_account_proves_nothing(world):
    world.mall.members[E164] = accounts("sora")
    world.mall.members["+821000000000"] = accounts("mina")
    await world.identifies(call(), pick=0)
    assert await customer(world, call(member="mina")) == Member("mina", proven=False)
    assert (
        await world.sessions.choose(call(member="mina"), connection(), account_ref=None, guest=True) is None
    )


async def test_a_login_that_the_mall_does_not_know_goes_by_phone(world):
    stranger = call(member="site-user-7")
    assert not await world.sessions.is_known_member(connection(), "site-user-7")
    await world.identifies(stranger)
    assert await world.sessions.phone_customer_of(stranger) == Guest(E164)


async def test_channel_is_asked_only_where_it_left_the_user_out(world):
    world.channel.users["u1"] = ChatUser("u1", member=True, member_id="mina")
    assert await customer(world, call(user=None)) == Member("mina", proven=False)
    assert world.channel.asked == 1
    await customer(world, call())
    assert world.channel.asked == 1


async def test_channel_away_leaves_the_phone_session(world):
    await world.identifies(call())
    world.channel.away = True
    assert await customer(world, call(user=None)) == Guest(E164)
    assert await customer(world, call("u2", user=None)) is None


async def test_the_mall_away_keeps_the_proven_number(world):
    await world.verifies(call())
    world.mall.away = True
    with pytest.raises(Unavailable):
        await world.sessions.offer_accounts(call(), connection())
    world.mall.away = False
    world.mall.members[E164] = accounts("mina")
    assert len((await world.sessions.offer_accounts(call(), connection())).accounts) == 1


async def test_two_choices_at_once_leave_one_identity(world):
    world.mall.members[E164] = accounts("mina", "sora")
    await world.verifies(call())
    offer = await world.sessions.offer_accounts(call(), connection())
    await asyncio.gather(
        *(world.sessions.choose(call(), connection(), account_ref=one.ref) for one in offer.accounts)
    )
    assert await customer(world) in (BY_PHONE_MINA, BY_PHONE_SORA)


# ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_manager_sees_the_chats_login(world):
    world.channel.chats["chat1"] = ChatUser("u1", member=True, member_id="mina")
    assert await world.desk.customer_of_chat(connection(), "chat1") == Member("mina", proven=False)


async def test_a_manager_sees_the_chats_phone_session(world):
    world.channel.chats["chat1"] = ChatUser("u1")
    await world.identifies(call(user_chat_id="chat1"))
    assert await world.desk.customer_of_chat(connection(), "chat1") == Guest(E164)
    assert await world.desk.customer_of_chat(connection(), "chat2") is None
    assert await world.desk.customer_of_chat(connection(ChannelId("c2")), "chat1") is None
    world.clock.pass_(minutes=30)
    assert await world.desk.customer_of_chat(connection(), "chat1") is None


async def test_a_chat_that_belongs_to_somebody_else_shows_nobody(world):
    await world.identifies(call(user_chat_id="chat1"))
    world.channel.chats["chat1"] = ChatUser("u2")
    assert await world.desk.customer_of_chat(connection(), "chat1") is None


async def test_a_chat_that_channel_does_not_know_shows_nobody(world):
    """Deleted, or not to be read: nobody can say whose it is now."""
    await world.identifies(call(user_chat_id="chat1"))
    assert await world.desk.customer_of_chat(connection(), "chat1") is None


async def test_the_chat_of_the_last_command_is_used_where_the_call_names_none(world):
    await world.store.chats.remember(ChannelId("c1"), "u1", "chat9", world.clock())
    await world.identifies(call())
    world.channel.chats["chat9"] = ChatUser("u1")
    assert await world.desk.customer_of_chat(connection(), "chat9") == Guest(E164)
