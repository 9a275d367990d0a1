"""Who may see and do what on the pages of daily work: every route, every role, and nobody."""

import pytest
from starlette.routing import Route

from app.console.pages import TEXTS
from app.console.setting_fields import settings_in
from app.console.setting_places import PLACES, SECTIONS
from app.shops.settings import SECRETS, ShopSettings
from commands.kernel.who import ChannelId, Language

from .claims import claim
from .world import CHANNEL, MALL, NOW, World

OPEN = {"/console", "/console/", "/console/static/{file}", "/console/enter", "/photos/{path:path}"}
MANAGERS_READ = {
    "/console/claims",
    "/console/orders",
    "/console/audit",
    "/console/connection",
    "/console/claims/decide",
    "/console/claims/batch",
    "/console/settings/{section:path}",
}
MANAGERS_WRITE = {"/console/leave", "/console/claims/decide", "/console/claims/batch"}


def routes(world: World) -> list[tuple[str, str]]:
    found = []
    for route in world.app.routes:
        assert isinstance(route, Route)
        methods = (route.methods or set()) - {"HEAD"}
        found += [(method, route.path) for method in sorted(methods)]
    return [(method, path) for method, path in found if path not in OPEN]


def url(path: str) -> str:
    return path.replace("{section:path}", "nothing")


async def test_nobody_gets_in_without_a_session(world: World) -> None:
    await world.connected()
    seen = routes(world)
    assert len(seen) >= 25
    for method, path in seen:
        browser = world.browser()
        if method == "GET":
            answer = await browser.opens(url(path))
        else:
            answer = await browser.sends(url(path), csrf="x")
        assert answer.status_code == 303, (method, path)
        if path not in {
            "/console/settings/{section:path}",
            "/console/claims/decide",
            "/console/claims/batch",
        }:
            assert answer.headers["location"] == "/console?why=ended", (method, path)
    assert world.erased == []


async def test_a_manager_reads_the_work_and_nothing_of_an_admin(world: World) -> None:
    await world.connected()
    browser = world.browser()
    await browser.enters("200")
    csrf = browser.hidden("/console/leave")["csrf"]
    for method, path in routes(world):
        if path == "/console/leave":
            continue
        if method == "GET":
            answer = await browser.opens(url(path))
            wanted = path in MANAGERS_READ
        else:
            answer = await browser.sends(url(path), csrf=csrf)
            wanted = path in MANAGERS_WRITE
        assert (answer.status_code != 403) is wanted, (method, path, answer.status_code)
    assert world.erased == []


async def test_a_sub_operator_is_no_admin(world: World) -> None:
    """Of the mall's operators only the representative one is."""
    await world.connected()
    for role, status in (("manager", 403), ("admin", 200)):
        came = await world.door.sign_in(operator="op", mall_id=MALL, shop_no=1, role=role, name="신아라")
        cookies = [value.decode() for key, value in came.raw_headers if key == b"set-cookie"]
        browser = world.browser()
        browser.http.headers["cookie"] = cookies[0].partition(";")[0]
        assert (await browser.opens("/console/claims")).status_code == 200
        for path in ("/console/settings", "/console/audit.csv", "/console/erasing"):
            assert (await browser.opens(path)).status_code == status, (role, path)


async def test_an_admin_opens_every_page(world: World) -> None:
    await world.connected()
    browser = world.browser()
    await browser.enters("100")
    for method, path in routes(world):
        if method == "GET":
            assert (await browser.opens(url(path))).status_code in {200, 303}, path


async def test_no_post_without_the_token_of_this_session(world: World) -> None:
    await world.connected()
    world.claims.put(CHANNEL, claim(1, CHANNEL, NOW))
    browser, other = world.browser(), world.browser()
    await browser.enters("100")
    await other.enters("100")
    foreign = other.hidden("/console/leave")["csrf"]
    ours = browser.hidden("/console/leave")["csrf"]
    fields = {"id": "019300000001", "action": "approve", "mode": "live", "kind": "member", "customer": "a"}
    for method, path in routes(world):
        if method == "POST":
            for csrf in ("", "x", foreign):
                assert (await browser.sends(path, csrf=csrf, **fields)).status_code == 403, path
            answer = await browser.sends(path, {"origin": "https://evil.example"}, csrf=ours, **fields)
            assert answer.status_code == 403, path
    assert world.claims.decides == []
    assert world.erased == []


async def test_without_a_shop_there_is_only_the_connection(world: World) -> None:
    browser = world.browser()
    page = await browser.enters("100")
    assert 'class="tabs"' not in page.text
    for path in ("claims", "orders", "settings", "audit", "erasing", "audit.csv"):
        answer = await browser.opens(f"/console/{path}")
        assert answer.headers["location"] == "/console/connection", path


@pytest.mark.parametrize("path", ["claims", "orders", "settings", "audit", "erasing"])
async def test_pages_are_closed(world: World, path: str) -> None:
    await world.connected()
    browser = world.browser()
    await browser.enters("100")
    page = await browser.opens(f"/console/{path}")
    policy = page.headers["content-security-policy"]
    for words in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert words in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    assert "style=" not in page.text
    assert "onclick" not in page.text


async def test_another_channels_claims_are_out_of_reach(world: World) -> None:
    await world.connected()
    other = ChannelId("ch-other")
    world.claims.put(other, claim(7, other, NOW))
    browser = world.browser()
    await browser.enters("100")
    assert "0000007" not in (await browser.opens("/console/claims")).text
    answer = await browser.sends_from(
        "/console/claims", "/console/claims/decide", id="019300000007", action="approve"
    )
    assert "찾지 못했습니다" in answer.text
    assert world.claims.decides == []


# ── settings have a place and words ─────────────────────────────────────────────────────────────────────────
def test_every_setting_has_a_place_on_the_page() -> None:
    """A setting that is added to the model must be put on the page 설정, with words in every language."""
    fields = settings_in(ShopSettings.model_json_schema(by_alias=True))
    paths = fields.keys() | {f"{group}.{name}" for group, name in SECRETS}
    assert paths - PLACES.keys() == set()
    for language in Language:
        keys = TEXTS.keys(language)
        for path in paths:
            assert {f"set.{path}", f"set.{path}.help"} <= keys, path
            options = fields[path].options if path in fields else ()
            assert {f"set.{path}.{option}" for option in options} <= keys, path
        for section in SECTIONS:
            assert {f"section.{section.name}", f"section.{section.name}.text"} <= keys


def test_no_setting_stands_in_two_places() -> None:
    paths = [path for section in SECTIONS for path in section.paths]
    assert len(paths) == len(set(paths))
