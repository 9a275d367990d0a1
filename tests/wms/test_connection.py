"""What a manager is told of a connection, what the doctor keeps, and what never stands in a log."""

import logging
import time
from urllib.parse import quote

import pytest

from app.errors import Misconfigured
from app.log import JsonLines
from app.ports.wms import WmsState
from app.wiring.wms import assumed_operations
from app.wms.commerce_key import commerce_key
from app.wms.connection import TEXTS, WarehouseSilent
from app.wms.functions import check_text
from app.wms.reading import day, rows, text, whole
from commands.kernel.ports import Unavailable
from commands.kernel.warehouse import Capability
from commands.kernel.who import Language, MallId, Shop

from .rig import API_KEY, FASSTO, ONE, SECRET, SELLMATE, SHOP, SKUS, Rig, connected

OWN = {**SELLMATE, "credential": "merchantKey"}


def unfit(rig: Rig) -> None:
    rig.sellmate.enabled = False


@pytest.mark.parametrize(
    ("_case", "wms", "secrets", "prepare", "state"),
    [
        ("셀메이트 정상", SELLMATE, {}, None, "ok"),
        ("자체 키 정상", OWN, {"wms.clientId": "mine", "wms.clientSecret": "own-secret"}, None, "ok"),
        ("자체 키 틀림", OWN, {"wms.clientId": "mine", "wms.clientSecret": "x"}, None, "badCredentials"),
        ("준비된 토큰이 틀림", OWN, {"wms.apiKey": "x"}, None, "badCredentials"),
        ("없는 도메인", {**SELLMATE, "domain": "nobody"}, {}, None, "badDomain"),
        ("파트너 꺼짐", SELLMATE, {}, unfit, "notEnabled"),
        ("응답 없음", SELLMATE, {}, lambda rig: rig.faults.inject("503", times=9), "unreachable"),
        ("HTML 오류", SELLMATE, {}, lambda rig: rig.faults.inject("html_error", times=9), "unreachable"),
        ("호출 과다", SELLMATE, {}, lambda rig: rig.faults.inject("429", times=9), "unreachable"),
        ("파스토 정상", FASSTO, {}, None, "ok"),
        ("파스토 키 틀림", FASSTO, {"wms.apiKey": "x"}, None, "badCredentials"),
        ("파스토 고객사 코드 틀림", {**FASSTO, "cstCd": "1"}, {}, None, "badDomain"),
        ("파스토 IP 미등록", FASSTO, {}, lambda rig: rig.faults.inject("403_scope", times=9), "notEnabled"),
        ("파스토 응답 없음", FASSTO, {}, lambda rig: rig.faults.inject("500", times=9), "unreachable"),
    ],
)
async def test_each_failure_has_its_own_state_and_sentence(_case, wms, secrets, prepare, state) -> None:
    rig = Rig(wms, secrets=secrets)
    if prepare:
        prepare(rig)
    checked = await rig.look.check(rig.connection)
    assert checked.state == state, _case
    sentences = {check_text(checked.account, WmsState(s), Language.KO) for s in WmsState}
    assert len(sentences) == len(WmsState)
    kept = await rig.gateway.standing.of(checked.account)
    assert kept == (None if state in {"ok", "unreachable"} else checked.state), _case


async def test_what_is_missing_is_named_and_nobody_is_asked() -> None:
    rig = Rig(OWN)
    checked = await rig.look.check(rig.connection)
    assert (checked.state, checked.account.missing) == (None, ("clientId", "clientSecret"))
    assert "클라이언트 ID" in check_text(checked.account, None, Language.KO)
    assert await rig.gateway.capabilities(SHOP) == frozenset()
    with pytest.raises(WarehouseSilent):
        await rig.look.mapped(rig.connection)
    assert rig.calls == []


async def test_refused_credentials_need_attention_and_are_not_tried_again_for_a_minute() -> None:
    rig = Rig(sellmate_secret="wrong")
    with pytest.raises(Unavailable):
        await rig.gateway.stock(SHOP, SKUS)
    rig.forget_calls()
    with pytest.raises(Unavailable):
        await rig.gateway.orders(SHOP, [ONE])
    assert rig.calls == []
    served, findings = await rig.look.standing(rig.connection, Language.KO)
    assert Capability.STOCK in served
    assert [f.code for f in findings] == ["wms_bad_credentials"]
    assert findings[0].effect == "blocks"
    rig.sellmate.clients["partner"] = "wrong"
    assert (await rig.look.check(rig.connection)).state == "ok"
    assert (await rig.look.standing(rig.connection, Language.KO))[1] == []
    assert await rig.gateway.stock(SHOP, SKUS)


async def test_a_read_is_cut_at_its_time() -> None:
    rig = Rig(read_seconds=0.3)
    rig.faults.slow_seconds = 5
    rig.faults.inject("slow")
    started = time.monotonic()
    with pytest.raises(Unavailable):
        await rig.gateway.stock(SHOP, SKUS)
    assert time.monotonic() - started < 2


