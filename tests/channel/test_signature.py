"""The signature over the raw bytes: the vectors of CHANNEL.md §2, and bytes that nobody signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channel.signature import is_signed, signature_of

KEY = bytes.fromhex("00112233445566778899aabbccddeeff" * 2)
DISCOVERY = (
    b'{"method":"extension.core.function.getFunctions","params":{},"context":{"caller":{"type":"system",'
    b'"id":"system"},"channel":{"id":""}},"systemVersion":"v1"}'
)
KOREAN = (
    '{ "method": "extension.core.function.getFunctions", "params": {}, "context": {"caller": {"type": "user", '
    '"id": "홍길동"}, "channel": {"id": "1"}} }\n'
).encode()


@pytest.mark.parametrize(
    ("_case", "body", "signature"),
    [
        ("compact body", DISCOVERY, "cnHxq/O10eyTD8CN6gPsZ1AOzFQAbewd0mdIKU1ZRJo="),
        ("UTF-8 with a line feed", KOREAN, "p9isoCLM0crUvh9Xsqi5KBN8ptawft+7EX1Drcw/6dc="),
    ],
)
def test_the_published_vectors(_case: str, body: bytes, signature: str) -> None:
    assert signature_of(body, KEY) == signature
    assert is_signed(body, signature.encode(), KEY)


def test_a_key_used_as_text_is_refused() -> None:
    assert not is_signed(DISCOVERY, b"NYcolYblPXdZKNU62oAfEUol9Z+DMl+kS7E+Sl/qRBk=", KEY)


def test_an_empty_key_is_an_error_and_never_an_open_door() -> None:
    with pytest.raises(ValueError, match="empty"):
        is_signed(b"", b"", b"")


@given(body=st.binary(max_size=200), header=st.one_of(st.none(), st.binary(max_size=60)))
def test_nothing_but_the_right_signature_is_accepted(body: bytes, header: bytes | None) -> None:
    right = signature_of(body, KEY).encode()
    assert is_signed(body, header, KEY) == (header == right)


@given(body=st.binary(min_size=1, max_size=200), position=st.integers(0, 199), flip=st.integers(1, 255))
def test_one_changed_byte_is_seen(body: bytes, position: int, flip: int) -> None:
    changed = bytearray(body)
    changed[position % len(body)] ^= flip
    assert not is_signed(bytes(changed), signature_of(body, KEY).encode(), KEY)
