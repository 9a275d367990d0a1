"""What the machine of exchanges and returns may draw."""

from typing import Any

from hypothesis import strategies as st

from commands.kernel.who import Member

from .choices import MANAGER

CLAIMANTS = {"minji": "minji", "gaeun": "gaeun"}
CLAIMING = st.sampled_from([*CLAIMANTS, MANAGER])
"""The manager acts in minji's chat."""
OWNERS = {person: Member(member_id) for person, member_id in CLAIMANTS.items()}
DECIDERS = st.sampled_from(["mgr-jiwoo", "mgr-doyun"])
CLAIMABLE = {
    "20261116-0000103": "minji",  # two lines on their way, three pieces
    "20261111-0000104": "minji",  # one that has arrived, by easy pay
    "20261115-0000501": "gaeun",  # two lines that have arrived, three pieces
    "20261108-0000502": "gaeun",  # one line
    "20261108-0000213": "yujin",  # who never comes
}
KINDS = st.sampled_from(["return", "return", "exchange"])
FAULT_OF_MALL = {"defective": "K", "deliveryError": "J"}
LETTERS = {"changeOfMind": "A", "dissatisfied": "E", **FAULT_OF_MALL}
WHYS = st.sampled_from(["defective", "defective", "deliveryError", "changeOfMind", "dissatisfied"])
PHOTO_COUNTS = st.sampled_from([2, 2, 2, 1, 0])
VERDICTS = st.sampled_from(["approve", "approve", "reject", "reject otherwise"])
WORDS = {"reject": "사진으로는 확인하기 어려워요.", "reject otherwise": "사용하신 흔적이 보여요."}
FILES_AT_ONCE, FILES_LATER = (
    {"exchangeReturn": {"sellerFault": chosen}} for chosen in ("request", "pending")
)
CLAIM_CHOICES: dict[str, dict[str, Any]] = {
    "remind": {"exchangeReturn": {"atDeadline": "remind"}},
    "approve": {"exchangeReturn": {"atDeadline": "approve"}},
    "handOver": {"exchangeReturn": {"atDeadline": "handOver"}},
}
AT_FIRST: dict[str, Any] = {
    "exchangeReturn": {"autoPickupOff": True, "deadlineHours": 1, "returnAddress": "경기도 파주시 000"},
    "notify": {"groupId": "group-orders"},
}
CLAIM_HINDRANCES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "trial": ({"mode": "trial"}, {"mode": "live"}),
    "command off": ({"commands": {"exchangeReturn": False}}, {"commands": {"exchangeReturn": True}}),
    "at once": (FILES_AT_ONCE, FILES_LATER),
}
CLAIM_MALL_HINDRANCES: dict[str, tuple[Any, Any]] = {
    "claim_request": ("F", "T"),
    "claim_request_button_exposure": (
        ["return_N40"],
        ["return_N30", "return_N40", "exchange_N30", "exchange_N40"],
    ),
    "claim_request_auto_accept": ("T", "F"),
    "customer_pays_return_shipping": ("T", "F"),
}
BACK_OFFICE = ["accept_request", "accept_request", "reject_request", "collect", "complete", "deliver"]
STOREFRONT = ["buyer_files", "buyer_files_part"]
NOT_DECIDED = {"conflict", "notFound", "forbidden", "invalidParams", "notConnected"}
"""Answers to a decision that surely changed nothing."""
