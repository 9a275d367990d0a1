"""`/교환반품` on a phone, step by step: each form leads to what is still missing, and at last to one button."""

from dataclasses import replace
from typing import Any

import pytest

from commands.exchange_return import SPEC
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.screen import Button, Screen, Show
from commands.kernel.spec import Ask
from commands.kernel.who import Caller, CallerKind

from .world import (
    AT_ONCE,
    CHOICES,
    FIRST,
    MALL,
    NOW,
    ORDER,
    SECOND,
    TWO,
    Mall,
    asking,
    item,
    order,
    under,
)


class Phone:
    """A customer who looks at one screen after another."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.screen = Screen("")
        self.sent: dict[str, Any] = {}

    async def opens(self, name: str, **given: Any) -> Screen:
        self.sent = given
        self.screen = await SPEC.screens[name](self.ask, given)
        return self.screen

    async def submits(self, **fields: Any) -> Screen:
        assert self.screen.submit is not None
        asked = {field.name for field in self.screen.fields}
        assert set(fields) <= asked, asked
        defaults = {f.name: f.value for f in self.screen.fields if not f.off}
        return await self._goes(self.screen.submit, defaults | fields)

    async def presses(self, label: str) -> Screen:
        shown = [*self.screen.buttons, *(b for card in self.screen.cards for b in card.buttons)]
        return await self._goes(next(b for b in shown if b.label == label), {})

    async def _goes(self, button: Button, fields: dict[str, Any]) -> Screen:
        assert isinstance(button.action, Show)
        assert button.action.command == "exchangeReturn"
        return await self.opens(button.action.screen, **{**button.action.input, **fields})

    @property
    def labels(self) -> list[str]:
        return [b.label for b in self.screen.buttons]

    @property
    def words(self) -> str:
        return repr(self.screen)


@pytest.fixture
def mall() -> Mall:
    return Mall(order())


@pytest.fixture
def phone(mall: Mall) -> Phone:
    return Phone(asking(mall))


async def test_a_return_takes_a_reason_and_a_way_back(mall: Mall, phone: Phone) -> None:
    await phone.opens("list")
    await phone.presses("반품하기")
    assert [f.name for f in phone.screen.fields] == ["reason", "text"], (
        "an order of one piece leaves no choice"
    )
    await phone.submits(reason="changeOfMind", text="안 어울려요")
    assert [c.value for c in phone.screen.fields[0].choices] == ["same", "other", "self"]
    assert "010-1234-5678" not in phone.words
    await phone.submits(way="same")
    assert "반품 신청하기" in phone.labels
    assert "3,000원" in phone.words
    assert mall.drafts[-1].payload["pickup"]["receiver_name"] == "김민지"
    assert mall.drafts[-1].payload["reasonText"] == "안 어울려요"


async def test_a_defect_asks_for_photos_first(mall: Mall, phone: Phone) -> None:
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits(reason="defective")
    (field,) = phone.screen.fields
    assert (field.kind, field.upload.function) == ("photos", "evidence.start")
    assert field.upload.params == {"orderId": ORDER, "kind": "return"}
    assert not field.error
    await phone.submits(photos="")
    assert phone.screen.fields[0].error
    await phone.submits(photos="photo1,photo2")
    await phone.submits(way="same")
    assert "반품 확인 요청하기" in phone.labels
    assert "판매자가 부담해요" in phone.words
    assert mall.drafts[-1].payload["photos"] == ["photo1", "photo2"]


async def test_photos_that_are_gone_are_asked_for_again(phone: Phone) -> None:
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits(reason="defective")
    await phone.submits(photos="photo9")
    assert phone.screen.fields[0].kind == "photos"
    assert phone.screen.fields[0].value == ""


async def test_an_exchange_shows_options_and_takes_one(mall: Mall, phone: Phone) -> None:
    await phone.opens("list")
    await phone.presses("교환하기")
    await phone.submits(reason="dissatisfied")
    offered = {choice.value for choice in phone.screen.fields[0].choices}
    assert offered == {"", "P1M", "P1L", "P1X"}
    assert "품절" in phone.words
    assert "+2,000원" in phone.words
    await phone.submits()
    assert phone.screen.fields[0].error
    await phone.submits(**{f"v.{FIRST}": "P1L"})
    await phone.submits(way="same")
    assert "교환 신청하기" in phone.labels
    assert mall.drafts[-1].payload["targets"] == {FIRST: ["P1L", 1]}
    await phone.presses("다시 고르기")
    assert phone.screen.fields[0].name == "reason"


async def test_an_option_of_another_price_goes_to_a_person(phone: Phone) -> None:
    await phone.opens("choose", orderId=ORDER, kind="exchange")
    await phone.submits()
    await phone.submits(**{f"v.{FIRST}": "P1X"})
    assert "상담원에게 문의하기" in phone.labels
    assert "가격이 다른 옵션" in phone.words


async def test_an_option_that_sold_out_meanwhile_leads_back_to_the_options(mall: Mall, phone: Phone) -> None:
    await phone.opens("choose", orderId=ORDER, kind="exchange")
    await phone.submits()
    mall.variants_now = tuple(
        replace(v, stock=0) if v.variant_code == "P1L" else v for v in mall.variants_now
    )
    await phone.submits(**{f"v.{FIRST}": "P1L"})
    assert "지금 재고가 없어요" in phone.words
    assert phone.screen.fields[0].name == f"v.{FIRST}"


async def test_another_address_is_checked_and_never_carried_past_the_preview(
    mall: Mall, phone: Phone
) -> None:
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits()
    await phone.submits(way="other")
    assert not any(field.error for field in phone.screen.fields)
    elsewhere = {
        "receiver": "이수진",
        "cellphone": "010-9876-5432",
        "zipcode": "0452",
        "address1": "서울 중구 세종대로 110",
        "address2": "",
    }
    await phone.submits(**elsewhere)
    assert [f.name for f in phone.screen.fields if f.error] == ["zipcode"]
    await phone.submits(zipcode="04524")
    confirm = next(b for b in phone.screen.buttons if b.style == "primary").action
    assert isinstance(confirm, Show)
    assert not {"receiver", "cellphone", "zipcode", "address1"} & set(confirm.input)
    assert mall.drafts[-1].payload["pickup"]["zipcode"] == "04524"


async def test_sending_it_oneself_shows_where_to(mall: Mall, phone: Phone) -> None:
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits()
    await phone.submits(way="self")
    assert CHOICES.return_address in phone.words
    await phone.submits(tracking="가나다")
    assert phone.screen.fields[1].error
    await phone.submits(courier="우체국택배", tracking="60123456")
    assert "반품 신청하기" in phone.labels
    assert mall.drafts[-1].payload["selfSend"] == {"courier": "우체국택배", "tracking_number": "60123456"}


async def test_without_a_return_address_nobody_is_offered_to_send_it(mall: Mall) -> None:
    phone = Phone(asking(mall, replace(CHOICES, return_address=None)))
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits()
    assert [c.value for c in phone.screen.fields[0].choices] == ["same", "other"]


async def test_nothing_chosen_leads_back(mall: Mall, phone: Phone) -> None:
    mall.order = TWO
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits()
    assert "하나 이상" in phone.words
    await phone.submits(**{f"q.{SECOND}": "2"})
    await phone.submits(way="same")
    assert mall.drafts[-1].payload["lines"] == {SECOND: 2}


async def test_a_refund_account_is_asked_for_and_a_wrong_one_comes_back(mall: Mall, phone: Phone) -> None:
    mall.rules_now = replace(MALL, refund_account_required=True)
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits()
    await phone.submits(way="same")
    await phone.submits(bank="", account="12", holder="김민지")
    assert {f.name for f in phone.screen.fields if f.error} == {"bank", "account"}
    await phone.submits(bank="bank_04", account="12345678")
    assert "국민은행 12345678 (김민지)" in phone.words
    assert mall.drafts[-1].payload["account"] == ["bank_04", "12345678", "김민지"]


async def test_only_what_is_possible_is_offered(mall: Mall, phone: Phone) -> None:
    mall.order = order(item(status="N20"))
    await phone.opens("list")
    assert [b.label for b in phone.screen.cards[0].buttons] == ["교환하기"]
    await phone.opens("kind", orderId=ORDER)
    assert "교환할 상품과 사유" in phone.screen.title
    mall.order = under(order(), "N50")
    await phone.opens("kind", orderId=ORDER)
    assert "상담원에게 문의하기" in phone.labels


async def test_a_manager_sees_the_odd_things_and_no_button_to_talk(mall: Mall) -> None:
    mall.order = order(item(delivered_at=NOW.replace(day=1)))
    ask = replace(asking(mall), caller=Caller(CallerKind.MANAGER, "m1"))
    phone = Phone(ask)
    await phone.opens("choose", orderId=ORDER, kind="return")
    await phone.submits()
    await phone.submits(way="same")
    assert "배송완료 후 19일" in phone.words
    assert "상담원에게 문의하기" not in phone.labels


def receipt(state: ReceiptState, **more: Any) -> Receipt:
    line = {"orderItemCode": FIRST, "productName": "린넨 셔츠", "optionText": "M", "quantity": 1}
    shown = {"kind": "return", "items": [line], "reason": {"type": "defective"}, "photos": ["photo1"]}
    return Receipt("r1", "exchangeReturn", state, ORDER, shown | more.pop("shown", {}), "user", NOW, **more)


class Effects:
    def __init__(self, kept: Receipt) -> None:
        self.kept = kept

    async def receipt(self, _ask: Ask, _id: str) -> Receipt:
        return self.kept

    async def withdraw(self, _ask: Ask, pending_id: str) -> Receipt:
        assert pending_id == self.kept.receipt_id
        self.kept = replace(self.kept, state=ReceiptState.WITHDRAWN)
        return self.kept

    async def confirm(self, _ask: Ask, _token: str, _command: str) -> Receipt:
        return self.kept


def looking_at(kept: Receipt) -> Phone:
    ask = asking(Mall(order()), AT_ONCE)
    return Phone(replace(ask, ports=replace(ask.ports, effects=Effects(kept))))  # type: ignore[arg-type]


async def test_a_claim_that_waits_can_be_withdrawn() -> None:
    phone = looking_at(receipt(ReceiptState.PENDING))
    await phone.opens("confirm", planToken="t")
    assert "기다리고 있어요" in phone.screen.title
    await phone.presses("반품 신청 거두기")
    assert "거두었어요" in phone.screen.title
    assert "반품 신청 거두기" not in phone.labels


@pytest.mark.parametrize("state", list(ReceiptState))
async def test_every_state_of_a_receipt_has_its_words(state: ReceiptState) -> None:
    phone = looking_at(receipt(state))
    await phone.opens("receipt", receiptId="r1")
    assert phone.screen.title
    assert phone.screen.notices


async def test_where_to_send_it_is_told_once_the_shop_has_the_request() -> None:
    sends = {"selfSend": {"courier": None, "trackingNumber": None}}
    waits = looking_at(receipt(ReceiptState.PENDING, shown=sends))
    await waits.opens("receipt", receiptId="r1")
    assert CHOICES.return_address not in waits.words
    filed = looking_at(receipt(ReceiptState.REQUESTED, shown=sends))
    await filed.opens("receipt", receiptId="r1")
    assert CHOICES.return_address in filed.words


async def test_an_unclear_end_never_says_that_the_order_is_unchanged() -> None:
    finding = {"code": "outcome_unclear", "decisive": True, "customerText": "확인하고 알려 드릴게요."}
    phone = looking_at(receipt(ReceiptState.FAILED, decision={"findings": [finding]}))
    await phone.opens("receipt", receiptId="r1")
    assert "그대로예요" not in phone.words
    assert "확인하고 있어요" in phone.screen.title
