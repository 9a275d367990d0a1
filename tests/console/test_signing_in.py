"""Into the console and out of it: links that work once, cookies that cannot be made, sessions that end."""

import asyncio

import httpx
import pytest

from app.keys import KeyRing
from commands.kernel.who import MallId

from .world import CHANNEL, MALL, Browser, World

SIGNED_OUT = "/console?why=ended"


async def test_a_link_leads_in_by_a_button(world: World) -> None:
    browser = world.browser()
    page = await browser.enters()
    assert page.status_code == 200
    assert "연동" in page.text
    assert "매니저 100" in page.text


async def test_looking_at_a_link_does_not_use_it_up(world: World) -> None:
    token = await world.link()
    for _ in range(3):
        preview = world.browser()
        assert (await preview.opens(f"/console/enter?token={token}")).status_code == 200
    browser = world.browser()
    await browser.opens(f"/console/enter?token={token}")
    assert (await browser.presses("/console/enter")).status_code == 303


async def test_a_link_works_once(world: World) -> None:
    token = await world.link()
    first, second = world.browser(), world.browser()
    await first.opens(f"/console/enter?token={token}")
    await second.opens(f"/console/enter?token={token}")
    assert (await first.presses("/console/enter")).status_code == 303
    again = await second.presses("/console/enter")
    assert again.status_code == 410
    assert world.door.sessions.cookie not in second.http.cookies
    assert "다시 열어 주세요" in again.text


async def test_of_two_presses_at_once_one_gets_in(world: World) -> None:
    token = await world.link()
    browsers = [world.browser() for _ in range(5)]
    for browser in browsers:
        await browser.opens(f"/console/enter?token={token}")
    answers = await asyncio.gather(*(browser.presses("/console/enter") for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410, 410]


async def test_a_link_lives_a_minute(world: World) -> None:
    token = await world.link()
    browser = world.browser()
    await browser.opens(f"/console/enter?token={token}")
    world.clock.passes(seconds=60)
    assert (await browser.presses("/console/enter")).status_code == 410
    assert (await browser.opens(f"/console/enter?token={token}")).status_code == 410


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5000, "한글", "a&b=c"])
async def test_tokens_that_are_none_of_ours(world: World, token: str) -> None:
    browser = world.browser()
    answer = await browser.http.get("/console/enter", params={"token": token})
    assert answer.status_code == 410
    assert "set-cookie" not in answer.headers


async def test_another_purpose_of_the_once_store_opens_nothing(world: World) -> None:
    await world.store.once.first(
        "pairing_code", "ABCD2345", world.clock(), world.clock.now.replace(year=2027), "x"
    )
    assert (await world.browser().opens("/console/enter?token=ABCD2345")).status_code == 410


async def test_the_button_works_only_in_the_browser_that_saw_it(world: World) -> None:
    """Somebody's own link in another's browser would sign that other into a foreign channel."""
    attacker, victim = world.browser(), world.browser()
    token = await world.link()
    await attacker.opens(f"/console/enter?token={token}")
    fields = attacker.hidden("/console/enter")
    assert (await victim.sends("/console/enter", **fields)).status_code == 403
    assert (await victim.sends("/console/enter", token=token)).status_code == 403
    await victim.opens(f"/console/enter?token={token}")
    cross = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    held = victim.hidden("/console/enter")
    assert (await victim.sends("/console/enter", cross, **held)).status_code == 403
    assert (await victim.presses("/console/enter")).status_code == 303, "refusals must not use the link up"


async def test_links_cannot_be_guessed_without_end(world: World) -> None:
    browser = world.browser()
    answers = [await browser.opens(f"/console/enter?token=guess{n}") for n in range(21)]
    assert [answer.status_code for answer in answers] == [410] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    world.clock.passes(minutes=1)
    assert (await browser.opens("/console/enter?token=guess")).status_code == 410


