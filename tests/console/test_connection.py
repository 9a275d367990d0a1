"""The page 연동: who sees and does what, and what happens when several do it at once."""

import asyncio
import json
from pathlib import Path

import pytest

from app.console.pages import TEXTS
from app.errors import Unavailable
from app.ports import ConnectionState, Consent
from app.shops.settings import settings_of
from commands.kernel.failures import FailureType
from commands.kernel.who import ChannelId, Language, MallId

from .world import AUTHORIZE, CHANNEL, MALL, SCOPES, Browser, World, refusal

PAGE = "/console/connection"
START, RECONNECT = f"{PAGE}/start", f"{PAGE}/reconnect"
HASH, REMOVE = f"{PAGE}/member-hash", f"{PAGE}/remove"
POSTS = [START, RECONNECT, HASH, REMOVE, "/console/leave"]


async def admin_of(world: World) -> Browser:
    browser = world.browser()
    await browser.enters("100")
    return browser


async def confirmed(world: World) -> bool:
    connection = await world.store.connections.of_channel(CHANNEL)
    assert connection
    return settings_of(connection).identity.member_hash_confirmed


# ── forms of ours only ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("_case", "headers", "status"),
    [
        ("foreign origin", {"origin": "https://evil.example"}, 403),
        ("cross site", {"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ("a sister host", {"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ("typed by hand", {"origin": "null", "sec-fetch-site": "none"}, 403),
        ("contradiction", {"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
        ("no origin at all", {}, 403),
        ("null origin of an old browser", {"origin": "null"}, 403),
        ("our host, another port", {"origin": "https://jumun.example:8443"}, 403),
        ("our host without https", {"origin": "http://jumun.example"}, 403),
    ],
)
async def test_other_pages_cannot_post(
    world: World, path: str, _case: str, headers: dict[str, str], status: int
) -> None:
    await world.connected()
    browser = await admin_of(world)
    csrf = browser.hidden("/console/leave")["csrf"]
    answer = await browser.sends(path, headers, csrf=csrf, mall_id=MALL, confirmed="yes", version="0")
    assert answer.status_code == status
    await nothing_happened(world)
    assert (await browser.opens(PAGE)).status_code == 200


async def test_an_old_browser_that_names_our_origin_may_post(world: World) -> None:
    browser = await admin_of(world)
    csrf = browser.hidden("/console/leave")["csrf"]
    answer = await browser.sends("/console/leave", {"origin": "https://jumun.example"}, csrf=csrf)
    assert answer.headers["location"].startswith("/console?why=left")


@pytest.mark.parametrize("path", POSTS)
async def test_no_post_without_the_token_of_this_session(world: World, path: str) -> None:
    await world.connected()
    browser, other = await admin_of(world), await admin_of(world)
    foreign = other.hidden("/console/leave")["csrf"]
    for csrf in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": foreign}):
        answer = await browser.sends(path, mall_id=MALL, confirmed="yes", version="0", **csrf)
        assert answer.status_code == 403
    await nothing_happened(world)


@pytest.mark.parametrize("path", POSTS)
async def test_bodies_that_are_no_small_form(world: World, path: str) -> None:
    await world.connected()
    browser = await admin_of(world)
    ours = {"origin": "null", "sec-fetch-site": "same-origin"}
    form = ours | {"content-type": "application/x-www-form-urlencoded"}
    for headers, body in (
        (ours | {"content-type": "application/json"}, b"{}"),
        (ours | {"content-type": "multipart/form-data; boundary=x"}, b"--x--"),
        (form, b"a=" + b"x" * 9000),
        (form, b"&".join(b"a%d=1" % n for n in range(50))),
        (form, b"csrf=\xff"),
    ):
        answer = await browser.http.post(path, content=body, headers=headers)
        assert answer.status_code == 400
    await nothing_happened(world)


@pytest.mark.parametrize("path", [START, RECONNECT, HASH, "/console/leave"])
async def test_acts_are_no_links(world: World, path: str) -> None:
    browser = await admin_of(world)
    assert (await browser.opens(path)).status_code == 405


async def nothing_happened(world: World) -> None:
    assert world.connecting.started == []
    assert world.connecting.removed == []
    assert not await confirmed(world)


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────
async def test_other_managers_look_but_do_not_touch(world: World) -> None:
    await world.connected()
    browser = world.browser()
    await browser.enters("200")
    page = (await browser.opens("/console/connection")).text
    assert "보기만 할 수 있습니다" in page
    assert "hanok" in page
    for act in (START, RECONNECT, HASH, REMOVE):
        assert f'action="{act}"' not in page
        answer = await browser.sends(
            act, csrf=browser.hidden("/console/leave")["csrf"], mall_id=MALL, confirmed="yes", version="0"
        )
        assert answer.status_code == 403
        assert "관리자만" in answer.text
    assert (await browser.opens(REMOVE)).status_code == 403
    await nothing_happened(world)


async def test_who_is_no_longer_admin_cannot_finish_a_form_opened_before(world: World) -> None:
    connection = await world.connected()
    browser = await admin_of(world)
    await world.store.connections.change_settings(
        CHANNEL, seen=connection.version, settings={"admins": ["200"]}, secrets={}
    )
    assert (await browser.presses(HASH)).status_code == 403
    await nothing_happened(world)


async def test_any_manager_may_begin_a_first_connection(world: World) -> None:
    browser = world.browser()
    await browser.enters("200")
    answer = await browser.presses(START, mall_id="hanok", shop_no="2")
    assert (answer.status_code, answer.headers["location"]) == (303, AUTHORIZE)
    assert world.connecting.started == [
        {
            "channel_id": CHANNEL,
            "manager_id": "200",
            "mall_id": "hanok",
            "pairing_code": None,
            "shop_no": 2,
            "language": Language.KO,
        }
    ]


async def test_the_channel_is_the_sessions_never_the_forms(world: World) -> None:
    browser = world.browser()
    await browser.enters("200")
    await browser.presses(START, mall_id="hanok", channel_id="ch-other", manager_id="1")
    assert world.connecting.started[0]["channel_id"] == CHANNEL
    assert world.connecting.started[0]["manager_id"] == "200"


# ── connecting ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" Hanok ", "hanok"),
        ("https://hanok.cafe24.com/", "hanok"),
        ("hanok.cafe24.com", "hanok"),
        ("http://HANOK.cafe24.com/product/list.html", "hanok"),
        ("한옥", "한옥"),
        ("evil.example/hanok.cafe24.com", "evil.example/hanok.cafe24.com"),
    ],
)
async def test_a_pasted_shop_address_is_understood(world: World, typed: str, meant: str) -> None:
    browser = await admin_of(world)
    await browser.presses(START, mall_id=typed)
    assert world.connecting.started[0]["mall_id"] == meant


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({}, "mall_id", "쇼핑몰 아이디를 입력해 주세요"),
        ({"mall_id": "  "}, "mall_id", "쇼핑몰 아이디를 입력해 주세요"),
        ({"mall_id": "hanok", "pairing_code": "ABCD-2345"}, "pairing_code", "하나만 입력"),
        ({"mall_id": "hanok", "shop_no": "0"}, "shop_no", "1부터 999까지"),
        ({"mall_id": "hanok", "shop_no": "1000"}, "shop_no", "1부터 999까지"),
        ({"mall_id": "hanok", "shop_no": "-1"}, "shop_no", "1부터 999까지"),
        ({"mall_id": "hanok", "shop_no": "１"}, "shop_no", "1부터 999까지"),
    ],
)
async def test_a_wrong_field_says_so_in_words(
    world: World, fields: dict[str, str], field: str, sentence: str
) -> None:
    browser = await admin_of(world)
    answer = await browser.presses(START, **fields)
    assert answer.status_code == 422
    message = answer.text.split(f'id="e-{field}"')[1].split("</p>")[0]
    assert sentence in message
    assert world.connecting.started == []


