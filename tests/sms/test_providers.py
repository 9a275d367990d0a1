"""Both providers against their documented exchanges, and every way in which a call can end (SMS.md §6, §8)."""

import httpx
import pytest

from app.errors import Misconfigured
from app.http import new_client
from app.ports import SmsError, SmsTrouble
from app.sms.nhn import NhnCloud
from app.sms.posting import ask
from app.sms.solapi import Solapi, new_salt, signature

from .given import AT, E164, FIXTURES, TEXT, Failing, Provider, clock, exchange

SALT = "0123456789abcdef0123456789abcdef"


def solapi(client, **changed):
    plain = {"api_key": "KEY", "api_secret": "SECRET", "sender": "0212345678", "salts": lambda: SALT}
    return Solapi(client, clock, **{**plain, **changed})


def nhn(client, **changed):
    return NhnCloud(client, **{"app_key": "APPKEY", "secret_key": "SECRET", "sender": "15446859", **changed})


MADE = {"solapi": solapi, "nhn": nhn}


async def send(sender):
    return await sender.send(to_e164=E164, text=TEXT, ref="v1")


async def trouble(work):
    with pytest.raises(SmsError) as caught:
        await work
    for secret in ("1012345678", "123456", "SECRET", "KEY"):
        assert secret not in str(caught.value)
    return caught.value.trouble, caught.value.code


OUTCOMES = {
    "solapi_send.accepted": "M4V20261121120000BBBBBBBBBBBBBBB",
    "solapi_send.refused_inside_200": (SmsTrouble.REJECTED, "1062"),
    "solapi_send.failed_list": (SmsTrouble.REJECTED, "failed_list"),
    "solapi_send.bad_key": (SmsTrouble.AUTH, "SignatureDoesNotMatch"),
    "solapi_send.rejected": (SmsTrouble.REJECTED, "ValidationError"),
    "nhn_send.accepted": "20261121120000ReQuEsTiD0",
    "nhn_send.recipient_refused": (SmsTrouble.REJECTED, "-2020"),
    "nhn_send.header_refused": (SmsTrouble.REJECTED, "-1006"),
}


@pytest.mark.parametrize("name", OUTCOMES)
async def test_documented_sends(name):
    provider, expected = Provider.of(name), exchange(name)["request"]
    async with provider.client() as client:
        work = send(MADE[name.split("_")[0]](client))
        outcome = OUTCOMES[name]
        assert (await work if isinstance(outcome, str) else await trouble(work)) == outcome
    (asked,) = provider.asked
    assert (asked["method"], asked["path"], asked["json"]) == (
        expected["method"],
        expected["path"],
        expected["json"],
    )
    assert asked["headers"].items() >= expected["headers"].items()


def test_every_fixture_is_used():
    used = {*OUTCOMES, "nhn_senders.registered", "nhn_senders.blocked"}
    assert {path.stem for path in FIXTURES.glob("*.json")} == used
    for name in used:
        assert exchange(name).keys() == {"source", "seen_on", "confidence", "request", "response"}


def test_the_signature_vector():
    expected = "7066127bca783bdf0e63198eafe9b55b220f70e211d5a1f4dc5d229257f53928"
    assert signature("SECRET", AT.strftime("%Y-%m-%dT%H:%M:%SZ"), SALT) == expected


async def test_every_solapi_call_has_a_new_salt():
    provider = Provider.of("solapi_send.accepted")
    async with provider.client() as client:
        sender = solapi(client, salts=new_salt)
        for _ in range(5):
            await send(sender)
    signed = {one["headers"]["authorization"] for one in provider.asked}
    assert len(signed) == 5
    assert all(12 <= len(one.split("salt=")[1].split(",")[0]) <= 64 for one in signed)


