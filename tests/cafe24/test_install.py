"""Connecting a mall, from the desk to the second yes."""

import re
from datetime import timedelta

import httpx
import pytest

from app.cafe24.oauth import REQUIRED_SCOPES
from app.ports import Connection, ConnectionState
from app.sandbox.cafe24.launch import launch_query
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId, MallId, Shop
from tests.cafe24.doubles import CLIENT_SECRET, scripted
from tests.cafe24.places import PUBLIC, Place, field_of, state_of

MALL = MallId("hanokmall")


@pytest.fixture
def place():
    return Place()


def taken(channel="channel-9", shop_no=1, mall="hanokmall"):
    shop = Shop(MallId(mall), shop_no, ChannelId(channel), "남의 상점")
    return Connection(shop, ConnectionState.CONNECTED, mall)


def second_shop(place):
    mall = place.rig.mall
    mall.shops.append(
        {**mall.shops[0], "shop_no": 2, "shop_name": "Global <b>", "default": "F", "currency_code": "USD"}
    )
    mall.settings[2] = mall.settings[1]


# ── the whole way ───────────────────────────────────────────────────────────────────────────────────────────
async def test_two_yeses_bind(place):
    """A manager starts in the desk, the representative consents, sees who gets the mall, and says yes."""
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)
    for shown in ("hanokmall", "channel-1", "manager-1", "한옥상점"):
        assert shown in page.text
    assert place.rig.connections.rows == []
    assert place.rig.store.pairs == {}
    done = await place.operator_answers(page)
    assert done.status_code == 200
    assert "연동되었습니다" in done.text
    assert place.connection.state is ConnectionState.CONNECTED
    assert place.connection.settings["admins"] == ["manager-1"]
    assert (place.connection.shop.name, place.connection.operator) == ("한옥상점", "hanokmall")
    assert (await place.rig.tokens.access(MALL)).scopes >= set(REQUIRED_SCOPES)
    assert [line.act for line in place.audit.lines] == ["connection.bind"]
    assert "channel-1" in place.changed


async def test_the_form_binds_once(place):
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)
    cookie = place.browser.cookies["jumun_bind"]
    await place.operator_answers(page)
    place.browser.cookies.set("jumun_bind", cookie, domain="jumun.example", path="/cafe24")
    again = await place.operator_answers(page)
    assert again.status_code == 400
    assert len(place.audit.lines) == 1


async def test_no_is_no_and_the_tokens_end(place):
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)
    (pairing,) = place.pairings.held.values()
    declined = await place.operator_answers(page, answer="no")
    assert "연동하지 않았습니다" in declined.text
    assert place.rig.connections.rows == []
    assert place.rig.mall.tokens.valid(pairing.tokens.access) is None


@pytest.mark.parametrize(
    ("_case", "change"),
    [
        ("no csrf", {"csrf": ""}),
        ("wrong csrf", {"csrf": "0" * 64}),
        ("csrf is no ascii", {"csrf": "홍"}),
    ],
)
async def test_a_forged_form_changes_nothing(place, _case, change):
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)
    assert (await place.operator_answers(page, **change)).status_code == 403
    assert place.rig.connections.rows == []
    assert len(place.pairings.held) == 1


async def test_a_form_from_elsewhere_or_without_the_cookie_changes_nothing(place):
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)
    form = {"csrf": field_of(page, "csrf"), "shop_no": "1", "answer": "yes"}
    evil = await place.browser.post("/cafe24/bind", data=form, headers={"Origin": "https://evil.example"})
    stranger = await place.new_browser().post("/cafe24/bind", data=form, headers={"Origin": PUBLIC})
    big = await place.browser.post("/cafe24/bind", content=b"x" * 100_000)
    assert (evil.status_code, stranger.status_code, big.status_code) == (403, 403, 413)
    assert place.rig.connections.rows == []


async def test_after_ten_minutes_the_consent_is_withdrawn(place):
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)
    (pairing,) = place.pairings.held.values()
    place.rig.time.passes(minutes=10, seconds=1)
    assert (await place.operator_answers(page)).status_code == 400
    assert await place.connecting.revoke_lapsed(place.rig.time.now()) == 1
    assert place.rig.mall.tokens.valid(pairing.tokens.access) is None