@pytest.mark.parametrize(
    ("fields", "type_", "field"),
    [
        ({"mall_id": "nobody"}, FailureType.NOT_FOUND, "mall_id"),
        ({"mall_id": "a"}, FailureType.INVALID_PARAMS, "mall_id"),
        ({"pairing_code": "ABCD-2345"}, FailureType.INVALID_PARAMS, "pairing_code"),
    ],
)
async def test_what_connecting_refuses_stands_at_its_field(
    world: World, fields: dict[str, str], type_: FailureType, field: str
) -> None:
    browser = await admin_of(world)
    world.connecting.answer = refusal(type_, "그런 쇼핑몰은 <없습니다>")
    answer = await browser.presses(START, **fields)
    assert answer.status_code == 422
    message = answer.text.split(f'id="e-{field}"')[1].split("</p>")[0]
    assert "그런 쇼핑몰은 &lt;없습니다&gt;" in message
    assert next(iter(fields.values())) in answer.text


async def test_a_shop_of_another_channel_is_a_conflict_in_words(world: World) -> None:
    browser = await admin_of(world)
    world.connecting.answer = refusal(FailureType.CONFLICT, "다른 채널에 연결된 쇼핑몰입니다")
    answer = await browser.presses(START, mall_id="hanok")
    assert answer.status_code == 409
    assert "다른 채널에 연결된 쇼핑몰입니다" in answer.text


