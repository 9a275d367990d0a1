"""The page 승인 대기: what a card tells, who decided first, alike cases together, ten thousand at once."""

import asyncio
import re
from datetime import timedelta

import pytest

from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import ReceiptState
from commands.kernel.ports import Unavailable

from .claims import claim
from .world import CHANNEL, NOW, Browser, World

PAGE, DECIDE, BATCH = "/console/claims", "/console/claims/decide", "/console/claims/batch"
ONE, TWO = "019300000001", "019300000002"
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


async def manager(world: World, who: str = "200", **how: str) -> Browser:
    if await world.store.connections.of_channel(CHANNEL) is None:
        await world.connected()
    browser = world.browser()
    await browser.enters(who, **how)
    return browser


async def test_a_card_tells_what_a_manager_needs(world: World) -> None:
    shown = {
        "evidence": [
            {"ref": "p1", "takenAt": "2026-11-19T09:12:00+09:00", "usedBefore": False},
            {"ref": "p2", "takenAt": None, "usedBefore": True},
        ],
        "exchangeFor": [{"variantCode": "P0001", "optionText": "화이트 / XL", "quantity": 1}],
        "shippingFee": "5000",
    }
    at = NOW - timedelta(hours=5)
    world.claims.put(
        CHANNEL, claim(1, CHANNEL, at, kind="exchange:defective", photos=("p1", "p2"), shown=shown)
    )
    page = (await (await manager(world)).opens(PAGE)).text
    for words in (
        "교환 · 불량",
        "20261118-0000001",
        "minji",
        "5시간 전 접수",
        "기한까지 43시간",
        "오가닉 코튼 셔츠",
        "화이트 / L · 2개",
        "소매 안쪽이 10cm 정도 찢어져 있어요.",
        "쇼핑몰 부담",
        "5,000원",
        "화이트 / XL · 1개",
        "촬영 2026년 11월 19일 09:12",
        "촬영 시각 없음",
        "다른 주문의 사진과 비슷함",
        "서울특별시 마포구",
    ):
        assert words in page, words
    assert "양화로" not in page  # a queue needs no whole address
    assert f'src="/photos/{CHANNEL}/p1?small"' in page


async def test_what_nobody_expected_is_no_crash(world: World) -> None:
    odd = {
        "items": "none",
        "reason": "x",
        "evidence": [1],
        "exchangeFor": {},
        "pickup": 3,
        "shippingPayer": None,
    }
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW, kind="swap:new", due_at=None, photos=("p",), shown=odd))
    page = await (await manager(world)).opens(PAGE)
    assert page.status_code == 200
    assert "swap · new" in page.text


async def test_words_of_customers_are_text(world: World) -> None:
    shown = {
        "items": [{"productName": HOSTILE, "optionText": HOSTILE, "quantity": HOSTILE}],
        "reason": {"type": HOSTILE, "text": HOSTILE},
        "shippingPayer": HOSTILE,
        "selfSend": {"courier": HOSTILE, "trackingNumber": HOSTILE},
    }
    hostile = claim(1, CHANNEL, NOW, kind=HOSTILE, customer_label=HOSTILE, photos=(HOSTILE,), shown=shown)
    ended = claim(2, CHANNEL, NOW, decided_by=f"manager:{HOSTILE}", decided_at=NOW, message=HOSTILE)
    world.claims.put(CHANNEL, hostile, ended)
    browser = await manager(world)
    for path in (PAGE, f"{PAGE}?state=decided", f"{PAGE}?kind={HOSTILE}&cursor={HOSTILE}&age=9"):
        page = (await browser.opens(path)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


async def test_approving_and_rejecting(world: World) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW), claim(2, CHANNEL, NOW))
    browser = await manager(world)
    answer = await browser.sends_from(PAGE, DECIDE, id=ONE, action="approve")
    assert answer.status_code == 200
    assert "카페24에 신청을 접수했습니다" in answer.text
    assert f'id="c-{ONE}"' not in answer.text
    answer = await browser.sends_from(PAGE, DECIDE, id=TWO, action="reject", message="  다시 찍어 주세요.  ")
    assert "거절했습니다" in answer.text
    assert world.claims.decides == [
        (ONE, "approve", "200", None),
        (TWO, "reject", "200", "다시 찍어 주세요."),
    ]
    decided = (await browser.opens(f"{PAGE}?state=decided")).text
    assert "매니저 200" in decided
    assert "다시 찍어 주세요." in decided


