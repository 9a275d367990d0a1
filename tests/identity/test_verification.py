"""Sending and checking codes, on both databases: the list of the contract sheet, section 9."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.identity.verification import (
    CodeGone,
    CodeMalformed,
    CodeNotSent,
    CodeRight,
    CodeSent,
    CodeWrong,
    SendProblem,
)
from app.ports import SmsTrouble
from commands.kernel.who import ChannelId

from .given import E164, PHONE, accounts, call, connection, wrong


async def rows(world, sql):
    return await world.database.read(sql)


async def test_a_code_goes_out_and_opens_a_session_once(world):
    sent = await world.sends(call())
    assert isinstance(sent, CodeSent)
    assert (sent.masked_phone, sent.expires_in, sent.resend_after) == ("010****5678", 180, 60)
    assert world.phone.texts == [
        (E164, f"[단추가게] 인증번호 [{world.phone.code}] 타인에게 알려주지 마세요.")
    ]
    first = await world.verification.check(call(), sent.verification_id, world.phone.code)
    second = await world.verification.check(call(), sent.verification_id, world.phone.code)
    assert isinstance(first, CodeRight)
    assert second == CodeGone()


async def test_a_pasted_code_counts(world):
    sent = await world.sends(call())
    code = world.phone.code
    typed = f" {code[:3]} {code[3:]} "
    assert isinstance(await world.verification.check(call(), sent.verification_id, typed), CodeRight)


@pytest.mark.parametrize(("after", "is_right"), [(179.999, True), (180, False)])
async def test_a_code_lives_three_minutes(world, after, is_right):
    sent = await world.sends(call())
    world.clock.pass_(seconds=after)
    answer = await world.verification.check(call(), sent.verification_id, world.phone.code)
    assert isinstance(answer, CodeRight if is_right else CodeGone)


async def test_five_wrong_then_right_is_refused(world):
    sent = await world.sends(call())
    code = world.phone.code
    left = [await world.verification.check(call(), sent.verification_id, wrong(code)) for _ in range(5)]
    assert left == [CodeWrong(4), CodeWrong(3), CodeWrong(2), CodeWrong(1), CodeWrong(0)]
    assert await world.verification.check(call(), sent.verification_id, code) == CodeGone()
    kept = await rows(world, "SELECT state, attempts, code_hash FROM sms_verification")
    assert [dict(row) for row in kept] == [{"state": "exhausted", "attempts": 5, "code_hash": None}]


async def test_a_malformed_code_costs_no_try(world):
    sent = await world.sends(call())
    for typed in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦"):
        assert await world.verification.check(call(), sent.verification_id, typed) == CodeMalformed()
    assert (await rows(world, "SELECT attempts FROM sms_verification"))[0]["attempts"] == 0


async def test_twenty_parallel_right_codes_open_one_session(world):
    sent = await world.sends(call())
    code = world.phone.code
    answers = await asyncio.gather(
        *(world.verification.check(call(), sent.verification_id, code) for _ in range(20))
    )
    assert sum(isinstance(answer, CodeRight) for answer in answers) == 1
    assert sum(answer == CodeGone() for answer in answers) == 19
    assert len(await rows(world, "SELECT id FROM phone_session")) == 1


async def test_twenty_parallel_wrong_codes_are_five_tries(world):
    sent = await world.sends(call())
    code = wrong(world.phone.code)
    answers = await asyncio.gather(
        *(world.verification.check(call(), sent.verification_id, code) for _ in range(20))
    )
    assert sorted(answer.left for answer in answers if isinstance(answer, CodeWrong)) == [0, 1, 2, 3, 4]
    assert sum(answer == CodeGone() for answer in answers) == 15
    assert (await rows(world, "SELECT attempts FROM sms_verification"))[0]["attempts"] == 5
    assert len(await rows(world, "SELECT id FROM sms_event WHERE kind = 'wrong'")) == 5


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.booleans(), min_size=1, max_size=10))
def test_any_mix_of_parallel_tries_opens_at_most_one_session(tries, migrated_sqlite, tmp_path_factory):
    import shutil

    from app.store import open_database

    from .given import World

    path = tmp_path_factory.mktemp("mix") / "jumun.db"
    shutil.copy(migrated_sqlite, path)

    async def run():
        database = open_database(f"sqlite:///{path}")
        try:
            world = World(database)
            sent = await world.sends(call())
            code = world.phone.code
            answers = await asyncio.gather(
                *(
                    world.verification.check(call(), sent.verification_id, code if right else wrong(code))
                    for right in tries
                )
            )
            right, bad = (sum(isinstance(a, kind) for a in answers) for kind in (CodeRight, CodeWrong))
            assert right <= 1
            assert right + bad <= 5
            assert right == 1 or not all(tries)
            assert len(await database.read("SELECT id FROM phone_session")) == right
        finally:
            await database.close()

    asyncio.run(run())


async def counted(world, work):
    seen = []
    world.database.on_statement = seen.append
    answer = await work
    world.database.on_statement = None
    return answer, len(seen)


async def test_somebody_elses_id_answers_and_costs_as_an_unknown_one(world):
    sent = await world.sends(call())
    code = world.phone.code
    unknown = await counted(
        world, world.verification.check(call(), "00000000-0000-4000-8000-000000000000", code)
    )
    foreign_user = await counted(world, world.verification.check(call("u2"), sent.verification_id, code))
    foreign_channel = await counted(
        world, world.verification.check(call(channel_id=ChannelId("c2")), sent.verification_id, code)
    )
    no_id_at_all = await counted(world, world.verification.check(call(), "'; --\x00", code))
    await world.database.write("UPDATE sms_verification SET purpose = 'other'")
    foreign_purpose = await counted(world, world.verification.check(call(), sent.verification_id, code))
    assert unknown[0] == CodeGone()
    assert unknown == foreign_user == foreign_channel == no_id_at_all == foreign_purpose
    assert (await rows(world, "SELECT attempts FROM sms_verification"))[0]["attempts"] == 0


async def test_a_new_code_kills_the_old_one_and_has_to_wait_a_minute(world):
    first = await world.sends(call())
    old_code = world.phone.code
    world.clock.pass_(seconds=59)
    assert await world.sends(call()) == CodeNotSent(SendProblem.TOO_MANY, 1)
    assert len(world.phone.texts) == 1
    world.clock.pass_(seconds=1)
    second = await world.sends(call())
    assert isinstance(second, CodeSent)
    assert await world.verification.check(call(), first.verification_id, old_code) == CodeGone()
    answer = await world.verification.check(call(), second.verification_id, world.phone.code)
    assert isinstance(answer, CodeRight)
    states = await rows(world, "SELECT state, code_hash FROM sms_verification ORDER BY created_at")
    assert [(row["state"], row["code_hash"]) for row in states] == [("replaced", None), ("verified", None)]


async def test_a_number_has_its_limits_whoever_asks_and_in_whatever_channel(world):
    await world.sends(call("u1"))
    world.clock.pass_(seconds=10)
    assert await world.sends(call("u2")) == CodeNotSent(SendProblem.TOO_MANY, 50)
    in_other_channel = call("u3", channel_id=ChannelId("c2"))
    assert await world.sends(in_other_channel, "+82 10 1234 5678") == CodeNotSent(SendProblem.TOO_MANY, 50)
    assert isinstance(await world.sends(call("u2"), "010-8888-0000"), CodeSent)


async def test_parallel_requests_for_one_number_send_one_message(world):
    who = [call(f"u{n}") for n in range(8)]
    answers = await asyncio.gather(*(world.sends(one) for one in who))
    assert sum(isinstance(answer, CodeSent) for answer in answers) == 1
    assert len(world.phone.texts) == 1


async def test_known_and_unknown_numbers_look_alike(world):
    world.mall.members[E164] = accounts("mina")
    known, known_cost = await counted(world, world.sends(call("u1")))
    unknown, unknown_cost = await counted(world, world.sends(call("u2"), "010-8888-5678"))
    assert (known.masked_phone, known.expires_in, known.resend_after) == (
        unknown.masked_phone, unknown.expires_in, unknown.resend_after,
    )  # fmt: skip
    assert known_cost == unknown_cost
    assert world.mall.asked == []


async def test_no_screen_no_code(world):
    shop = connection()
    assert await world.verification.send(call(), shop, PHONE) == CodeNotSent(SendProblem.NOT_OPENED)
    await world.verification.opened(call("somebody else"))
    assert await world.verification.send(call(), shop, PHONE) == CodeNotSent(SendProblem.NOT_OPENED)
    await world.verification.opened(call())
    world.clock.pass_(minutes=10)
    assert await world.verification.send(call(), shop, PHONE) == CodeNotSent(SendProblem.NOT_OPENED)
    await world.verification.opened(call())
    world.clock.pass_(minutes=9)
    await world.verification.opened(call())
    world.clock.pass_(minutes=9)
    assert isinstance(await world.verification.send(call(), shop, PHONE), CodeSent)


async def test_no_sender_or_no_number_sends_nothing(world):
    assert await world.sends(call(), "070-1234-5678") == CodeNotSent(SendProblem.INVALID_NUMBER)
    world.is_offered = False
    assert await world.sends(call()) == CodeNotSent(SendProblem.OFF)
    assert world.phone.texts == []


@pytest.mark.parametrize("trouble", [SmsTrouble.AUTH, SmsTrouble.REJECTED, SmsTrouble.UNAVAILABLE])
async def test_a_sure_failure_ends_the_code_and_leaves_the_number_free(world, trouble):
    world.phone.trouble = trouble
    assert await world.sends(call()) == CodeNotSent(SendProblem.NOT_SENT)
    assert len(world.phone.texts) == 1
    kept = await rows(world, "SELECT state, code_hash, provider_result FROM sms_verification")
    assert [(r["state"], r["code_hash"], r["provider_result"]) for r in kept] == [
        ("send_failed", None, f"{trouble}:told_to")
    ]
    world.phone.trouble = None
    assert isinstance(await world.sends(call()), CodeSent)


async def test_sure_failures_still_count_for_the_user(world):
    world.phone.trouble = SmsTrouble.REJECTED
    for _ in range(5):
        assert await world.sends(call()) == CodeNotSent(SendProblem.NOT_SENT)
    assert await world.sends(call()) == CodeNotSent(SendProblem.TOO_MANY, 3600)
    assert len(world.phone.texts) == 5


async def test_an_uncertain_send_is_not_repeated_and_its_code_works(world):
    world.phone.trouble = SmsTrouble.UNCERTAIN
    sent = await world.sends(call())
    assert isinstance(sent, CodeSent)
    assert len(world.phone.texts) == 1
    assert await world.sends(call("u2")) == CodeNotSent(SendProblem.TOO_MANY, 60)
    answer = await world.verification.check(call(), sent.verification_id, world.phone.code)
    assert isinstance(answer, CodeRight)


async def test_twenty_wrong_tries_lock_the_number_in_this_channel_only(world):
    for attempt in range(4):
        who = call(f"u{attempt}")
        sent = await world.sends(who)
        for _ in range(5):
            await world.verification.check(who, sent.verification_id, wrong(world.phone.code))
        world.clock.pass_(minutes=11)
    refused = await world.sends(call("u9"))
    assert refused == CodeNotSent(SendProblem.TOO_MANY, int(timedelta(hours=24, minutes=-11).total_seconds()))
    assert isinstance(await world.sends(call("u9", channel_id=ChannelId("c2"))), CodeSent)
    world.clock.pass_(hours=23, minutes=49)
    assert isinstance(await world.sends(call("u9")), CodeSent)


async def test_the_breaker_stops_one_channel_and_closes_by_itself(world):
    for n in range(50):
        assert isinstance(await world.sends(call(f"u{n}"), f"010{n:04d}5678"), CodeSent)
        world.clock.pass_(seconds=2)
    fresh = "010-9999-0001"
    assert await world.sends(call("v"), fresh) == CodeNotSent(SendProblem.TOO_MANY, 1800)
    assert isinstance(await world.sends(call("v", channel_id=ChannelId("c2")), fresh), CodeSent)
    assert len(world.phone.texts) == 51
    world.clock.pass_(minutes=10)
    assert await world.sends(call("v2"), "010-9999-0002") == CodeNotSent(SendProblem.TOO_MANY, 1200)
    world.clock.pass_(minutes=20)
    assert isinstance(await world.sends(call("v2"), "010-9999-0002"), CodeSent)


async def test_neighbouring_numbers_are_stopped_together(world):
    for n in range(10):
        who = call(f"u{n}", channel_id=ChannelId("c1" if n % 2 else "c2"))
        assert isinstance(await world.sends(who, f"0107777{n:04d}"), CodeSent)
    assert await world.sends(call("v"), "010-7777-9999") == CodeNotSent(SendProblem.TOO_MANY, 3600)
    assert isinstance(await world.sends(call("v"), "010-7778-9999"), CodeSent)


async def test_two_hundred_users_behind_one_peer_are_no_one_address(world):
    """Functions come from Channel's servers: nobody is counted by the address they share."""
    for n in range(200):
        sent = await world.sends(call(f"u{n}"), f"010{n:04d}{n:04d}")
        assert isinstance(sent, CodeSent)
        if n % 2:
            await world.verification.check(call(f"u{n}"), sent.verification_id, world.phone.code)
        world.clock.pass_(seconds=2)
    assert await rows(world, "SELECT id FROM sms_event WHERE client_ip IS NOT NULL") == []


