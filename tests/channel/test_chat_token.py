"""The token that lets a manager act in one chat (DESIGN §3 Managers)."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channel.chat_token import PURPOSE, chat_of, chat_token
from app.keys import KeyRing, decode, encode

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
KEYS = KeyRing([OLD])
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def made(keys: KeyRing = KEYS) -> str:
    return chat_token(keys, channel_id="c1", manager_id="m1", chat_id="chat-1", now=NOW)


def opened(
    token: str,
    keys: KeyRing = KEYS,
    *,
    channel_id: str = "c1",
    manager_id: str = "m1",
    after: timedelta = timedelta(),
) -> str | None:
    return chat_of(keys, token, channel_id=channel_id, manager_id=manager_id, now=NOW + after)


def test_the_manager_who_opened_gets_the_chat() -> None:
    assert opened(made()) == "chat-1"


@pytest.mark.parametrize(("after", "chat"), [(29.999, "chat-1"), (30, None), (60 * 24, None)])
def test_it_lives_thirty_minutes(after: float, chat: str | None) -> None:
    assert opened(made(), after=timedelta(minutes=after)) == chat


def test_another_channel_and_another_manager_get_nothing() -> None:
    assert opened(made(), channel_id="c2") is None
    assert opened(made(), manager_id="m2") is None
    assert opened(made(), channel_id="", manager_id="") is None


def test_a_token_for_another_purpose_is_none_of_ours() -> None:
    body = orjson.dumps(["c1", "m1", "chat-1", int((NOW + timedelta(days=1)).timestamp() * 1000)])
    for purpose in ("csrf", "session", "upload"):
        assert opened(KEYS.sign(purpose, body)) is None
    assert opened(KEYS.sign(PURPOSE, body)) == "chat-1"


def test_it_survives_a_new_key_and_ends_with_the_old_one() -> None:
    assert opened(made(), KeyRing([NEW, OLD])) == "chat-1"
    assert opened(made(), KeyRing([NEW])) is None


@given(st.text(max_size=120))
def test_made_up_text_is_no_token(text: str) -> None:
    assert opened(text) is None


@given(position=st.integers(0, 500), flip=st.integers(1, 255))
def test_one_changed_byte_is_seen(position: int, flip: int) -> None:
    head, body_text, tag_text = made().rsplit(".", 2)
    body, tag = decode(body_text), decode(tag_text)
    changed = bytearray(body + tag)
    changed[position % len(changed)] ^= flip
    forged = f"{head}.{encode(bytes(changed[: len(body)]))}.{encode(bytes(changed[len(body) :]))}"
    assert opened(forged) is None