@pytest.mark.parametrize("words", ["", "   ", "\n\t"])
async def test_a_rejection_needs_words(world: World, words: str) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    browser = await manager(world)
    answer = await browser.sends_from(PAGE, DECIDE, id=ONE, action="reject", message=words, phrase="made-up")
    assert answer.status_code == 422
    assert "고객에게 전할 사유를 적어 주세요." in answer.text
    assert '<details class="reject" open>' in answer.text
    assert world.claims.decides == []


async def test_a_ready_phrase_without_our_script(world: World) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    browser = await manager(world)
    await browser.sends_from(PAGE, DECIDE, id=ONE, action="reject", message="", phrase="used")
    assert world.claims.decides[0][3] == "사용하신 흔적이 있어 반품·교환이 어렵습니다. 양해 부탁드립니다."


async def test_the_second_manager_sees_who_decided_and_when(world: World) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    first, second = await manager(world, "200"), await manager(world, "300")
    await second.opens(PAGE)
    await first.sends_from(PAGE, DECIDE, id=ONE, action="approve")
    csrf = second.hidden("/console/leave")["csrf"]
    answer = await second.sends(DECIDE, csrf=csrf, id=ONE, action="reject", message="안 됩니다.")
    assert answer.status_code == 409
    assert "이미 다른 사람이 처리했습니다: 매니저 200 · 2026년 11월 21일 14:03" in answer.text
    assert [decided[:3] for decided in world.claims.decides] == [(ONE, "approve", "200")]


async def test_two_at_once_and_a_double_click(world: World) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    browser = await manager(world)
    await browser.opens(PAGE)
    csrf = browser.hidden("/console/leave")["csrf"]
    both = [browser.sends(DECIDE, csrf=csrf, id=ONE, action="approve") for _ in range(2)]
    assert {answer.status_code for answer in await asyncio.gather(*both)} == {200}
    assert len(world.claims.decides) == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ReceiptState.DONE, "카페24에서 처리되었습니다"),
        (ReceiptState.CHECKING, "카페24의 응답을 확인하고 있으며"),
        (ReceiptState.FAILED, "카페24에 접수하지 못했습니다"),
    ],
)
async def test_what_became_of_an_approval(world: World, state: ReceiptState, words: str) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    world.claims.approved_as = state
    browser = await manager(world)
    assert words in (await browser.sends_from(PAGE, DECIDE, id=ONE, action="approve")).text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Unavailable(), "지금은 처리하지 못했습니다"),
        (Failure(FailureType.NOT_CONNECTED, "연결이 멈춰 있습니다."), "연결이 멈춰 있습니다."),
        (Failure(FailureType.CONFLICT), "지금은 처리하지 못했습니다"),
    ],
)
async def test_what_goes_wrong_is_said(world: World, error: Exception, words: str) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    world.claims.busy = error
    answer = await (await manager(world)).sends_from(PAGE, DECIDE, id=ONE, action="approve")
    assert answer.status_code == 409
    assert words in answer.text


async def test_an_act_that_is_none(world: World) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    browser = await manager(world)
    for action in ("", "delete"):
        answer = await browser.sends_from(PAGE, DECIDE, id=ONE, action=action)
        assert answer.status_code == 400
    assert world.claims.decides == []


# ── several at once ─────────────────────────────────────────────────────────────────────────────────────────
def picks(*ids: str) -> dict[str, str]:
    return {f"pick-{id_}": "1" for id_ in ids}


async def test_a_batch_of_one_kind_with_a_result_each(world: World) -> None:
    alike = [claim(n, CHANNEL, NOW) for n in range(1, 4)]
    world.claims.put(CHANNEL, *alike)
    browser, other = await manager(world, "200"), await manager(world, "300")
    await browser.opens(PAGE)
    await other.sends_from(PAGE, DECIDE, id=TWO, action="reject", message="안 됩니다.")
    csrf = browser.hidden("/console/leave")["csrf"]
    answer = await browser.sends(BATCH, csrf=csrf, **picks(*(c.id for c in alike)), **{"pick-gone": "1"})
    assert answer.status_code == 200
    assert answer.text.count("카페24에 신청을 접수했습니다") == 2
    assert "이미 다른 사람이 처리했습니다: 매니저 300" in answer.text
    assert "이 신청을 찾지 못했습니다" in answer.text
    assert [d[1] for d in world.claims.decides] == ["reject", "approve", "approve"]