async def test_a_real_client_address_is_counted(world):
    for n in range(10):
        who = call(f"u{n}")
        await world.verification.opened(who)
        await world.verification.send(who, connection(), f"010{n:04d}5678", client_ip="2001:db8::1")
    await world.verification.opened(call("v"))
    refused = await world.verification.send(call("v"), connection(), PHONE, client_ip="2001:db8::2")
    assert refused == CodeNotSent(SendProblem.TOO_MANY, 3600)


async def test_a_budget_of_the_shop(world):
    shop = connection(settings={"sms": {"dailyBudget": 2}})
    for n in range(3):
        who = call(f"u{n}")
        await world.verification.opened(who)
        answer = await world.verification.send(who, shop, f"010{n:04d}5678")
        assert isinstance(answer, CodeSent) is (n < 2)


async def test_a_retired_key_ends_its_codes(database):
    from .given import World

    before = World(database)
    sent = await before.sends(call())
    after = World(database, keys=[b"n" * 32])
    answer = await after.verification.check(call(), sent.verification_id, before.phone.code)
    assert answer == CodeWrong(4)


async def test_a_code_of_an_older_key_still_works(database):
    from .given import World

    before = World(database)
    sent = await before.sends(call())
    after = World(database, keys=[b"n" * 32, bytes(range(32))])
    answer = await after.verification.check(call(), sent.verification_id, before.phone.code)
    assert isinstance(answer, CodeRight)