async def test_a_crash_between_binding_and_storing_tokens_says_reconnect(place):
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)

    async def dies(mall_id, pair):
        raise ConnectionError

    place.rig.store.put = dies
    with pytest.raises(ConnectionError):
        await place.operator_answers(page)
    assert place.connection.state is ConnectionState.RECONNECT


# ── the way back ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "query", ["", "?state=", "?state=forged&code=x", "?code=x", "?error=access_denied&state=forged"]
)
async def test_a_forged_state_learns_nothing(place, query):
    await place.manager_starts()
    answer = await place.operator_returns(f"/cafe24/callback{query}")
    assert answer.status_code == 400
    assert len(place.pairings.started) == 1
    assert place.rig.mall.calls[1:] == []


async def test_a_state_works_once(place):
    back = await place.operator_consents(await place.manager_starts())
    assert (await place.operator_returns(back)).status_code == 200
    assert (await place.operator_returns(back)).status_code == 400


async def test_an_old_state_and_a_replaced_one_are_refused(place):
    first, second = await place.manager_starts(), await place.manager_starts()
    assert (await place.operator_returns(await place.operator_consents(first))).status_code == 400
    back = await place.operator_consents(second)
    place.rig.time.passes(minutes=31)
    assert (await place.operator_returns(back)).status_code == 400


async def test_a_sub_operator_is_told_who_can_and_gets_the_link_again(place):
    url = await place.manager_starts()
    page = await place.operator_returns(await place.operator_consents(url, operator="hanokcs"))
    assert page.status_code == 403
    assert "대표운영자만 연동할 수 있습니다" in page.text
    link = re.search(r'href="(http://127[^"]+)"', page.text).group(1).replace("&amp;", "&")
    assert state_of(link) != state_of(url)
    back = await place.operator_consents(link)
    assert (await place.operator_answers(await place.operator_returns(back))).status_code == 200
    assert place.connection.shop.channel_id == "channel-1"
    assert place.connection.settings["admins"] == ["manager-1"]


async def test_other_refusals_are_named_and_never_echoed(place):
    for error, shown in (("invalid_scope", "invalid_scope"), ("<script>x", "unknown_error")):
        url = await place.manager_starts()
        page = await place.browser.get("/cafe24/callback", params={"state": state_of(url), "error": error})
        assert page.status_code == 400
        assert shown in page.text
        assert "<script" not in page.text


async def test_a_code_that_is_too_old_offers_the_link_again(place):
    back = await place.operator_consents(await place.manager_starts())
    place.rig.time.passes(seconds=61)
    page = await place.operator_returns(back)
    assert page.status_code == 400
    assert "oauth/authorize" in page.text
    assert place.pairings.held == {}


async def test_missing_scopes_are_named(place):
    url = (await place.manager_starts()).replace("mall.read_shipping", "").rstrip(",")
    url = url.replace(",&", "&").rstrip(",")
    page = await place.operator_returns(await place.operator_consents(url))
    assert "mall.read_shipping" in page.text
    assert "mall.read_order" not in page.text


async def test_the_shop_is_chosen_when_there_are_several(place):
    second_shop(place)
    back = await place.operator_consents(await place.manager_starts())
    page = await place.operator_returns(back)
    assert page.text.count('type="radio"') == 2
    assert "Global &lt;b&gt;" in page.text
    assert (await place.operator_answers(page, shop_no="7")).status_code == 400
    assert (await place.operator_answers(page, shop_no="2")).status_code == 200
    assert (place.connection.shop.shop_no, place.connection.shop.currency) == (2, "USD")


async def test_a_shop_that_was_asked_for_is_the_only_choice(place):
    second_shop(place)
    back = await place.operator_consents(await place.manager_starts(shop_no=2))
    page = await place.operator_returns(back)
    assert 'type="radio"' not in page.text
    assert (await place.operator_answers(page, shop_no="1")).status_code == 400
    assert (await place.operator_answers(page, shop_no="2")).status_code == 200


