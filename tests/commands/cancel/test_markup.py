"""Text that looks like markup or a template is text: on the screen, in the chat, and in the mall."""

from dataclasses import fields, replace
from typing import Any

import pytest

from app.channel.messages import message
from app.effects.endings import given_up, in_words
from app.ports import GivenUp, Intent
from app.wam.render import screen_html
from commands.cancel.calling import call_of
from commands.cancel.command import TEXTS, facts_of
from commands.cancel.receipt_view import receipt_view
from commands.cancel.rules import decide_cancellation
from commands.cancel.screens import choose_screen
from commands.cancel.wish import Wish
from commands.claiming import line_shapes
from commands.explain import WORDS
from commands.kernel.decision import Allowed
from commands.kernel.order import OrderId
from commands.kernel.plan import ReceiptState
from commands.kernel.ports import MallRefused
from commands.kernel.spec import Ask, Ports
from commands.kernel.who import Caller, CallerKind, Language, MallId
from commands.shapes import ReceiptShape

from .facts import FIRST, MALL, REQUEST, item, order
from .test_act import NOW, Mall, asked

UGLY = "<img src=x onerror=alert(1)> {{7*7}} {order.__class__} ${user} :smile: '\"&"
MARKUP = ("<img", "onerror=alert(1)>")


class Nothing:
    """No receipt is open, no picture is known."""

    async def open_receipts(self, _ask: object, _order_ids: object) -> dict[str, object]:
        return {}

    def known(self, _shop: object, _product_no: int) -> None:
        return None


def asking(of, *, manager: bool = False) -> Ask:
    ask = asked(Mall(of), REQUEST)
    kept = {field.name: getattr(ask.ports, field.name) for field in fields(Ports)}
    ports = Ports(**kept | {"effects": Nothing(), "pictures": Nothing()})
    caller = Caller(CallerKind.MANAGER, "m1") if manager else ask.caller
    return replace(ask, ports=ports, caller=caller)


def refused_by_the_mall(reader: CallerKind) -> dict[str, Any]:
    """The decision on a receipt, as `reader` gets it."""
    settled = given_up(GivenUp("j1", "mall", MallRefused(UGLY), may_have_acted=False), Language.KO, {})
    user = Caller(CallerKind.USER, "u1")
    intent = Intent(
        "r1",
        MallId("mall"),
        "p1",
        "j1",
        OrderId("20261118-0000012"),
        settled.state,
        user,
        NOW,
        decision=settled.decision,
        shown=settled.shown,
    )
    return dict(in_words(intent, reader) or {})


def safe(html: str) -> bool:
    return not any(piece in html for piece in MARKUP) and "&lt;img src=x onerror=alert(1)&gt;" in html


async def test_a_product_name_is_text_on_the_screen() -> None:
    of = order(item(product_name=UGLY, option_text=UGLY, quantity=2))
    html = screen_html(await choose_screen(asking(of), {"orderId": of.order_id, "text": UGLY}))
    assert safe(html)
    assert "{{7*7}}" in html


@pytest.mark.parametrize("manager", [False, True])
def test_the_malls_refusal_is_text_on_the_receipt(manager: bool) -> None:
    of = order(item(product_name=UGLY))
    decision = refused_by_the_mall(CallerKind.MANAGER if manager else CallerKind.USER)
    receipt = ReceiptShape(
        receipt_id="r1",
        state=ReceiptState.FAILED.value,
        order_id=of.order_id,
        items=line_shapes(of, {FIRST: 1}),
        by="user",
        at=NOW,
        decision=decision,
    )
    html = screen_html(receipt_view(asking(of, manager=manager), receipt))
    assert safe(html)
    assert (str(decision).count("onerror"), "카페24가 요청을 거절했습니다" in html) == (
        (2, True) if manager else (0, False)
    )


def test_the_malls_refusal_is_text_in_the_chat() -> None:
    reason = refused_by_the_mall(CallerKind.MANAGER)["findings"][0]["managerText"]
    assert "<img" in reason
    note = WORDS.say(Language.KO, "manager.effectFailed", order="20261118-0000012", reason=reason)
    sent = str(message(note, request_id="r1", bot_name="주문", private=True))
    assert "<img" not in sent
    assert "${" not in sent
    assert ":smile:" not in sent


def test_the_reason_reaches_the_mall_as_the_customer_wrote_it() -> None:
    of = order()
    wish = Wish(of.order_id, {FIRST: 1}, "other", UGLY, None, {FIRST: ("N20", 1)})
    ask = asking(of)
    decision = decide_cancellation(facts_of(ask, of, MALL, Wish.from_json(wish.to_json())))
    assert isinstance(decision, Allowed)
    call = call_of(ask, Wish.from_json(wish.to_json()), decision.plan)
    assert call.reason == f"{TEXTS.say(Language.KO, 'reason.other')}: {UGLY}"
