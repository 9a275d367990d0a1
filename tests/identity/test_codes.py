"""Codes, their hashes (vectors of the contract sheet, section 3.3) and the text message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.codes import new_code, otp_hash, phone_hash, sms_text, typed_code

ZERO = bytes(32)
E164 = "+821012345678"


def test_vectors():
    assert (
        otp_hash(ZERO, "7f1c9a52-0000-4000-8000-000000000001", E164, "123456")
        == "f1fe464e1af356cf8eae0708f3009f6dd8f97e624f959bab16af6d50aeecf529"
    )
    assert phone_hash(ZERO, E164) == "8cc2dbb8f7e85ca71f05efe48e03451cbd8175da33132ee1eaddade09a3d6a37"


def test_a_hash_belongs_to_one_verification_one_number_one_code_and_one_key():
    base = otp_hash(ZERO, "a", E164, "123456")
    assert base != otp_hash(ZERO, "b", E164, "123456")
    assert base != otp_hash(ZERO, "a", "+821012345679", "123456")
    assert base != otp_hash(ZERO, "a", E164, "123457")
    assert base != otp_hash(b"\1" * 32, "a", E164, "123456")


def test_codes_keep_leading_zeros_and_differ():
    codes = {new_code() for _ in range(300)}
    assert len(codes) > 280
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(new_code(8)) == 8


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("０１２３４５", "012345"),
        ("123\u00a0456", "123456"),
        ("12345", None),
        ("1234567", None),
        ("12345a", None),
        ("-12345", None),
        ("١٢٣٤٥٦", None),
        ("", None),
        ("1" * 10_000, None),
    ],
)
def test_what_can_be_a_code(typed, code):
    assert typed_code(typed) == code


TAIL = " 인증번호 [123456] 타인에게 알려주지 마세요."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("단추가게", "단추가게"),
        ("🎉", "쇼핑몰"),
        ("", "쇼핑몰"),
        ("[광고]몰", "광고몰"),
        ("뷁 상점", "상점"),
        ("가게\n(광고) 할인", "가게 (광고) 할인"),
        ("  여러   칸  ", "여러 칸"),
        ("a\u202eb\u0000c", "abc"),
    ],
)
def test_the_name_in_the_text(name, shown):
    assert sms_text(name, "123456") == f"[{shown}]{TAIL}"


def test_sizes():
    assert len(sms_text("x" * 200, "12345678").encode("euc-kr")) == 80
    assert len(sms_text("가" * 4, "123456").encode("euc-kr")) == 54
    assert len(sms_text("가" * 10, "123456").encode("euc-kr")) == 66


@given(st.text(max_size=60))
def test_every_name_gives_one_plain_standard_message(name):
    text = sms_text(name, "123456")
    assert len(text.encode("euc-kr")) <= 80
    assert text.endswith(TAIL)
    assert "\n" not in text
    assert text.count("[") == text.count("]") == 2