async def test_the_cookie_is_closed_to_scripts_and_other_sites(world: World) -> None:
    browser = world.browser()
    token = await world.link()
    await browser.opens(f"/console/enter?token={token}")
    answer = await browser.presses("/console/enter")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "console=" in c)
    assert cookie.startswith("__Host-jumun_console=console.1.")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/;", "Max-Age=28800"):
        assert word in cookie
    assert token not in answer.headers["location"]


async def test_plain_http_on_loopback_has_a_cookie_too(migrated_sqlite: object, tmp_path: object) -> None:
    world = World(migrated_sqlite, tmp_path, "http://127.0.0.1:8700")  # type: ignore[arg-type]
    browser = world.browser()
    await browser.enters()
    assert "jumun_console" in browser.http.cookies
    await world.store.close()


@pytest.mark.parametrize(
    "forge",
    [
        lambda cookie: cookie[:-2] + ("AA" if not cookie.endswith("AA") else "BB"),
        lambda cookie: "x" + cookie,
        lambda cookie: cookie.replace("console.1.", "chat.1.", 1),
        lambda cookie: KeyRing([bytes(32)]).sign("console", b"[]"),
        lambda _: "",
        lambda _: "console.1",
    ],
)
async def test_a_forged_session_is_none(world: World, forge: object) -> None:
    browser = world.browser()
    await browser.enters()
    name = world.door.sessions.cookie
    forged = forge(browser.http.cookies[name])  # type: ignore[operator]
    bare = world.browser()
    bare.http.headers["cookie"] = f"{name}={forged}"
    answer = await bare.opens("/console/connection")
    assert answer.headers["location"] == SIGNED_OUT


