"""A Korean address as people type it: tidied, checked member by member, and as the `Address` that rules see."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers

from commands.kernel.address import Address
from commands.kernel.ports import Place
from commands.shapes import Params

LONGEST: Mapping[str, int] = {
    "receiverName": 20,
    "cellphone": 20,
    "phone": 20,
    "zipcode": 5,
    "address1": 100,
    "address2": 100,
    "message": 100,
}
LONGEST_SEARCH = 80
FIRST_POSTCODE, LAST_POSTCODE = "01000", "63644"
_HANGUL = re.compile(r"[가-힣]")
_VIRTUAL = re.compile(r"(050\d)(\d{3,4})(\d{4})")
_EMOJI = frozenset({"So", "Sk", "Cs", "Co", "Cn"})


class AddressParams(Params):
    """`zipcode`: five digits (우편번호); `address1`: the road address (도로명주소); `address2`: the rest (상세주소)."""

    receiver_name: str = ""
    cellphone: str = ""
    zipcode: str = ""
    address1: str = ""
    address2: str = ""
    phone: str = ""
    message: str = ""


def read_address(given: AddressParams) -> tuple[Address | None, dict[str, str]]:
    """The address, or by member what is wrong with it: missing, too_long, odd_characters, not_a_mobile, not_a_number,
    not_a_postcode, not_korean.
    """
    texts: dict[str, str] = {name: tidy(value) for name, value in given.model_dump(by_alias=True).items()}
    problems = {name: code for name, text in texts.items() if (code := _problem(name, text))}
    if problems:
        return None, problems
    address = Address(
        receiver_name=texts["receiverName"],
        cellphone=_national(texts["cellphone"]) or "",
        zipcode=texts["zipcode"],
        address1=texts["address1"],
        address2=texts["address2"],
        phone=_national(texts["phone"]) if texts["phone"] else None,
        message=texts["message"] or None,
    )
    return address, {}


def address_params(address: Address) -> dict[str, Any]:
    """The params that gave the address."""
    return {
        "receiverName": address.receiver_name,
        "cellphone": address.cellphone,
        "zipcode": address.zipcode,
        "address1": address.address1,
        "address2": address.address2,
        "phone": address.phone or "",
        "message": address.message or "",
    }


def read_search(text: str) -> tuple[str, str | None]:
    """Words to look a place up by, and what is wrong with them: missing, too_long, odd_characters."""
    words = tidy(text)
    if len(words) > LONGEST_SEARCH:
        return words, "too_long"
    return words, "odd_characters" if _odd(words) else None if words else "missing"


def read_place(zipcode: object, address1: object) -> Place | None:
    """What somebody else names as a place, tidied; None where the form would refuse it."""
    if not isinstance(zipcode, str) or not isinstance(address1, str):
        return None
    place = Place(tidy(zipcode), tidy(address1))
    wrong = _problem("zipcode", place.zipcode) or _problem("address1", place.address1)
    return None if wrong else place


def tidy(text: str) -> str:
    """One line in composed, half-width form without needless spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _problem(name: str, text: str) -> str | None:
    if not text:
        return None if name in {"phone", "message"} else "missing"
    if len(text) > LONGEST[name]:
        return "too_long"
    if _odd(text):
        return "odd_characters"
    is_right, code = _FORMS.get(name, _ANY)
    return None if is_right(text) else code


def _odd(text: str) -> bool:
    """Emoji, control and invisible characters stop labels from printing."""
    return any(unicodedata.category(c) in _EMOJI or unicodedata.category(c)[0] == "C" for c in text)


def _is_postcode(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{5}", text)) and FIRST_POSTCODE <= text <= LAST_POSTCODE


def _is_mobile(text: str) -> bool:
    return bool(re.fullmatch(r"01[016789]-\d{3,4}-\d{4}", _national(text) or ""))


def _is_korean(text: str) -> bool:
    return bool(_HANGUL.search(text))


def _is_number(text: str) -> bool:
    return _national(text) is not None


def _national(text: str) -> str | None:
    """`010-1234-5678`, as Cafe24 keeps Korean numbers; None for what is no Korean number."""
    if not re.fullmatch(r"[0-9+() .-]+", text):
        return None
    try:
        number = phonenumbers.parse(text, "KR")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 82 or not phonenumbers.is_valid_number(number):
        return None
    if virtual := _VIRTUAL.fullmatch(f"0{number.national_number}"):
        return "-".join(virtual.groups())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


_FORMS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "cellphone": (_is_mobile, "not_a_mobile"),
    "phone": (_is_number, "not_a_number"),
    "zipcode": (_is_postcode, "not_a_postcode"),
    "address1": (_is_korean, "not_korean"),
}
_ANY: tuple[Callable[[str], bool], str] = (bool, "missing")
