"""주소 검색: only where a search runs; a choice fills two fields, and whatever else was typed stays."""

from dataclasses import replace
from typing import Any

import pytest

from commands.address_change import SPEC
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Place, Unavailable
from commands.kernel.screen import Button, Field, Screen, Show
from commands.kernel.spec import Ask

from .facts import ORDER_ID
from .test_act import Outside, asked

TYPED = {
    "orderId": ORDER_ID,
    "receiverName": "김민지",
    "cellphone": "01000001001",
    "zipcode": "16489",
    "address1": "옛 주소",
    "address2": "101동 1001호",
    "message": "문 앞에",
}
PLACES = tuple(Place("06236", f"서울특별시 강남구 테헤란로 {n}") for n in (10, 12))


class Search:
    """A postcode search that does as it is told."""

    def __init__(self, answer: tuple[Place, ...] | Exception = PLACES) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def find(self, shop: Any, caller: Any, words: str) -> tuple[Place, ...]:
        self.asked.append(words)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def ask_with(search: Search | None) -> Ask:
    ask = asked(Outside())
    return replace(ask, ports=replace(ask.ports, postcodes=search))


async def shown(ask: Ask, screen: str, **given: Any) -> Screen:
    return await SPEC.screens[screen](ask, given)


def to(screen: Screen, label: str) -> Show:
    buttons = [*screen.buttons, *(b for card in screen.cards for b in card.buttons), screen.submit]
    (action,) = [b.action for b in buttons if isinstance(b, Button) and b.label == label]
    assert isinstance(action, Show)
    return action


def field(screen: Screen, name: str) -> Field:
    return next(f for f in screen.fields if f.name == name)


def values(screen: Screen) -> dict[str, str]:
    return {f.name: f.value for f in screen.fields}


async def test_without_a_search_nothing_is_offered_and_its_screen_is_the_form() -> None:
    ask = ask_with(None)
    form = await shown(ask, "form", **TYPED)
    assert "주소 검색" not in str(form)
    assert await shown(ask, "search", **TYPED, words="테헤란로") == form


async def test_a_choice_fills_two_fields_and_the_rest_stays() -> None:
    search = Search()
    ask = ask_with(search)
    form = await shown(ask, "form", **TYPED)
    go = to(form, "주소 검색")
    assert (go.screen, go.input) == ("search", TYPED)
    question = await shown(ask, go.screen, **go.input)
    assert search.asked == []
    go = to(question, "검색")
    found = await shown(ask, go.screen, **go.input, words="  테헤란로  ")
    assert search.asked == ["테헤란로"]
    choices = field(found, "place").choices
    assert [(c.label, c.note) for c in choices] == [(p.address1, p.zipcode) for p in PLACES]
    go = to(found, "이 주소로 적기")
    form = await shown(ask, go.screen, **go.input, place=choices[1].value)
    picked = {"zipcode": "06236", "address1": "서울특별시 강남구 테헤란로 12"}
    assert values(form) == {k: v for k, v in (TYPED | picked).items() if k != "orderId"}
    assert "picked" not in to(form, "다음").input
    assert to(form, "주소 검색").input == TYPED | picked


@pytest.mark.parametrize("label", ["직접 적기", "다시 검색"])
async def test_a_choice_that_was_touched_but_not_taken_changes_nothing(label: str) -> None:
    """A button sends what its form holds: here a place that was only touched."""
    ask = ask_with(Search())
    found = await shown(ask, "search", **TYPED, words="테헤란로")
    go = to(found, label)
    here = await shown(ask, go.screen, **go.input, place="06236 서울특별시 강남구 테헤란로 10")
    form = here if go.screen == "form" else await shown(ask, "form", **to(here, "직접 적기").input)
    assert values(form)["address1"] == "옛 주소"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((), "찾는 주소가 없어요."),
        (Unavailable(), "지금은 주소를 검색할 수 없어요."),
        (Failure(FailureType.TOO_MANY), "너무 많이 검색했어요."),
    ],
)
async def test_a_search_that_finds_nothing_leaves_the_way_by_hand(answer: Any, told: str) -> None:
    screen = await shown(ask_with(Search(answer)), "search", **TYPED, words="없는로")
    assert told in screen.notices[0].text
    assert field(screen, "words").value == "없는로"
    assert to(screen, "직접 적기").input == TYPED


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (" ", "적어 주세요."),
        ("가" * 81, "너무 길어요. 줄여서 적어 주세요."),
        ("테헤란로 🎁", "이모지나 특수한 문자는 쓸 수 없어요."),
    ],
)
async def test_words_that_are_none_are_put_right_first(words: str, error: str) -> None:
    search = Search()
    screen = await shown(ask_with(search), "search", **TYPED, words=words)
    assert field(screen, "words").error == error
    assert search.asked == []


async def test_what_breaks_otherwise_is_not_hidden() -> None:
    with pytest.raises(Failure):
        await shown(ask_with(Search(Failure(FailureType.FORBIDDEN))), "search", **TYPED, words="테헤란로")


@pytest.mark.parametrize("place", ["", "06236", None, "06236 "])
async def test_a_place_that_is_none_leaves_the_form_as_it_was(place: Any) -> None:
    form = await shown(ask_with(Search()), "form", **TYPED, place=place, picked=True)
    assert values(form)["zipcode"] == "16489"
