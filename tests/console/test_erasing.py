"""고객 데이터: one act of an admin, typed twice."""

import pytest

from commands.kernel.who import Customer, Guest, Member

from .world import CHANNEL, World

PAGE = "/console/erasing"


@pytest.mark.parametrize(
    ("kind", "typed", "customer"),
    [
        ("member", " minji ", Member("minji")),
        ("member", "user@k", Member("user@k")),
        ("guest", "010-1234-5678", Guest("+821012345678")),
        ("guest", "01012345678", Guest("+821012345678")),
        ("guest", "+82 10 1234 5678", Guest("+821012345678")),
    ],
)
async def test_whose_data(world: World, kind: str, typed: str, customer: Customer) -> None:
    await world.connected()
    browser = world.browser()
    await browser.enters("100")
    answer = await browser.sends_from(PAGE, PAGE, kind=kind, customer=typed, again=typed)
    assert "데이터를 삭제했습니다" in answer.text
    assert world.erased == [(CHANNEL, customer, "manager:100")]


@pytest.mark.parametrize(
    ("kind", "typed", "again", "words"),
    [
        ("member", "minji", "minj", "서로 다릅니다"),
        ("member", "minji", "", "서로 다릅니다"),
        ("member", "", "", "입력해 주세요"),
        ("member", "minji,sora", "minji,sora", "입력해 주세요"),
        ("guest", "02-123-4567", "02-123-4567", "입력해 주세요"),
        ("guest", "minji", "minji", "입력해 주세요"),
        ("guest", "010", "010", "입력해 주세요"),
        ("everybody", "minji", "minji", "입력해 주세요"),
    ],
)
async def test_nothing_is_deleted_by_mistake(
    world: World, kind: str, typed: str, again: str, words: str
) -> None:
    await world.connected()
    browser = world.browser()
    await browser.enters("100")
    answer = await browser.sends_from(PAGE, PAGE, kind=kind, customer=typed, again=again)
    assert answer.status_code == 422
    assert words in answer.text
    assert world.erased == []
