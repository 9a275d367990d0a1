"""Which numbers we take. The tables are those of the contract sheet, section 4."""

import re
import unicodedata

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.identity.phone import domestic, masked, normalise_kr_mobile, number_block

E164 = "+821012345678"

TAKEN = [
    "01012345678", "010-1234-5678", " 010 1234 5678 ", "010.1234.5678", "(010)1234-5678",
    "０１０−１２３４−５６７８", "010\u00a01234\u00a05678", "1012345678", "+821012345678", "+82 10-1234-5678",
    "+82 010-1234-5678", "821012345678", "8201012345678", "00821012345678", "008201012345678",
    "010–1234—5678", "010ー1234ー5678", "\t010\t1234\t5678\n",
]  # fmt: skip

REFUSED = [
    "0101234567", "010123456789", "0111234567", "0161234567", "0191234567", "07012345678", "050212345678",
    "0212345678", "15881234", "+12025550123", "010 1234 567a", "01012345678;ext=5", "010-1234-5678 #3",
    "tel:01012345678", "++821012345678", "010\n12345678", "", "+", "٠١٠١٢٣٤٥٦٧٨", "0" * 33, None, 1012345678,
    "0821012345678", "0811012345678", "+8201112345678", "+82821012345678", "820821012345678", "+82+1012345678",
    "01012345678x5", "０１０1234567８９", "010-1234-567", "+82 10 1234 5678 9", "00 82 10 1234 5678,1",
]  # fmt: skip


@pytest.mark.parametrize("raw", TAKEN)
def test_numbers_that_are_taken(raw):
    assert normalise_kr_mobile(raw) == E164


@pytest.mark.parametrize("raw", REFUSED)
def test_numbers_that_are_refused(raw):
    assert normalise_kr_mobile(raw) is None


def test_the_library_alone_would_let_worse_through():
    """Why there is a check before it and one after it."""
    for raw in ("0101234567", "0111234567", "010 1234 567a", "0821012345678"):
        assert phonenumbers.is_valid_number(phonenumbers.parse(raw, "KR"))
        assert normalise_kr_mobile(raw) is None


def test_ways_to_show_it():
    assert domestic(E164) == "01012345678"
    assert masked(E164) == "010****5678"
    assert number_block(E164) == number_block("+821012349999") != number_block("+821012355678")


@given(st.text(max_size=40))
@example("０１０１２３４５６７８")
@example("010١2345678")
def test_whatever_is_typed_gives_a_korean_mobile_number_made_of_its_own_digits_or_nothing(raw):
    e164 = normalise_kr_mobile(raw)
    if e164 is not None:
        assert re.fullmatch(r"\+8210[0-9]{8}", e164)
        digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", raw))
        assert digits.endswith(e164[3:])
        assert digits.removesuffix(e164[3:]) in {"", "0", "82", "820", "0082", "00820"}


@given(st.integers(0, 99_999_999), st.sampled_from(["", "0", "82", "+82", "+820", "0082"]), st.data())
def test_separators_change_nothing(subscriber, prefix, data):
    digits = f"10{subscriber:08d}"
    between = st.sampled_from(["", "-", " ", ".", "–"])
    typed = prefix + "".join(digit + data.draw(between) for digit in digits)
    assert normalise_kr_mobile(typed) == f"+82{digits}"
