"""The signature of an app launch."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cafe24.launch import BadLaunch, read_launch

SECRET = "test_client_secret"
MESSAGE = (
    "is_multi_shop=F&lang=ko_KR&mall_id=samplemall&nation=KR&shop_no=1&timestamp=1795230000&user_id=samplemall"
    "&user_name=%ED%99%8D%20%EA%B8%B8%EB%8F%99&user_type=P"
)
HMAC = "F9y9HLXUZQT0l5Fl0GsMmbRzX0v48t1lJDQgmpVkvng="
THEN = datetime.fromtimestamp(1795230000, UTC)


def signed(message, secret=SECRET):
    digest = b64encode(hmac.new(secret.encode(), message.encode(), sha256).digest()).decode()
    return f"{message}&hmac={quote(digest, safe='')}".encode()


def test_the_documented_vector():
    launch = read_launch(f"{MESSAGE}&hmac={quote(HMAC, safe='')}".encode(), SECRET, THEN)
    assert (launch.mall_id, launch.shop_no, launch.operator) == ("samplemall", 1, "samplemall")
    assert launch.name == "홍 길동"
    assert launch.is_representative
    assert launch.signature == HMAC


def test_order_and_place_of_the_hmac_do_not_matter():
    pairs = MESSAGE.split("&")
    shuffled = "&".join([f"hmac={quote(HMAC, safe='')}", *reversed(pairs)])
    assert read_launch(shuffled.encode(), SECRET, THEN).mall_id == "samplemall"


def test_a_bare_plus_and_equals_in_the_hmac_are_kept():
    for salt in range(200):
        query = (
            signed(f"{MESSAGE}&zz={salt}")
            .decode()
            .replace("%2B", "+")
            .replace("%3D", "=")
            .replace("%2F", "/")
        )
        assert read_launch(query.encode(), SECRET, THEN)


def test_unknown_parameters_are_part_of_the_signed_text():
    assert read_launch(signed(f"auth_config=x&{MESSAGE}"), SECRET, THEN).mall_id == "samplemall"
    with pytest.raises(BadLaunch):
        read_launch(b"auth_config=x&" + signed(MESSAGE), SECRET, THEN)


@pytest.mark.parametrize("minutes", [-10, -1, 0, 9, 10])
def test_fresh_for_ten_minutes_either_way(minutes):
    assert read_launch(signed(MESSAGE), SECRET, THEN + timedelta(minutes=minutes))


@pytest.mark.parametrize("seconds", [-601, 601, 9 * 3600, -9 * 3600])
def test_stale_beyond_that(seconds):
    with pytest.raises(BadLaunch) as refused:
        read_launch(signed(MESSAGE), SECRET, THEN + timedelta(seconds=seconds))
    assert refused.value.expired


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"&&&",
        b"hmac=",
        MESSAGE.encode(),
        signed(MESSAGE, "other_secret"),
        signed(MESSAGE).replace(b"samplemall", b"othermall1", 1),
        signed(MESSAGE).replace(b"user_type=P", b"user_type=A"),
        signed(MESSAGE).replace(b"%20", b"+"),
        signed(MESSAGE) + b"&hmac=x",
        b"mall_id=samplemall&" + signed(MESSAGE),
        b"%6Dall_id=evil&" + signed(MESSAGE),
        signed(MESSAGE + "&mall_id=evil"),
        signed(MESSAGE + "&timestamp=1795230001"),
        signed(MESSAGE.replace("mall_id=samplemall&", "")),
        signed(MESSAGE.replace("timestamp=1795230000&", "")),
        signed(MESSAGE.replace("mall_id=samplemall", "mall_id=evil.example%2F")),
        signed(MESSAGE.replace("1795230000", "abc")),
        signed(MESSAGE.replace("1795230000", "99999999999999999999")),
        signed(MESSAGE.replace("shop_no=1", "shop_no=-1")),
        "hmac=홍".encode(),
        b"\xff\xfe",
    ],
)
def test_forged_or_broken(query):
    with pytest.raises(BadLaunch):
        read_launch(query, SECRET, THEN)


@given(st.binary(max_size=300))
def test_no_bytes_crash_it(query):
    with pytest.raises(BadLaunch):
        read_launch(query, SECRET, THEN)


@given(st.integers(0, len(MESSAGE) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_changed_character_is_noticed(index, character):
    changed = MESSAGE[:index] + character + MESSAGE[index + 1 :]
    if changed != MESSAGE:
        with pytest.raises(BadLaunch):
            read_launch(f"{changed}&hmac={quote(HMAC, safe='')}".encode(), SECRET, THEN)