async def test_a_disabled_shop_cannot_be_connected(place):
    place.rig.mall.shops[0]["active"] = "F"
    page = await place.operator_returns(await place.operator_consents(await place.manager_starts()))
    assert page.status_code == 409
    assert place.pairings.held == {}


# ── taken ───────────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_shop_of_another_channel_is_refused_and_keeps_working(place):
    await place.connects()
    working = (await place.rig.store.get(MALL)).access
    with pytest.raises(Failure) as refused:
        await place.manager_starts(channel="channel-2", shop_no=1)
    assert refused.value.type is FailureType.CONFLICT
    page = await place.operator_returns(
        await place.operator_consents(await place.manager_starts(channel="channel-2"))
    )
    assert page.status_code == 409
    assert "다른 채널에 연동된" in page.text
    assert (await place.rig.store.get(MALL)).access == working
    assert place.rig.mall.tokens.valid(working)
    assert place.connection.shop.channel_id == "channel-1"


async def test_a_race_for_one_shop_is_decided_by_the_store(place):
    page = await place.operator_returns(await place.operator_consents(await place.manager_starts()))
    (pairing,) = place.pairings.held.values()
    place.rig.connections.rows.append(taken())
    answer = await place.operator_answers(page)
    assert answer.status_code == 409
    assert place.rig.store.pairs == {}
    assert place.rig.mall.tokens.valid(pairing.tokens.access) is None


async def test_one_mall_per_channel(place):
    place.rig.connections.rows.append(taken(channel="channel-1", mall="othermall"))
    with pytest.raises(Failure, match="othermall"):
        await place.manager_starts()


async def test_reconnecting_the_same_three_keeps_the_settings(place):
    await place.connects()
    place.rig.connections.rows[0] = type(place.connection)(
        place.connection.shop,
        ConnectionState.RECONNECT,
        "hanokmall",
        {"admins": ["manager-7"], "mode": "live"},
    )
    await place.connects()
    assert place.connection.state is ConnectionState.CONNECTED
    assert place.connection.settings == {"admins": ["manager-7"], "mode": "live"}


# ── starting and removing ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "mall", ["", "a", "-mall", "mall.evil.example", "mall/x", "쇼핑몰", "x" * 64, "mall@evil"]
)
async def test_a_mall_id_that_cannot_exist_is_refused_before_anything(place, mall):
    with pytest.raises(Failure) as refused:
        await place.manager_starts(mall)
    assert refused.value.type is FailureType.INVALID_PARAMS
    assert place.pairings.started == {}


async def test_a_mall_that_does_not_exist_is_refused(place):
    with pytest.raises(Failure) as refused:
        await place.manager_starts("nosuchmall")
    assert refused.value.type is FailureType.NOT_FOUND
    assert place.pairings.started == {}


async def test_a_mall_that_does_not_answer_goes_on_with_a_notice():
    rig, _ = scripted(httpx.ReadTimeout("slow"))
    place = Place(rig)
    consent = await place.connecting.start(
        channel_id=ChannelId("channel-1"),
        manager_id="manager-1",
        mall_id="  HanokMall ",
        pairing_code=None,
        shop_no=None,
        language="ko",
    )
    assert "hanokmall" in consent.notice
    assert consent.authorize_url.startswith("https://hanokmall.cafe24api.com/")


async def test_removing_revokes_and_wipes(place):
    await place.connects()
    access = (await place.rig.store.get(MALL)).access
    assert await place.connecting.remove(ChannelId("channel-1"), "manager:manager-1")
    assert place.rig.connections.rows == []
    assert await place.rig.store.get(MALL) is None
    assert place.rig.mall.tokens.valid(access) is None
    assert not await place.connecting.remove(ChannelId("channel-1"), "manager:manager-1")
    assert [line.act for line in place.audit.lines] == ["connection.bind", "connection.remove"]


