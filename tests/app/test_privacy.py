"""A whole journey leaves no phone number, code, name, token or secret in logs, and none readable in the database."""

import logging
import re
from pathlib import Path

import pytest

from app.log import JsonLines, say, start_logging
from tests.scenario.verbs import GUEST_PHONE, another_code, manager_opens, newest_code, refused
from tests.world import HandClock, Road, fresh_database, opened_road

SMS_SECRET = "solapi-secret-of-the-merchant"
NUMBER = [GUEST_PHONE, "01000002001", "1000002001", "+821000002001", "000-2001"]


async def journey(road: Road) -> list[str]:
    """A guest gets in and looks; a manager looks; things fail. Returns what nobody may find afterwards."""
    guest, minji = road.user("u-guest"), road.user("u-minji", "minji")
    minji.profile.update({"mobileNumber": "010-0000-1001", "email": "minji@example.com"})
    await road.manager_calls(
        "settings.update", {"patch": {"sms": {"apiKey": "k-1", "apiSecret": SMS_SECRET}}}
    )
    await road.manager_calls("settings.update", {"patch": {"sms": {"apiKey": None, "apiSecret": None}}})
    await road.manager_calls("settings.update", {"patch": {"sms": {"apiSecret": SMS_SECRET}}})
    await road.customer_calls(guest, "identity.screen", {"screen": "phone"})
    sent = await road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE})
    code = newest_code(road)
    check = {"verificationId": sent["verificationId"], "code": another_code(code)}
    await refused(road.customer_calls(guest, "identity.verifyCode", check))
    await road.customer_calls(guest, "identity.verifyCode", check | {"code": code})
    await road.customer_calls(guest, "identity.choose", {"guest": True})
    orders = (await road.customer_calls(guest, "orderList.view"))["orders"]
    await road.customer_calls(guest, "orderList.detail", {"orderId": orders[0]["orderId"]})
    await road.customer_calls(
        guest, "orderList.screen", {"screen": "detail", "input": {"orderId": orders[0]["orderId"]}}
    )
    token = await manager_opens(road, "chat-u-guest")
    await road.manager_calls("orderList.view", {"chatToken": token})
    await refused(road.manager_calls("orderList.view", {"chatToken": token + "x"}))
    await road.customer_calls(minji, "orderList.view")
    await refused(road.customer_calls(minji, "identity.sendCode", {"phone": "010-1234-5678 홍길동"}))
    await road.customer_calls(minji, "manager.call", {"code": "x"})
    link = (await road.manager_calls("console.link"))["url"]
    await road.client.get(link)
    road.world.malls.faults.inject("html_error", times=2)
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    await refused(road.customer_calls(minji, "orderList.detail", {"orderId": orders[0]["orderId"]}))
    road.world.malls.faults.clear()
    mall = road.world.malls["hanokmall"]
    people = {p.name for o in mall.orders.values() for p in [o.buyer]} | {"홍길동"}
    phones = {o.buyer.cellphone for o in mall.orders.values() if o.buyer.cellphone}
    secrets = road.world.secrets
    native = {pair.access for pair in road.world.talk.tokens._by_access.values()}
    native |= set(road.world.talk.tokens._by_refresh)
    return [
        *NUMBER,
        *phones,
        *(phone.replace("-", "") for phone in phones),
        code,
        *people,
        *native,
        "minji@example.com",
        "010-1234-5678",
        SMS_SECRET,
        token,
        re.split("token=", link)[1],
        secrets.app_secret,
        secrets.signing_key,
        secrets.client_secret,
        secrets.webhook_key,
    ]


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("jumun.db*"))


def found(needles: list[str], text: str) -> list[str]:
    assert len(needles) > 30
    assert all(len(needle) >= 2 for needle in needles)
    return [needle for needle in needles if needle in text]


async def test_logs_at_their_loudest_say_nothing_about_anybody(
    tmp_path: Path, own_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging("debug")
    async with opened_road(fresh_database(tmp_path), HandClock()) as road:
        needles = await journey(road)
    lines = capsys.readouterr().err
    assert '"event":"call"' in lines
    assert '"method":"identity.verifyCode"' in lines
    assert '"outcome":"wrongCode"' in lines
    assert found(needles, lines) == []


async def test_the_database_file_holds_nothing_readable_about_anybody(tmp_path: Path) -> None:
    """Sealed columns, keyed hashes, and no order at all."""
    async with opened_road(fresh_database(tmp_path), HandClock()) as road:
        needles = await journey(road)
        open_files = bytes_in(tmp_path)
    files = open_files + bytes_in(tmp_path)
    assert b"u-guest" in files
    assert b"phone.codeRight" in files
    assert found(needles, files.decode("utf-8", "replace") + files.decode("latin-1")) == []


def test_only_known_keys_are_written(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("test.privacy")
    with caplog.at_level(logging.INFO, "test.privacy"):
        with pytest.raises(ValueError, match="phone"):
            say(logger, "info", "sent", phone="010-1234-5678")
        logger.info("sent", extra={"facts": {"phone": "010-1234-5678", "status": 200}})
    line = JsonLines().format(caplog.records[-1])
    assert "5678" not in line
    assert '"status":200' in line


def test_an_exceptions_text_is_not_written(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("test.privacy")
    try:
        int("비밀 010-1234-5678")
    except ValueError:
        logger.exception("call failed")
    line = JsonLines().format(caplog.records[-1])
    assert "5678" not in line
    assert '"error":"ValueError"' in line
    assert "test_privacy.py" in line