class Down(Exception):
    """The store does not answer."""


@pytest.mark.parametrize("table", ["sms_event", "sms_verification", "once"])
async def test_store_down_nothing_is_sent(world, table):
    await world.verification.opened(call())
    break_at(world, table)
    with pytest.raises(Down):
        await world.verification.send(call(), connection(), PHONE)
    assert world.phone.texts == []


@pytest.mark.parametrize("table", ["sms_event", "sms_verification", "phone_session", "chat_of_user"])
async def test_store_down_nothing_is_granted(world, table):
    sent = await world.sends(call())
    break_at(world, table)
    with pytest.raises(Down):
        await world.verification.check(call(), sent.verification_id, world.phone.code)
    world.database.on_statement = None
    assert await world.sessions.active(call()) is None
    answer = await world.verification.check(call(), sent.verification_id, world.phone.code)
    assert isinstance(answer, CodeRight), "the code was not spent for nothing"


def break_at(world, table):
    def refuse(sql):
        if table in sql.replace("(", " ").split():
            raise Down

    world.database.on_statement = refuse


async def test_codes_that_ended_by_themselves_are_wiped(world):
    await world.verification.opened(call())
    await world.verification.send(call(), connection(), PHONE, client_ip="203.0.113.7")
    world.clock.pass_(minutes=3)
    await world.codes.purge(world.clock())
    kept = await rows(world, "SELECT state, code_hash FROM sms_verification")
    assert [(row["state"], row["code_hash"]) for row in kept] == [("expired", None)]
    world.clock.pass_(hours=48)
    await world.codes.purge(world.clock())
    assert (await rows(world, "SELECT client_ip FROM sms_event WHERE kind = 'send'"))[0]["client_ip"] is None


