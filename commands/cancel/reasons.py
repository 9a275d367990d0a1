"""The reasons a customer may give and the banks a refund may go to, as Cafe24 codes them (ORDERS.md §4.1, §7.15)."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "changeOfMind": "A",
    "deliveryDelay": "B",
    "dissatisfiedService": "G",
    "other": "I",
}

BANKS: Mapping[str, str] = {
    "bank_04": "국민은행",
    "bank_26": "신한은행",
    "bank_20": "우리은행",
    "bank_81": "하나은행",
    "bank_11": "농협은행",
    "bank_03": "기업은행",
    "bank_293": "카카오뱅크",
    "bank_292": "케이뱅크",
    "bank_23": "SC제일은행",
    "bank_53": "한국씨티은행",
    "bank_71": "우체국",
    "bank_85": "새마을금고",
    "bank_87": "신협",
    "bank_07": "수협은행",
    "bank_31": "대구은행",
    "bank_32": "부산은행",
    "bank_34": "광주은행",
    "bank_35": "제주은행",
    "bank_37": "전북은행",
    "bank_39": "경남은행",
}
