"""Korean mobile numbers: what we accept, how we show it. Only +82 10 and eight digits is ever sent to.

`phonenumbers` is lenient (letters, extensions, carrier prefixes, numbers that are too short), so the characters
are checked before it and our own pattern after it.
"""

import re
import unicodedata

import phonenumbers

LONGEST_INPUT = 32
_SEPARATORS = re.compile(r"[ \t\-\u2010-\u2014\u2212\u30fc.()]")
# 0082 and a bare 82 are how people copy numbers; phonenumbers would read `082` as a carrier code and drop it
_TYPED = re.compile(r"(?:\+82|0082|82)?0?(10[0-9]{8})")
_SENT_TO = re.compile(r"\+8210[0-9]{8}")
_KOREA = 82


def normalise_kr_mobile(raw: object) -> str | None:
    """E.164, or None for everything that is not a Korean mobile number."""
    if not isinstance(raw, str) or len(raw) > LONGEST_INPUT:
        return None
    typed = _TYPED.fullmatch(_SEPARATORS.sub("", unicodedata.normalize("NFKC", raw).strip()))
    if typed is None:
        return None
    try:
        number = phonenumbers.parse(f"0{typed[1]}", "KR")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != _KOREA or number.extension or not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164 if _SENT_TO.fullmatch(e164) else None


def domestic(e164: str) -> str:
    return "0" + e164[3:]


def masked(e164: str) -> str:
    digits = domestic(e164)
    return f"{digits[:3]}****{digits[-4:]}"


def number_block(e164: str) -> str:
    """010-XXXX: ten thousand neighbouring numbers, watched together for SMS pumping."""
    return e164[:-4]
