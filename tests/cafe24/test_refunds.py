"""Which payment methods give the money back by themselves (H38–H40), read off an order as Cafe24 writes it."""

import pytest

from app.cafe24 import codes
from app.cafe24.wire import Order
from commands.kernel.order import RefundWay

GATEWAY, AUTOMATIC = RefundWay.AUTOMATIC_GATEWAY, RefundWay.AUTOMATIC
BY_HAND, UNKNOWN = RefundWay.BY_HAND, RefundWay.UNRECOGNISED
DOCUMENTED = {
    "cash", "card", "cell", "tcash", "icash", "prepaid", "credit", "point", "pointfy", "cvs", "cod", "coupon",
    "market_discount", "giftcard", "pointcard", "etc",
}  # fmt: skip


def paid_by(*methods, market="self", **more):
    return Order.model_validate({"market_id": market, "payment_method": list(methods), **more})


def ways(*methods, **more):
    return dict(codes.payment(paid_by(*methods, **more)).ways)


@pytest.mark.parametrize(
    ("_case", "method", "way", "letter"),
    [
        ("H38 카드", "card", GATEWAY, "F"),
        ("H38 예치금", "credit", AUTOMATIC, "D"),
        ("H38 적립금", "point", AUTOMATIC, "M"),
        ("H38 쿠폰", "coupon", AUTOMATIC, ""),
        ("H39 무통장입금", "cash", BY_HAND, "T"),
        ("H39 가상계좌", "icash", BY_HAND, "T"),
        ("H40 실시간 계좌이체", "tcash", BY_HAND, "G"),
        ("H40 휴대폰", "cell", BY_HAND, "C"),
        ("H40 선불금", "prepaid", BY_HAND, "O"),
        ("H40 편의점", "cvs", BY_HAND, "V"),
        ("H40 제휴상품권", "giftcard", BY_HAND, "J"),
        ("H40 제휴포인트", "pointcard", BY_HAND, "K"),
        ("H40 후불", "cod", BY_HAND, "Z"),
        ("H40 통합 적립금", "pointfy", BY_HAND, "I"),
        ("H40 마켓 할인", "market_discount", BY_HAND, "I"),
        ("H40 기타", "etc", BY_HAND, "I"),
        ("H40 모르는 수단", "crypto", UNKNOWN, None),
        ("H40 다른 표기", "Card", UNKNOWN, None),
    ],
)
def test_one_method(_case, method, way, letter):
    assert ways(method) == {method: way}
    known = codes.REFUNDS.get(method)
    assert (known.letter if known else None) == letter


def test_every_documented_method_has_a_row():
    assert codes.REFUNDS.keys() == DOCUMENTED


@pytest.mark.parametrize(
    ("_case", "methods", "more", "wanted"),
    [
        ("H38 토스페이", ["card"], {"easypay_name": "토스페이"}, [GATEWAY]),
        ("H38 간편결제 계좌", ["tcash"], {"easypay_name": "토스페이"}, [GATEWAY]),
        ("H38 간편결제 머니", ["prepaid", "point"], {"easypay_name": "페이코"}, [GATEWAY, AUTOMATIC]),
        (
            "H38 네이버페이를 PG로",
            ["card"],
            {"easypay_name": "네이버페이", "naverpay_payment_information": "P"},
            [GATEWAY],
        ),
        (
            "네이버가 정산하는 결제",
            ["card", "point"],
            {"easypay_name": "네이버페이", "naverpay_payment_information": "N"},
            [BY_HAND, AUTOMATIC],
        ),
        ("간편결제라도 휴대폰은 손으로", ["cell"], {"easypay_name": "페이코"}, [BY_HAND]),
        ("간편결제라도 무통장은 손으로", ["cash", "card"], {"easypay_name": "페이코"}, [BY_HAND, GATEWAY]),
        ("간편결제라도 모르는 수단은 모름", ["kakaopay"], {"easypay_name": "카카오페이"}, [UNKNOWN]),
        ("마켓 주문", ["card"], {"market": "coupang"}, [BY_HAND]),
        ("네이버페이 주문형", ["card"], {"order_place_id": "NCHECKOUT"}, [BY_HAND]),
        ("마켓을 모름", ["card"], {"market": ""}, [BY_HAND]),
        ("빈 결제 수단", [], {}, []),
        ("null", [None, "", "null"], {}, []),
    ],
)
def test_an_order(_case, methods, more, wanted):
    assert [way for _, way in codes.payment(paid_by(*methods, **more)).ways] == wanted


@pytest.mark.parametrize("name", ["카카오페이", "카카오 페이", "KakaoPay"])
def test_kakaopay_follows_its_one_flag(name):
    wanted = GATEWAY if codes.KAKAO_PAY_AS_CARD else BY_HAND
    assert ways("card", easypay_name=name) == {"card": wanted}


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"transaction_ids": ["T1"]}, 1),
        ({"transaction_ids": ["T1", "T2"]}, 2),
        ({"transaction_ids": ["T1", "T1"]}, 1),
        ({"transaction_ids": "T1,T2"}, 2),
        ({"transaction_ids": []}, 0),
        ({"transaction_ids": ""}, 0),
        ({"transaction_ids": None}, None),
        ({"transaction_ids": {"a": 1}}, None),
        ({}, None),
    ],
)
def test_distinct_transactions_are_the_payments(given, count):
    assert codes.payment(paid_by("card", **given)).transactions == count
