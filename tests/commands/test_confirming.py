"""The confirm that three commands share: what a press of the button shows when there is no receipt."""

import asyncio
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from commands.cancel.command import TEXTS
from commands.confirming import Before, confirmed, receipt_or_now
from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import Choices
from commands.kernel.plan import StalePlan
from commands.kernel.ports import Unavailable
from commands.kernel.screen import Screen, Show, Tone
from commands.kernel.spec import Ask, Ports
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop
from commands.shapes import DecisionShape, FindingShape, PreviewShape

BEFORE = Before(
    "20261120-0000001", "취소 확인", "취소할 수 없어요", Show("cancel", "preview", {}), "돌아가기"
)


class Plans:
    def __init__(self, seconds_left=1.0):
        self.seconds_left = seconds_left

    async def confirm(self, _ask, _token, _command):
        raise StalePlan({"orderId": BEFORE.order_id}, self.seconds_left)


def asking(effects=None) -> Ask:
    ports = Ports(**dict.fromkeys(field.name for field in fields(Ports)) | {"effects": effects})
    return Ask(
        shop=Shop(MallId("mall"), 1, ChannelId("c1"), name="가게"),
        customer=Member("sujin"),
        caller=Caller(CallerKind.USER, "u1"),
        language=Language.KO,
        now=datetime(2026, 11, 20, 3, tzinfo=UTC),
        choices=Choices(version=1),
        ports=ports,
    )


def previewed(*codes) -> PreviewShape:
    findings = [
        FindingShape(
            rule="C28",
            code=code,
            effect="blocks",
            layer="order",
            items=[],
            facts={},
            customer_text=f"손님에게 {code}",
            manager_text="",
            decisive=True,
        )
        for code in codes
    ]
    return PreviewShape(decision=DecisionShape(verdict="blocked", findings=findings))


async def stale(effects, preview_of) -> Failure:
    with pytest.raises(Failure) as caught:
        await confirmed(asking(effects), "token", "cancel", TEXTS, preview_of)
    assert caught.value.type is FailureType.PLAN_STALE
    return caught.value


async def test_a_stale_plan_carries_what_holds_now():
    async def preview_of(payload):
        assert payload == {"orderId": BEFORE.order_id}
        return previewed("period_over")

    failure = await stale(Plans(), preview_of)
    assert failure.message == "그사이 주문이 바뀌었어요. 지금 내용을 다시 확인해 주세요."
    assert failure.data["preview"]["decision"]["findings"][0]["code"] == "period_over"


async def test_an_open_receipt_is_named_instead():
    async def preview_of(_payload):
        return previewed("receipt_open")

    assert (await stale(Plans(), preview_of)).message == "손님에게 receipt_open"


@pytest.mark.parametrize("trouble", [Unavailable("no"), Failure(FailureType.NOT_FOUND), None])
async def test_what_cannot_be_previewed_in_time_is_left_out(trouble):
    async def preview_of(_payload):
        if trouble is None:
            await asyncio.sleep(5)
        raise trouble

    assert "preview" not in (await stale(Plans(seconds_left=0.01), preview_of)).data


async def shown(failure: Failure) -> tuple[Screen, list[PreviewShape | None]]:
    known = []

    async def pressed():
        raise failure

    async def preview_screen(preview):
        known.append(preview)
        return Screen("지금")

    def receipt(_ask, _done):
        raise AssertionError("there is none")

    return await receipt_or_now(asking(), BEFORE, pressed(), receipt, PreviewShape, preview_screen), known


async def test_a_stale_plan_leads_to_what_would_happen_now():
    made = previewed("period_over").model_dump(mode="json", by_alias=True, exclude_none=True)
    screen, known = await shown(Failure(FailureType.PLAN_STALE, "바뀌었어요", preview=made))
    assert screen.title == "지금"
    assert [notice.text for notice in screen.notices] == ["바뀌었어요"]
    assert known == [previewed("period_over")]


async def test_an_old_plan_is_previewed_anew():
    screen, known = await shown(Failure(FailureType.PLAN_EXPIRED, "시간이 지났어요"))
    assert (screen.title, known) == ("지금", [None])


async def test_a_mall_that_was_too_slow_to_tell_is_asked_by_a_button():
    screen, known = await shown(Failure(FailureType.PLAN_STALE, "바뀌었어요"))
    assert known == []
    assert screen.title == BEFORE.title
    assert [button.label for button in screen.buttons] == ["다시 확인하기", "주문 목록 보기"]
    assert screen.buttons[0].action == BEFORE.back


async def test_a_shop_on_trial_names_a_person_and_the_way_back():
    screen, _known = await shown(Failure(FailureType.FORBIDDEN, "시험 운영 중"))
    assert (screen.title, screen.lead) == (BEFORE.refused, BEFORE.order_id)
    assert [(n.text, n.tone) for n in screen.notices] == [("시험 운영 중", Tone.WARNING)]
    assert [b.label for b in screen.buttons] == ["상담원에게 문의하기", "돌아가기", "주문 목록 보기"]


async def test_any_other_failure_is_not_ours():
    with pytest.raises(Failure, match="nobody"):
        await shown(Failure(FailureType.NOT_FOUND, "nobody"))


async def test_a_receipt_is_shown():
    async def pressed():
        return "영수증"

    async def preview_screen(_preview):
        raise AssertionError("not asked for")

    def receipt(_ask, done):
        return Screen(done)

    screen = await receipt_or_now(asking(), BEFORE, pressed(), receipt, PreviewShape, preview_screen)
    assert screen.title == "영수증"