STATUSES = [
    (401, {}, SmsTrouble.AUTH),
    (403, b"<html>", SmsTrouble.AUTH),
    (400, {"errorCode": "Number 01012345678"}, SmsTrouble.REJECTED),
    (402, {}, SmsTrouble.REJECTED),
    (429, {}, SmsTrouble.UNAVAILABLE),
    (500, {}, SmsTrouble.UNCERTAIN),
    (502, b"<html>", SmsTrouble.UNCERTAIN),
    (302, b"", SmsTrouble.UNCERTAIN),
    (200, b"{broken", SmsTrouble.UNCERTAIN),
    (200, b"\xff\xfe\x00", SmsTrouble.UNCERTAIN),
    (200, b"[]", SmsTrouble.UNCERTAIN),
    (200, b"{}", SmsTrouble.UNCERTAIN),
    (200, {"statusCode": 2000, "header": {"isSuccessful": "true"}}, SmsTrouble.UNCERTAIN),
    (200, {"header": {"isSuccessful": True}, "body": {"data": []}}, SmsTrouble.UNCERTAIN),
    (
        200,
        {"header": {"isSuccessful": True}, "body": {"data": {"sendResultList": [{}]}}},
        SmsTrouble.UNCERTAIN,
    ),
]


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@pytest.mark.parametrize(("status", "body", "expected"), STATUSES)
async def test_answers(made, status, body, expected):
    provider = Provider(status, body)
    async with provider.client() as client:
        assert (await trouble(send(made(client))))[0] == expected
    assert len(provider.asked) == 1


LINES = [
    (httpx.ConnectError, SmsTrouble.UNAVAILABLE),
    (httpx.ConnectTimeout, SmsTrouble.UNAVAILABLE),
    (httpx.PoolTimeout, SmsTrouble.UNAVAILABLE),
    (httpx.ReadTimeout, SmsTrouble.UNCERTAIN),
    (httpx.WriteTimeout, SmsTrouble.UNCERTAIN),
    (httpx.WriteError, SmsTrouble.UNCERTAIN),
    (httpx.ReadError, SmsTrouble.UNCERTAIN),
    (httpx.RemoteProtocolError, SmsTrouble.UNCERTAIN),
]


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@pytest.mark.parametrize(("error", "expected"), LINES)
async def test_broken_lines_are_never_tried_twice(made, error, expected):
    line = Failing(error)
    async with new_client(transport=line) as client:
        assert (await trouble(send(made(client))))[0] == expected
    assert line.tries == 1


async def test_a_provider_that_never_answers():
    provider = Provider(hangs=True)
    async with provider.client() as client:
        work = ask(client, "solapi", "POST", "https://api.solapi.com/x", headers={}, body={}, total=0.05)
        assert await trouble(work) == (SmsTrouble.UNCERTAIN, "TimeoutError")
    assert len(provider.asked) == 1


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@pytest.mark.parametrize(
    ("sender", "text", "code"),
    [
        ("02-123-4567", TEXT, "bad_sender"),
        ("1234567", TEXT, "bad_sender"),
        ("٠٢١٢٣٤٥٦٧٨", TEXT, "bad_sender"),
        ("0212345678", "가" * 46, "text_too_long"),
        ("0212345678", "인증 🎉", "bad_text"),
    ],
)
async def test_refused_before_it_costs_a_call(made, sender, text, code):
    provider = Provider()
    async with provider.client() as client:
        work = made(client, sender=sender).send(to_e164=E164, text=text, ref="v1")
        assert await trouble(work) == (SmsTrouble.REJECTED, code)
    assert provider.asked == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("nhn_senders.registered", None), ("nhn_senders.blocked", "sender_not_registered")],
)
async def test_nhn_checks_its_sender(name, expected):
    provider = Provider.of(name)
    async with provider.client() as client:
        if expected is None:
            await nhn(client).check()
        else:
            assert await trouble(nhn(client).check()) == (SmsTrouble.REJECTED, expected)
    assert provider.asked[0]["path"] == exchange(name)["request"]["path"]


@pytest.mark.parametrize(("status", "fails"), [(200, False), (404, False), (500, False), (401, True)])
async def test_solapi_checks_its_keys_only(status, fails):
    provider = Provider(status, {})
    async with provider.client() as client:
        if fails:
            assert (await trouble(solapi(client).check()))[0] == SmsTrouble.AUTH
        else:
            await solapi(client).check()
    assert provider.asked[0]["method"] == "GET"


async def test_addresses_are_https_and_keys_cannot_climb():
    async with new_client() as client:
        for made in MADE.values():
            with pytest.raises(Misconfigured):
                made(client, base_url="http://sms.example")
        with pytest.raises(Misconfigured):
            nhn(client, app_key="../../x")
