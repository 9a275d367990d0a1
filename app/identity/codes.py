"""One-time codes: made, hashed with a key, and put into one short text message (SMS.md §3.3, §3.9)."""

import hmac
import re
import secrets
import unicodedata
from hashlib import sha256

DIGITS = 6
LONGEST_TEXT_BYTES = 80  # a standard SMS holds 90; carriers may put [Web발신] in front
_NO_NAME = "쇼핑몰"
_SPACES = re.compile(r"\s+")


def new_code(digits: int = DIGITS) -> str:
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def typed_code(raw: str, digits: int = DIGITS) -> str | None:
    """The digits that were typed or pasted (`123 456`, full width too), or None when it cannot be a code."""
    code = _SPACES.sub("", unicodedata.normalize("NFKC", raw[:64]))
    return code if re.fullmatch(f"[0-9]{{{digits}}}", code) else None


def otp_hash(key: bytes, verification_id: str, e164: str, code: str) -> str:
    """Keyed: a plain hash of six digits is reversed in milliseconds."""
    return hmac.new(key, f"v1|otp|{verification_id}|{e164}|{code}".encode(), sha256).hexdigest()


def phone_hash(key: bytes, e164: str) -> str:
    return hmac.new(key, f"v1|phone|{e164}".encode(), sha256).hexdigest()


def block_hash(key: bytes, block: str) -> str:
    return hmac.new(key, f"v1|block|{block}".encode(), sha256).hexdigest()


def same(one_hash: str, other_hash: str) -> bool:
    return hmac.compare_digest(one_hash, other_hash)


def sms_text(mall_name: str, code: str, limit: int = LONGEST_TEXT_BYTES) -> str:
    return named(mall_name, f" 인증번호 [{code}] 타인에게 알려주지 마세요.", limit)


def named(mall_name: str, tail: str, limit: int = LONGEST_TEXT_BYTES) -> str:
    """One standard SMS. A mall's name cannot forge a second line, a bracket, or the (광고) mark's brackets."""
    kept = "".join(letter for letter in _SPACES.sub(" ", mall_name) if _is_plain(letter))
    name = _SPACES.sub(" ", kept).strip() or _NO_NAME
    while len(f"[{name}]{tail}".encode("euc-kr")) > limit:
        name = name[:-1]
    return f"[{name.rstrip()}]{tail}"


def _is_plain(letter: str) -> bool:
    """EUC-KR spells it in two bytes at most; Python's codec writes rare syllables in eight."""
    if letter in "[]" or not letter.isprintable():
        return False
    try:
        return len(letter.encode("euc-kr")) <= 2
    except UnicodeEncodeError:
        return False
