"""The numbers of `policy.md`, and its pure rules."""

from datetime import timedelta
from enum import StrEnum

from commands.kernel.who import Customer, Guest, Member

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
AT_MOST = 5
"""Photos of one claim."""
STARTS_AT_ONCE = 20
START_EVERY = timedelta(minutes=3)
"""After the first twenty: one every three minutes, which is twenty an hour."""
TOKEN_LIFE = timedelta(minutes=5)
LINK_LIFE = timedelta(minutes=10)
UNFINISHED_LIFE = timedelta(hours=1)
UNUSED_LIFE = timedelta(hours=24)
ALIKE_BITS = 3
"""Of 64. With four bands of sixteen bits, three differing bits leave at least one band as it was: see the store."""
TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})


class Refusal(StrEnum):
    """Why a file was not taken. Each has a sentence in `texts/`."""

    TOO_LARGE = "too_large"
    NOT_ONE_FILE = "not_one_file"
    NOT_A_PHOTO = "not_a_photo"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"


def type_of(body: bytes) -> str | None:
    """By content, never by name. None: not one of ours."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:8] == b"ftyp" and body[8:12] in _HEIC_BRANDS:
        return "image/heic"
    return None


def owner_of(customer: Customer) -> str:
    """Names a customer for as long as their photos live, however well proven each time."""
    match customer:
        case Member(member_id=member_id):
            return f"member:{member_id}"
        case Guest(cellphone=cellphone):
            return f"guest:{cellphone}"
