"""The orderer's name as a second question: five wrong answers a phone session, and right ones cost nothing."""

import asyncio

import pytest

from app.identity.orderer import TRIES, SessionNames
from commands.kernel.failures import Failure, FailureType

from .given import CHANNEL, call


@pytest.fixture
async def names(world):
    await world.identifies(call())
    return SessionNames(world.session_store)


async def says(names, given, who="u1"):
    return await names.is_right(who, CHANNEL, given=given, actual="김 민지")


async def refused(names, given="김민지"):
    with pytest.raises(Failure) as caught:
        await says(names, given)
    return caught.value.type


async def test_a_right_name_may_be_given_for_every_preview(names):
    for _ in range(TRIES * 2):
        assert await says(names, "김민지")
    assert not await says(names, "이수진")


async def test_five_wrong_names_end_it_even_for_the_right_one(names):
    for _ in range(TRIES):
        assert not await says(names, "이수진")
    assert await refused(names) is FailureType.TOO_MANY


async def test_guesses_at_once_share_no_try(names):
    answers = await asyncio.gather(*(says(names, "이수진") for _ in range(12)), return_exceptions=True)
    assert [answer for answer in answers if answer is False] == [False] * TRIES
    assert await refused(names) is FailureType.TOO_MANY


async def test_nobody_without_a_phone_session_may_guess(names):
    with pytest.raises(Failure):
        await says(names, "김민지", who="u2")