async def test_two_processes_share_the_limits(world, database_url):
    """Each with its own pool and no lock in common."""
    from app.store import open_database

    from .given import World

    other_database = open_database(database_url)
    try:
        other = World(other_database)
        asked = [
            (one if n % 2 else two).sends(call(f"u{n}")) for n, (one, two) in enumerate([(world, other)] * 12)
        ]
        answers = await asyncio.gather(*asked)
        assert sum(isinstance(answer, CodeSent) for answer in answers) == 1
        assert len(world.phone.texts) + len(other.phone.texts) == 1

        sent = next(answer for answer in answers if isinstance(answer, CodeSent))
        place = answers.index(sent)
        code = (world if world.phone.texts else other).phone.code
        checks = [
            (world, other)[n % 2].verification.check(call(f"u{place}"), sent.verification_id, code)
            for n in range(10)
        ]
        opened = await asyncio.gather(*checks)
        assert sum(isinstance(answer, CodeRight) for answer in opened) == 1
    finally:
        await other_database.close()


async def test_different_numbers_at_once_all_go_out(world, database_url):
    from app.store import open_database

    from .given import World

    other_database = open_database(database_url)
    try:
        other = World(other_database)
        answers = await asyncio.gather(
            *((world, other)[n % 2].sends(call(f"u{n}"), f"010{n:04d}5678") for n in range(24))
        )
        assert all(isinstance(answer, CodeSent) for answer in answers)
    finally:
        await other_database.close()