async def test_removing_one_shop_leaves_the_tokens_to_the_other(place):
    second_shop(place)
    await place.connects()
    place.rig.connections.rows.append(taken(channel="channel-2", shop_no=2))
    await place.connecting.remove(ChannelId("channel-1"), "manager:manager-1")
    pair = await place.rig.store.get(MALL)
    assert place.rig.mall.tokens.valid(pair.access)


# ── launch ──────────────────────────────────────────────────────────────────────────────────────────────────
def launch(place, **who):
    query = launch_query(
        place.rig.mall, CLIENT_SECRET, place.rig.time.now, **({"user_id": "hanokmall"} | who)
    )
    return f"/cafe24/launch?{query}"


async def test_a_launch_without_a_connection_shows_a_code_for_the_desk(place):
    page = await place.browser.get(launch(place))
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", page.text).group(0)
    url = await place.manager_starts(code=code.lower().replace("-", " "))
    assert "/hanokmall/" in url
    with pytest.raises(Failure):
        await place.manager_starts(code=code)
    page = await place.operator_returns(await place.operator_consents(url))
    assert (await place.operator_answers(page)).status_code == 200


async def test_a_code_lives_ten_minutes_and_is_not_guessed(place):
    page = await place.browser.get(launch(place))
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", page.text).group(0)
    for wrong in ("ABCD-2345", "", " ", "hanokmall"):
        with pytest.raises(Failure):
            await place.manager_starts(mall="", code=wrong or None)
    place.rig.time.passes(minutes=10, seconds=1)
    with pytest.raises(Failure):
        await place.manager_starts(code=code)


@pytest.mark.parametrize(
    ("user_id", "user_type", "role"), [("hanokmall", "P", "admin"), ("hanokcs", "A", "manager")]
)
async def test_a_launch_of_a_connected_mall_signs_in(place, user_id, user_type, role):
    await place.connects()
    answer = await place.browser.get(launch(place, user_id=user_id, user_type=user_type))
    assert answer.text == "console"
    (who,) = place.signed_in
    assert (who["operator"], who["mall_id"], who["shop_no"], who["role"]) == (user_id, "hanokmall", 1, role)


async def test_a_sub_operator_of_another_shop_does_not_get_in(place):
    await place.connects()
    await place.browser.get(launch(place, user_id="hanokcs", user_type="A", shop_no=2))
    assert place.signed_in == []


async def test_a_reload_goes_on_and_a_stolen_address_does_not(place):
    await place.connects()
    url = launch(place)
    assert (await place.browser.get(url)).text == "console"
    assert (await place.browser.get(url)).text == "console"
    stolen = await place.new_browser().get(url, headers={"Cookie": "jumun_launch=홍".encode()})
    assert stolen.status_code == 403
    assert len(place.signed_in) == 2


async def test_forged_and_old_launches_are_refused(place):
    url = launch(place)
    assert (await place.browser.get(url.replace("user_type=P", "user_type=X"))).status_code == 403
    place.rig.time.passes(minutes=11)
    page = await place.browser.get(url)
    assert page.status_code == 403
    assert "오래되었습니다" in page.text
    assert place.once.kept == {}


# ── every page ──────────────────────────────────────────────────────────────────────────────────────────────
async def test_pages_keep_to_themselves(place):
    back = await place.operator_consents(await place.manager_starts())
    pages = [
        await place.browser.get(launch(place)),
        await place.operator_returns(back),
        await place.operator_returns(back),
    ]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "script-src" not in page.headers["Content-Security-Policy"]
        assert "<script" not in page.text
        assert " style=" not in page.text
    cookie = pages[1].headers["set-cookie"]
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/cafe24", "Max-Age=600"):
        assert word in cookie
    assert (
        (await place.browser.get("/cafe24/static/install.css")).headers["content-type"].startswith("text/css")
    )


async def test_pages_speak_three_languages(place):
    for language, word in (("en", "could not be verified"), ("ja", "確認できない"), ("fr", "확인할 수 없는")):
        page = await place.browser.get(
            "/cafe24/launch", headers={"Accept-Language": f"{language}-XX,{language};q=0.9"}
        )
        assert word in page.text
    assert timedelta(minutes=10).total_seconds() == 600