async def test_a_silent_cafe24_is_no_crash(world: World) -> None:
    browser = await admin_of(world)
    world.connecting.answer = Unavailable("cafe24", "probe")
    answer = await browser.presses(START, mall_id="hanok")
    assert answer.status_code == 503
    assert "잠시 후 다시" in answer.text


async def test_a_notice_is_shown_before_leaving(world: World) -> None:
    browser = await admin_of(world)
    world.connecting.answer = Consent(AUTHORIZE, notice="아직 확인하지 못했습니다")
    answer = await browser.presses(START, mall_id="hanok")
    assert answer.status_code == 200
    assert "아직 확인하지 못했습니다" in answer.text
    assert f'href="{AUTHORIZE}"' in answer.text


async def test_starting_again_and_again_is_slowed(world: World) -> None:
    browser = await admin_of(world)
    answers = [await browser.presses(START, mall_id="hanok") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert len(world.connecting.started) == 10


async def test_reconnecting_names_the_same_shop(world: World) -> None:
    await world.connected(shop_no=3, state=ConnectionState.RECONNECT)
    browser = await admin_of(world)
    assert "다시 연결 필요" in browser.page.text
    answer = await browser.presses(RECONNECT, mall_id="other")
    assert answer.headers["location"] == AUTHORIZE
    started = world.connecting.started[0]
    assert (started["mall_id"], started["shop_no"], started["manager_id"]) == (MALL, 3, "100")


# ── what the page says ──────────────────────────────────────────────────────────────────────────────────────
async def test_states_in_words(world: World) -> None:
    browser = await admin_of(world)
    assert "연결 안 됨" in browser.page.text
    await world.waiting()
    page = (await browser.opens(PAGE)).text
    assert "동의 대기 중" in page
    assert 'value="hanok"' in page
    await world.connected()
    assert "연결됨" in (await browser.opens(PAGE)).text
    await world.store.connections.set_state(MALL, None, ConnectionState.SUSPENDED)
    assert "응답을 멈췄습니다" in (await browser.opens(PAGE)).text


async def test_scopes_in_words_and_the_missing_ones(world: World) -> None:
    granted = (*SCOPES[:-1], "mall.read_privacy", "mall.read_unheard")
    await world.connected(scopes=granted)
    browser = await admin_of(world)
    missing, held = browser.page.text.split("동의하지 않은 권한</h3>")[1].split("동의한 권한</h3>")
    assert "배송 설정 조회" in missing
    assert "주문 조회" not in missing
    for words in ("주문 조회", "개인정보 조회", "mall.read_unheard"):
        assert words in held


async def test_times_are_korean(world: World) -> None:
    await world.connected()
    browser = await admin_of(world)
    assert "2026년 11월 21일 14:03" in browser.page.text


async def test_the_decisive_finding_is_marked_first(world: World) -> None:
    await world.connected(scopes=SCOPES[:-1])
    browser = await admin_of(world)
    findings = browser.page.text.split('id="h-findings"')[1].split("</section>")[0]
    marked = ["먼저 해결" in finding for finding in findings.split("<li ")[1:]]
    assert marked[0]
    assert marked == sorted(marked, reverse=True)
    assert findings.index("먼저 해결") < findings.index("mall.read_shipping") < findings.index("멤버 해시")
    assert "채널 설정 &gt; 보안 및 개발 &gt; 멤버 해시" in findings


async def test_the_newest_ten_lines_of_this_channel(world: World) -> None:
    await world.connected()
    for number in range(12):
        world.clock.passes(seconds=1)
        await world.past(f"act{number}", "manager:100")
    await world.past("connection.bind", "manager:operator:hanok")
    browser = await admin_of(world)
    past = browser.page.text.split('id="h-past"')[1].split("</section>")[0]
    assert past.count("<li>") == 10
    assert past.index("쇼핑몰을 연결했습니다") < past.index("act11") < past.index("act3")
    assert "act2<" not in past
    assert "카페24 운영자 hanok" in past


async def test_names_from_outside_are_text(world: World) -> None:
    await world.connected(settings={"admins": ["<b>1</b>"]})
    await world.past("<script>alert(1)</script>", "<img src=x>")
    browser = world.browser()
    page = (await browser.enters("<b>1</b>")).text
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page


# ── member hash ─────────────────────────────────────────────────────────────────────────────────────────────
async def test_an_admin_confirms_and_takes_back(world: World) -> None:
    await world.connected(settings={"admins": ["100"], "orders": {"lookbackMonths": 24}})
    browser = await admin_of(world)
    answer = await browser.presses(HASH)
    assert answer.headers["location"] == f"{PAGE}?done=hashConfirmed"
    assert await confirmed(world)
    page = await browser.opens(answer.headers["location"])
    assert "회원 해시를 사용 중인 것으로 확인했습니다" in page.text
    await browser.presses(HASH)
    assert not await confirmed(world)
    connection = await world.store.connections.of_channel(CHANNEL)
    assert connection
    assert connection.settings == {"admins": ["100"], "orders": {"lookbackMonths": 24}}
    lines = await world.store.audit.newest(CHANNEL, 10)
    assert [(line.by, line.facts["confirmed"]) for line in lines] == [
        ("manager:100", False),
        ("manager:100", True),
    ]
    assert world.forgotten == [CHANNEL, CHANNEL]


async def test_settings_changed_meanwhile_are_shown_first(world: World) -> None:
    connection = await world.connected()
    browser = await admin_of(world)
    await world.store.connections.change_settings(
        CHANNEL,
        seen=connection.version,
        settings={"admins": ["100"], "language": "en"},
        secrets={"sms.apiKey": "k"},
    )
    answer = await browser.presses(HASH)
    assert answer.headers["location"] == f"{PAGE}?done=hashChanged"
    assert not await confirmed(world)
    kept = await world.store.connections.of_channel(CHANNEL)
    assert kept
    assert kept.secrets == {"sms.apiKey": "k"}
    assert await world.store.audit.newest(CHANNEL, 10) == []


async def test_two_admins_confirm_at_once(world: World) -> None:
    await world.connected(settings={"admins": ["100", "200"]})
    first, second = await admin_of(world), world.browser()
    await second.enters("200")
    answers = await asyncio.gather(first.presses(HASH), second.presses(HASH))
    assert await confirmed(world)
    assert {answer.status_code for answer in answers} == {303}
    connection = await world.store.connections.of_channel(CHANNEL)
    assert connection
    assert connection.version == 1
    assert len(await world.store.audit.newest(CHANNEL, 10)) == 1


async def test_a_double_click_is_one_change(world: World) -> None:
    await world.connected()
    browser = await admin_of(world)
    for _ in range(2):
        answer = await browser.presses(HASH)
        assert answer.headers["location"] == f"{PAGE}?done=hashConfirmed"
    assert len(await world.store.audit.newest(CHANNEL, 10)) == 1


async def test_where_phones_are_always_asked_there_is_nothing_to_confirm(world: World) -> None:
    await world.connected(settings={"admins": ["100"], "identity": {"memberTrust": "phone"}})
    browser = await admin_of(world)
    assert f'action="{HASH}"' not in browser.page.text


# ── removal ─────────────────────────────────────────────────────────────────────────────────────────────────
async def test_removal_warns_and_asks_for_the_name(world: World) -> None:
    await world.connected()
    browser = await admin_of(world)
    page = await browser.opens(REMOVE)
    for words in ("바로 멈추는 것", "삭제되는 것", "되돌릴 수 없습니다"):
        assert words in page.text
    answer = await browser.presses(REMOVE, mall_id=" Hanok ")
    assert answer.headers["location"] == "/console?why=removed&lang=ko"
    assert world.connecting.removed == [(CHANNEL, "manager:100")]
    assert world.door.sessions.cookie not in browser.http.cookies
    assert "연동을 해제했습니다" in (await browser.opens(answer.headers["location"])).text


@pytest.mark.parametrize("typed", ["", "hanock", "hanok2", "한옥상회", "x" * 500, "<b>hanok</b>"])
async def test_a_wrong_name_removes_nothing(world: World, typed: str) -> None:
    await world.connected()
    browser = await admin_of(world)
    await browser.opens(REMOVE)
    answer = await browser.presses(REMOVE, mall_id=typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "<b>" not in answer.text
    await nothing_happened(world)


async def test_removing_twice_is_one_removal(world: World) -> None:
    await world.connected()
    first, second = await admin_of(world), await admin_of(world)
    await first.opens(REMOVE)
    await second.opens(REMOVE)
    await first.presses(REMOVE, mall_id=MALL)
    answer = await second.presses(REMOVE, mall_id=MALL)
    assert answer.headers["location"] == "/console?why=ended"
    assert world.connecting.removed == [(CHANNEL, "manager:100")]


async def test_a_new_mall_is_not_removed_by_the_old_ones_form(world: World) -> None:
    await world.connected()
    browser = await admin_of(world)
    await browser.opens(REMOVE)
    await world.store.connections.remove(CHANNEL)
    await world.connected(mall_id=MallId("other"))
    assert (await browser.presses(REMOVE, mall_id=MALL)).headers["location"] == "/console?why=ended"
    assert world.connecting.removed == []


async def test_another_channels_connection_is_out_of_reach(world: World) -> None:
    """The admin of one channel is nobody in another, whatever the form says."""
    await world.connected()
    await world.connected(
        mall_id=MallId("theirs"), channel_id=ChannelId("ch-theirs"), settings={"admins": ["100"]}
    )
    browser = await admin_of(world)
    assert "theirs" not in browser.page.text
    await browser.opens(REMOVE)
    assert (await browser.presses(REMOVE, mall_id="theirs", channel_id="ch-theirs")).status_code == 422
    assert world.connecting.removed == []


async def test_nothing_to_remove(world: World) -> None:
    browser = await admin_of(world)
    assert (await browser.opens(REMOVE)).headers["location"] == f"{PAGE}?done=nothingToRemove"


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_sentence_in_every_language() -> None:
    folder = Path(__file__).parents[2] / "app" / "console" / "texts"
    files = {language: json.loads((folder / f"{language}.json").read_text()) for language in Language}
    korean = files[Language.KO]
    for texts in files.values():
        assert texts.keys() == korean.keys()
        assert all(sentence.strip() for sentence in texts.values())
        for key, sentence in texts.items():
            assert facts_in(sentence) == facts_in(korean[key]), key


def facts_in(sentence: str) -> set[str]:
    import string

    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_speaks_the_language_of_the_link(world: World, language: Language) -> None:
    await world.connected()
    browser = world.browser()
    page = await browser.enters("100", language=language)
    assert f'<html lang="{language}">' in page.text
    assert TEXTS.say(language, "hash.title") in page.text