@pytest.mark.parametrize(
    ("_case", "ids", "words"),
    [
        ("nothing", [], "하나 이상 골라 주세요"),
        ("unlike", [ONE, TWO], "같은 종류의 신청만"),
        ("too many", [f"0193{n:08x}" for n in range(31)], "30건까지"),
    ],
)
async def test_a_batch_that_is_none(world: World, _case: str, ids: list[str], words: str) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW), claim(2, CHANNEL, NOW, kind="exchange:defective"))
    answer = await (await manager(world)).sends_from(PAGE, BATCH, **picks(*ids))
    assert answer.status_code == 422
    assert words in answer.text
    assert world.claims.decides == []


async def test_deciding_without_end_is_slowed(world: World) -> None:
    browser = await manager(world)
    await browser.opens(PAGE)
    csrf = browser.hidden("/console/leave")["csrf"]
    codes = [
        (await browser.sends(DECIDE, csrf=csrf, id=ONE, action="approve")).status_code for _ in range(61)
    ]
    assert codes[-1] == 429
    world.clock.passes(minutes=1)
    assert (await browser.sends(DECIDE, csrf=csrf, id=ONE, action="approve")).status_code == 409


# ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────
async def test_an_empty_queue_says_so(world: World) -> None:
    browser = await manager(world)
    assert "승인을 기다리는 신청이 없습니다." in (await browser.opens(PAGE)).text
    assert "조건에 맞는 신청이 없습니다." in (await browser.opens(f"{PAGE}?kind=return:defective")).text
    assert "아직 처리한 신청이 없습니다." in (await browser.opens(f"{PAGE}?state=decided")).text


async def test_filters(world: World) -> None:
    world.claims.put(
        CHANNEL,
        claim(1, CHANNEL, NOW - timedelta(days=8)),
        claim(2, CHANNEL, NOW - timedelta(hours=25), kind="exchange:deliveryError"),
        claim(3, CHANNEL, NOW - timedelta(hours=23)),
    )
    browser = await manager(world)
    for query, wanted in (
        ("", [1, 2, 3]),
        ("?age=1", [1, 2]),
        ("?age=7", [1]),
        ("?kind=exchange:deliveryError", [2]),
        ("?kind=return:defective&age=2", [1]),
        ("?age=1000", [1, 2, 3]),
    ):
        page = (await browser.opens(PAGE + query)).text
        assert re.findall(r'id="c-0193(\w{8})"', page) == [f"{n:08x}" for n in wanted], query


async def test_ten_thousand_claims_page_by_page(world: World) -> None:
    world.claims.put(CHANNEL, *(claim(n, CHANNEL, NOW - timedelta(minutes=n)) for n in range(10_000)))
    browser = await manager(world)
    page = (await browser.opens(PAGE)).text
    assert page.count("data-claim") == 30
    assert '<span class="count">10000</span>' in page
    following = re.search(r'href="(/console/claims\?cursor=[^"]+)" rel="next"', page)
    assert following
    second = (await browser.opens(following[1])).text
    assert second.count("data-claim") == 30
    assert not set(re.findall(r'id="c-(\w+)"', page)) & set(re.findall(r'id="c-(\w+)"', second))


async def test_a_decision_stays_on_its_page(world: World) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW), claim(2, CHANNEL, NOW, kind="exchange:defective"))
    browser = await manager(world)
    answer = await browser.sends_from(
        f"{PAGE}?kind=return:defective", DECIDE, id=ONE, action="approve", kind="return:defective"
    )
    assert TWO not in answer.text
    assert "조건에 맞는 신청이 없습니다." in answer.text


async def test_english(world: World) -> None:
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    page = (await (await manager(world, language="en")).opens(PAGE)).text
    assert "Return · Defective" in page
    assert not re.search(
        r"[가-힣]",
        re.sub(r"오가닉 코튼 셔츠|화이트|서울특별시 마포구|소매 안쪽이 10cm 정도 찢어져 있어요\.", "", page),
    )