async def test_our_own_signature_over_nonsense_is_none(world: World) -> None:
    for body in (
        b"[]",
        b"{}",
        b"null",
        b"not json",
        b'["a","b","c","d","e","f","g","h"]',
        b'[1,2,3,"admin","ko",null,"x","y"]',
    ):
        bare = world.browser()
        bare.http.headers["cookie"] = f"{world.door.sessions.cookie}={world.keys.sign('console', body)}"
        assert (await bare.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def test_a_token_of_the_form_is_no_session(world: World) -> None:
    browser = world.browser()
    await browser.enters()
    csrf = browser.hidden("/console/leave")["csrf"]
    bare = world.browser()
    bare.http.headers["cookie"] = f"{world.door.sessions.cookie}={csrf}"
    assert (await bare.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def test_an_idle_hour_ends_a_session(world: World) -> None:
    browser = world.browser()
    await browser.enters()
    world.clock.passes(minutes=59)
    assert (await browser.opens("/console/connection")).status_code == 200
    world.clock.passes(minutes=59)
    assert (await browser.opens("/console/connection")).status_code == 200
    world.clock.passes(minutes=60)
    assert (await browser.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def test_eight_hours_end_a_busy_session(world: World) -> None:
    browser = world.browser()
    await browser.enters()
    for _ in range(15):
        world.clock.passes(minutes=30)
        assert (await browser.opens("/console/connection")).status_code == 200
    world.clock.passes(minutes=30)
    assert (await browser.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def test_leaving_ends_a_copy_of_the_cookie_too(world: World) -> None:
    browser, copy = world.browser(), world.browser()
    await browser.enters()
    name = world.door.sessions.cookie
    copy.http.headers["cookie"] = f"{name}={browser.http.cookies[name]}"
    assert (await copy.opens("/console/connection")).status_code == 200
    answer = await browser.presses("/console/leave")
    assert answer.headers["location"] == "/console?why=left&lang=ko"
    assert name not in browser.http.cookies
    assert (await copy.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def test_a_removed_connection_ends_every_session_of_it(world: World) -> None:
    await world.connected()
    admin, other = world.browser(), world.browser()
    await admin.enters("100")
    await other.enters("200")
    await world.store.connections.remove(CHANNEL)
    for browser in (admin, other):
        answer = await browser.opens("/console/connection")
        assert answer.headers["location"] == SIGNED_OUT
        assert world.door.sessions.cookie not in browser.http.cookies


async def test_a_session_does_not_move_on_to_another_mall(world: World) -> None:
    await world.connected()
    browser = world.browser()
    await browser.enters()
    await world.store.connections.remove(CHANNEL)
    await world.connected(mall_id=MallId("other"))
    assert (await browser.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def test_who_began_to_connect_stays_signed_in_when_it_is_done(world: World) -> None:
    browser = world.browser()
    await browser.enters()
    await world.connected()
    page = await browser.opens("/console/connection")
    assert page.status_code == 200
    await world.store.connections.remove(CHANNEL)
    assert (await browser.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def launched(world: World, **how: object) -> tuple[Browser, httpx.Response]:
    """What the launch page answers, in a browser."""
    given = {"operator": "hanok", "mall_id": MALL, "shop_no": 1, "role": "admin", "name": "홍길동"} | how
    response = await world.door.sign_in(**given)  # type: ignore[arg-type]
    browser = world.browser()
    cookies = [value.decode() for key, value in response.raw_headers if key == b"set-cookie"]
    browser.http.headers["cookie"] = "; ".join(cookie.partition(";")[0] for cookie in cookies)
    answer = httpx.Response(response.status_code, headers=dict(response.headers), content=response.body)
    return browser, answer


async def test_a_representative_operator_comes_in_as_admin(world: World) -> None:
    await world.connected()
    browser, answer = await launched(world)
    assert answer.headers["location"] == "/console/connection"
    page = await browser.opens("/console/connection")
    assert "카페24 운영자 hanok" in page.text
    assert "연동 해제하기" in page.text
    assert "홍길동" not in answer.headers["set-cookie"]


async def test_a_sub_operator_only_looks(world: World) -> None:
    await world.connected()
    browser, _ = await launched(world, operator="staff1", role="manager")
    page = await browser.opens("/console/connection")
    assert "보기만 할 수 있습니다" in page.text
    answer = await browser.sends(
        "/console/connection/reconnect", csrf=browser.hidden("/console/leave")["csrf"]
    )
    assert answer.status_code == 403
    assert world.connecting.started == []


async def test_an_operator_whose_id_is_an_admins_is_no_admin(world: World) -> None:
    """Two name spaces: operator `100` is not manager `100`."""
    await world.connected()
    browser, _ = await launched(world, operator="100", role="manager")
    assert "보기만 할 수 있습니다" in (await browser.opens("/console/connection")).text


async def test_a_launch_opens_its_own_shop_only(world: World) -> None:
    await world.connected()
    _, other_shop = await launched(world, shop_no=2)
    _, other_mall = await launched(world, mall_id=MallId("another"))
    for answer in (other_shop, other_mall):
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers


async def test_the_operator_of_a_removed_mall_is_out(world: World) -> None:
    await world.connected()
    browser, _ = await launched(world)
    await world.store.connections.remove(CHANNEL)
    assert (await browser.opens("/console/connection")).headers["location"] == SIGNED_OUT


async def test_the_front_shows_how_to_get_in(world: World) -> None:
    browser = world.browser()
    page = await browser.opens("/console")
    assert "채널톡 데스크에서 /주문목록을 입력하거나 카페24 관리자에서 앱을 열어 주세요" in page.text
    await browser.enters()
    assert (await browser.opens("/console")).headers["location"] == "/console/connection"


@pytest.mark.parametrize("why", ["ended", "left", "removed", "<script>", "brand"])
async def test_the_front_says_only_what_it_knows(world: World, why: str) -> None:
    page = await world.browser().http.get("/console", params={"why": why, "lang": "xx"})
    assert page.status_code == 200
    assert ('role="status"' in page.text) is (why in {"ended", "left", "removed"})


@pytest.mark.parametrize(
    "path", ["/console", "/console/enter?token=x", "/console/connection", "/console/connection/remove"]
)
async def test_every_page_is_closed(world: World, path: str) -> None:
    await world.connected()
    browser = world.browser()
    for signed_in in (False, True):
        if signed_in:
            await browser.enters()
        headers = (await browser.opens(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        policy = headers.get("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy


async def test_the_stylesheet_may_be_kept(world: World) -> None:
    answer = await world.browser().opens("/console/static/console.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
