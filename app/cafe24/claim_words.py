"""What nobody documents about claims, in one place: letters, words that must not be empty, refusals by their text."""

import unicodedata
from collections.abc import Mapping
from typing import Final

from commands.kernel.ports import AUTO_PICKUP_ON

LONGEST_REASON: Final = 2000
LONGEST_COURIER: Final = 30
LONGEST_TRACKING_NUMBER: Final = 40

# A request without words is refused. The letters are those of the calls; lines keep others (ORDERS.md §4.6).
CANCEL_REASONS: Mapping[str, str] = {"A": "단순 변심", "B": "배송 지연", "G": "서비스 불만족", "I": "기타"}
RETURN_REASONS: Mapping[str, str] = {
    "A": "단순 변심",
    "E": "상품 불만족",
    "K": "상품 불량",
    "J": "오배송",
    "I": "기타",
}

# ASSUMPTION: a required part of an address must not be empty; a dash sends no courier astray.
NO_DETAIL_ADDRESS: Final = "-"

# ASSUMPTION: nobody has published how Cafe24 refuses while 택배사 수거신청 자동접수 is on (H23). Any of these words in
# its text names that reason; a refusal without them keeps no code.
REFUSALS: Mapping[str, tuple[str, ...]] = {
    AUTO_PICKUP_ON: ("수거신청 자동", "수거 자동", "자동 수거", "automatic pickup", "automatic collection"),
}


def refusal_code(message: str) -> str | None:
    """Our word for the mall's reason, where its text gives the reason away."""
    said = message.casefold()
    return next((code for code, words in REFUSALS.items() if any(word in said for word in words)), None)


def clean(text: str, most: int = LONGEST_REASON) -> str:
    """One line without control and other invisible characters, no longer than Cafe24 takes."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())[:most].rstrip()
