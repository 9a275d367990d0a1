"""What the machine may draw: people, orders, wishes, troubles, settings, and the answers that people may get."""

from typing import Any

from hypothesis import strategies as st

MEMBERS = {"minji": "minji", "taeho": "taeho"}
GUEST, GUEST_PHONE = "guest", "010-0000-2001"
MANAGER = "manager"
CUSTOMERS = st.sampled_from([*MEMBERS, GUEST])
PEOPLE = st.sampled_from([*MEMBERS, GUEST, MANAGER])
"""The manager acts in minji's chat."""

ORDERS = {
    "20261120-0000101": "minji",  # two lines, three pieces, card and points
    "20261118-0000102": "minji",  # one line
    "20261031-0000105": "minji",  # shipped in part
    "20261116-0000309": "taeho",  # lines in two states
    "20261119-0000310": "taeho",  # by credit and points
    "20261117-0000314": "taeho",  # prepaid, three pieces
    "20261115-0000208": GUEST,
    "20261118-0000211": "yujin",  # who never comes
}
WISHES = st.sampled_from(["whole", "a piece", "a line"])
ODD_WISHES = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([1, 2, -1, 0, 99])), max_size=3)
"""Pairs of (line number, quantity), also of lines that do not exist."""
NTH = st.sampled_from([0, 0, 0, 1, 2, 3])
"""Of a person's orders, the newest first; 0 is a new one."""
REASONS = st.sampled_from(["changeOfMind", "deliveryDelay", "other", "<b>{{ 7*7 }}</b>"])

FAULTS = st.sampled_from(["timeout_after_effect", "timeout_after_effect:closed", "503", "429", "500"])
PATHS = st.sampled_from(["POST /admin/", "GET /admin/orders", "GET /admin/", "/admin/"])
MALL_SETTINGS: dict[str, list[Any]] = {
    "claim_request_auto_accept": ["F", "T"],
    "refund_processing_setting": ["S", "D"],
    "stock_recover_base": [None, "M"],
    "refund_bank_account_required": ["F", "T"],
}
CHOICES: dict[str, dict[str, Any]] = {
    "completes": {"cancel": {"mode": "complete", "completeScope": ["N10", "N20", "N21", "N22"]}},
    "completes some": {"cancel": {"mode": "complete", "completeScope": ["N10"]}},
    "requests": {"cancel": {"mode": "request"}},
    "undo": {"cancel": {"undoMinutes": 5}},
    "no undo": {"cancel": {"undoMinutes": 0}},
}
HINDRANCES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "trial": ({"mode": "trial"}, {"mode": "live"}),
    "cancel off": ({"commands": {"cancel": False}}, {"commands": {"cancel": True}}),
}
MALL_HINDRANCES: dict[str, tuple[Any, Any]] = {
    "claim_request": ("F", "T"),
    "claim_request_button_exposure": (["cancel_N10"], ["cancel_N10", "cancel_N20"]),
}
HINDERS_FOR = 4
"""Steps; a shop that stays closed is a dull one."""
SHOP_ACTS = ["ship", "accept_request", "reject_request", "buyer_files", "buyer_files_part"]
REFUSED_FOR_GOOD = {"planStale", "planExpired", "notFound"}
REFUSALS = {
    *REFUSED_FOR_GOOD,
    "forbidden",
    "notIdentified",
    "commandOff",
    "tooLate",
    "invalidParams",
}
PREVIEW_REFUSALS = {"notFound", "invalidParams", "notIdentified", "commandOff"}
MAYBE = {"upstreamUnavailable"}
FINAL = {"done", "failed", "withdrawn"}
WITHOUT_KNOWING = {"outcome_unknown", "outcome_unclear"}
ACCOUNT = {"bankCode": "bank_04", "accountNumber": "110-222-333333", "holder": "김민지"}