async def test_looks_leave_a_slow_warehouse_alone_for_a_moment_and_changes_do_not() -> None:
    rig = Rig(read_seconds=0.3)
    rig.faults.slow_seconds = 5
    rig.faults.inject("slow")
    with pytest.raises(Unavailable):
        await rig.gateway.orders(SHOP, [ONE])
    rig.forget_calls()
    with pytest.raises(Unavailable):
        await rig.gateway.orders(SHOP, [ONE])
    assert rig.calls == []
    assert await rig.gateway.orders(SHOP, [ONE], fresh=True)
    rig.clock.forward(seconds=66)
    assert await rig.gateway.orders(SHOP, [ONE])


async def test_what_was_read_with_other_credentials_is_forgotten() -> None:
    rig = Rig()
    assert await rig.gateway.stock(SHOP, SKUS)
    rig.connection = connected({**SELLMATE, "shopId": "2"})
    assert await rig.gateway.stock(SHOP, SKUS) == {}
    rig.connection = None
    assert await rig.gateway.capabilities(SHOP) is None
    with pytest.raises(Unavailable):
        await rig.gateway.stock(SHOP, SKUS)


async def test_another_shop_of_the_mall_has_no_part_in_it() -> None:
    other = Shop(SHOP.mall_id, 2, SHOP.channel_id, "다른 상점")
    assert await Rig().gateway.capabilities(other) is None


async def test_no_secret_stands_in_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="app")
    for wms in (SELLMATE, FASSTO):
        rig = Rig(wms)
        await rig.look.check(rig.connection)
        await rig.gateway.orders(SHOP, [ONE])
        rig.faults.inject("html_error", times=9)
        with pytest.raises(Unavailable) as caught:
            await rig.gateway.stock(SHOP, SKUS)
        assert_plain(str(caught.value))
        assert_plain(repr(rig.gateway.account_of(rig.connection)))
    lines = [JsonLines().format(record) for record in caplog.records if record.name.startswith("app")]
    assert any('"provider":"fassto"' in line and "duration_ms" in line for line in lines)
    for line in lines:
        assert_plain(line)


def assert_plain(line: str) -> None:
    for secret in (SECRET, API_KEY, quote(API_KEY), "API1", "김민지", "북촌로", "01023456789"):
        assert secret not in line


async def test_a_shop_is_suggested_by_the_codes_it_carries() -> None:
    rig = Rig({"provider": "sellmate", "domain": "hanok"})
    found = await rig.look.suggested(rig.connection)
    assert [(s.shop_id, s.matches) for s in found.suggestions] == [("7", 3)]
    _, findings = await rig.look.standing(rig.connection, Language.KO)
    assert [f.code for f in findings] == ["wms_shop_unmapped"]


async def test_the_doctor_says_what_a_missing_capability_lowers() -> None:
    rig = Rig(assumed=frozenset())
    _, findings = await rig.look.standing(rig.connection, Language.KO)
    assert [(f.code, f.effect) for f in findings] == [("wms_orders_not_served", "lowers")]
    _, fassto = await Rig(FASSTO).look.standing(connected(FASSTO), Language.EN)
    assert [f.code for f in fassto] == ["wms_address_not_served"]


@pytest.mark.parametrize(
    ("shop", "key"),
    [
        (Shop(MallId("hanok"), 1, SHOP.channel_id, "Hanok"), "hanok-1-Hanok"),
        (Shop(MallId("ha-nok"), 2, SHOP.channel_id, "a-b c"), "ha%2Dnok-2-a%2Db%20c"),
        (Shop(MallId("hanok"), 1, SHOP.channel_id, "한옥"), "hanok-1-%ED%95%9C%EC%98%A5"),
    ],
)
def test_a_commerce_key_splits_at_plain_hyphens(shop: Shop, key: str) -> None:
    assert commerce_key(shop) == key
    assert len(key.split("-")) == 3


def test_values_as_they_arrive() -> None:
    assert [whole(v) for v in (7, "7", "7.0", 7.0, "-3", "7.5", "", None, True, "x", [])] == [
        7, 7, 7, 7, -3, None, None, None, None, None, None,
    ]  # fmt: skip
    assert [
        str(day(v)) for v in ("2026-11-24", "2026-11-24 09:00:00", "20261124", "2026-11-24T00:00:00Z")
    ] == ["2026-11-24"] * 4
    assert [day(v) for v in (None, "", "0000-00-00", "2026-13-01", "soon", 5)] == [None] * 6
    assert [text(v) for v in (" a ", "", 0, None, True, {})] == ["a", None, "0", None, None, None]
    assert [rows(v) for v in ({"a": 1}, [{"a": 1}, 2], None, "x")] == [[{"a": 1}], [{"a": 1}], [], []]


def test_an_operation_that_does_not_exist_is_named_at_the_start() -> None:
    assert assumed_operations(("orders", "cancel")) == {Capability.ORDERS, Capability.CANCEL}
    with pytest.raises(Misconfigured, match="SELLMATE_ASSUMED"):
        assumed_operations(("orders", "magic"))


def test_every_finding_has_its_words() -> None:
    from app.wms.doctor import _LOWERED, _TROUBLES

    codes = {*_TROUBLES.values(), *(c for _, c in _LOWERED), "wms_incomplete", "wms_shop_unmapped"}
    assert {f"{c}.{reader}" for c in codes for reader in ("customer", "manager")} <= TEXTS.keys(Language.KO)
