"""Managers by name, where Channel tells it and in time; where a manager lands; settings by their labels."""

import asyncio

import pytest

from app.console.finding_words import settings_in_words
from app.console.names import ManagerNames
from commands.kernel.who import ChannelId, Language

from .claims import claim
from .world import CHANNEL, NOW, Clock, World

OTHER = ChannelId("ch-other")


class Team:
    """Channel's answers. `late`: ids that it is asked about in vain."""

    def __init__(self, **names: str) -> None:
        self.names = names
        self.asked: list[tuple[str, str]] = []
        self.late: set[str] = set()

    async def __call__(self, channel_id: ChannelId, manager_id: str) -> tuple[str, str]:
        self.asked.append((channel_id, manager_id))
        if manager_id in self.late:
            await asyncio.sleep(60)
        return channel_id, self.names.get(manager_id, manager_id)


async def test_names_are_asked_for_once_in_ten_minutes() -> None:
    team, clock = Team(a="김지우"), Clock()
    names = ManagerNames(team, clock)
    for _ in range(3):
        assert await names.of(CHANNEL, ["manager:a", None, "system", "manager:a"]) == {"manager:a": "김지우"}
    assert team.asked == [(CHANNEL, "a")]
    team.names["a"] = "이지우"
    clock.passes(minutes=10)
    assert await names.of(CHANNEL, ["manager:a"]) == {"manager:a": "이지우"}


async def test_one_channel_never_reads_the_names_of_another() -> None:
    team = Team(a="김지우")
    names = ManagerNames(team, Clock())
    await names.of(CHANNEL, ["manager:a"])
    team.names["a"] = "박하나"
    assert await names.of(OTHER, ["manager:a"]) == {"manager:a": "박하나"}
    assert team.asked == [(CHANNEL, "a"), (OTHER, "a")]


async def test_only_managers_are_asked_after() -> None:
    team = Team()
    people = ["system", "deadline", "user:u1", "operator:op", "manager:operator:op", ""]
    assert await ManagerNames(team, Clock()).of(CHANNEL, people) == {}
    assert team.asked == []


async def test_whom_channel_does_not_know_stays_an_id_and_is_asked_after_again_a_minute_later() -> None:
    team, clock = Team(), Clock()
    names = ManagerNames(team, clock)
    for _ in range(2):
        assert await names.of(CHANNEL, ["manager:a"]) == {}
    assert len(team.asked) == 1
    team.names["a"] = "김지우"
    clock.passes(minutes=1)
    assert await names.of(CHANNEL, ["manager:a"]) == {"manager:a": "김지우"}


async def test_a_slow_channel_costs_its_names_not_the_page() -> None:
    team = Team(a="김지우", b="박하나")
    team.late = {"b"}
    names = ManagerNames(team, Clock())
    async with asyncio.timeout(5):
        assert await names.of(CHANNEL, ["manager:a", "manager:b"]) == {"manager:a": "김지우"}
        await names.of(CHANNEL, ["manager:b"])
    assert len(team.asked) == 2


async def test_a_page_asks_after_twenty_at_most() -> None:
    team = Team()
    await ManagerNames(team, Clock()).of(CHANNEL, [f"manager:{n}" for n in range(50)])
    assert len(team.asked) == 20


async def test_names_on_the_pages(world: World) -> None:
    world.named = {"100": "김<지우>", "200": "박하나"}
    await world.connected()
    decided = claim(1, CHANNEL, NOW, decided_by="manager:200", decided_at=NOW, message="사유")
    world.claims.put(CHANNEL, decided)
    await world.past("connection.start", "manager:100")
    browser = world.browser()
    page = (await browser.enters("100")).text
    assert '<p class="visitor">김&lt;지우&gt; 매니저</p>' in page
    assert "김<지우>" not in page
    assert page.count("김&lt;지우&gt; 매니저") == 2
    assert "박하나 매니저" in (await browser.opens("/console/claims?state=decided")).text
    audit = (await browser.opens("/console/audit")).text
    assert 'href="/console/audit?by=manager%3A100">김&lt;지우&gt; 매니저</a>' in audit
    assert "지금 관리자: 김&lt;지우&gt; (100)" in (await browser.opens("/console/settings")).text
    export = (await browser.opens("/console/audit.csv")).text
    assert '"manager:100","김<지우> 매니저"' in export


@pytest.mark.parametrize(("manager", "page"), [("100", "connection"), ("200", "claims")])
async def test_where_a_manager_lands(world: World, manager: str, page: str) -> None:
    await world.connected()
    browser = world.browser()
    token = await world.link(manager=manager)
    await browser.opens(f"/console/enter?token={token}")
    answer = await browser.presses("/console/enter")
    assert answer.headers["location"] == f"/console/{page}"
    assert (await browser.opens("/console")).headers["location"] == f"/console/{page}"


async def test_without_a_shop_everybody_lands_on_the_connection(world: World) -> None:
    browser = world.browser()
    await browser.enters("200")
    assert (await browser.opens("/console")).headers["location"] == "/console/connection"


def test_a_setting_that_a_link_names_is_not_named_twice() -> None:
    text = "반품 주소(exchangeReturn.returnAddress)가 비어 있고 cancel.mode는 그대로입니다."
    said = "반품 주소가 비어 있고 ‘취소 방식’은 그대로입니다."
    assert settings_in_words(text, Language.KO, "exchangeReturn.returnAddress") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("범위(cancel.completeScope)가 비어", "범위(‘바로 취소해도 되는 단계’)가 비어"),
        ("exchangeReturn.samePriceOnly를 끄세요", "‘가격이 같은 옵션으로만 교환’을 끄세요"),
        ("exchangeReturn.sellerFault는 그대로", "‘불량·오배송 신청’은 그대로"),
        ("orders.lookbackMonths을 늘려", "‘주문 조회 기간 (개월)’을 늘려"),
        ("wms.provider를 고르면", "‘물류 시스템’을 고르면"),
        ("wms.shopId가 없으면", "‘매장 번호’가 없으면"),
        ("cancel.modern과 admins", "cancel.modern과 admins"),
    ],
)
def test_settings_by_their_labels(text: str, said: str) -> None:
    assert settings_in_words(text, Language.KO) == said
