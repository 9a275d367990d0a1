"""The page 감사 기록 and its CSV: filters, pages, and cells that no spreadsheet runs."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from app.console.audit import csv_line
from app.ports import AuditLine, AuditWanted
from commands.kernel.who import ChannelId

from .world import CHANNEL, MALL, NOW, Browser, World

PAGE = "/console/audit"


async def line(world: World, number: int, **changed: Any) -> None:
    plain: dict[str, Any] = {
        "channel_id": CHANNEL,
        "act": "cancel.done",
        "by": "user:u1",
        "subject": f"20261118-{number:07d}",
        "at": NOW - timedelta(minutes=number),
        "mall_id": MALL,
        "facts": {},
    }
    await world.store.audit.add(AuditLine(**(plain | changed)))


async def admin(world: World, who: str = "100") -> Browser:
    await world.connected()
    browser = world.browser()
    await browser.enters(who)
    return browser


def subjects(page: str) -> list[str]:
    return re.findall(r"orders\?order=(\S+?)\"", page)


async def test_pages_meet_without_gap_or_repeat(world: World) -> None:
    for number in range(120):
        await line(world, number, at=NOW - timedelta(minutes=number // 3))  # three at each instant
    browser = await admin(world)
    seen, path = [], PAGE
    while path:
        page = (await browser.opens(path)).text
        seen += subjects(page)
        following = re.search(r'href="(/console/audit\?[^"]*cursor[^"]*)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == [f"20261118-{n:07d}" for n in range(120)]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("acts=cancel", {1, 2}),
        ("acts=console", {3}),
        ("acts=made-up", {1, 2, 3}),
        ("by=100", {2}),
        ("by=manager:100", {2}),
        ("by=user:u1", {1}),
        ("order=20261118-0000003", {3}),
        ("day=2026-11-20", {3}),
        ("day=2026-11-21", {1, 2}),
        ("day=2026-11-21&by=100", {2}),
        ("day=tomorrow", {1, 2, 3}),
        ("cursor=nonsense", {1, 2, 3}),
        ("cursor=1.%27%20OR%201=1", set()),
    ],
)
async def test_filters(world: World, query: str, wanted: set[int]) -> None:
    await line(world, 1)
    await line(world, 2, by="manager:100")
    await line(world, 3, act="console.order", by="manager:200", at=NOW.replace(day=20, hour=14, minute=59))
    await line(world, 9, channel_id=ChannelId("ch-other"))
    page = (await (await admin(world)).opens(f"{PAGE}?{query}")).text
    assert set(subjects(page)) == {f"20261118-{n:07d}" for n in wanted}
    assert ("입력해 주세요" in page) is ("tomorrow" in query)


async def test_a_day_is_a_korean_day(world: World) -> None:
    await line(world, 1, at=NOW.replace(day=20, hour=15, minute=0))
    await line(world, 2, at=NOW.replace(day=20, hour=14, minute=59, second=59))
    browser = await admin(world)
    assert subjects((await browser.opens(f"{PAGE}?day=2026-11-21")).text) == ["20261118-0000001"]


async def test_what_was_written_down_is_text(world: World) -> None:
    hostile = "<script>alert(1)</script>"
    await line(world, 1, act=hostile, by=hostile, subject=hostile, facts={"codes": hostile})
    page = (await (await admin(world)).opens(f"{PAGE}?by={hostile}")).text
    assert "<script>alert" not in page


async def test_the_csv_holds_all_that_the_filters_leave(world: World) -> None:
    for number in range(1_100):
        await line(world, number, by="manager:100" if number % 2 else "user:u1")
    await line(world, 5000, channel_id=ChannelId("ch-other"), by="manager:100")
    answer = await (await admin(world)).opens(f"{PAGE}.csv?by=100")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="jumun-audit-20261121-1403.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["일시", "코드"]
    assert len(rows) == 551
    assert rows[1] == [
        "2026-11-21T14:02:00+09:00",
        "cancel.done",
        "취소 처리가 완료되었습니다",
        "manager:100",
        "매니저 100",
        "20261118-0000001",
        "",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "　=", "%", "|"])
def test_no_cell_is_a_formula(start: str) -> None:
    text = csv_line([f"{start}cmd()", 'a "quoted", cell'])
    (cells,) = list(csv.reader(io.StringIO(text, newline="")))
    assert cells[0].startswith("'")
    assert cells[1] == 'a "quoted", cell'


async def test_the_csv_is_for_admins_and_not_without_end(world: World) -> None:
    browser = await admin(world)
    codes = [(await browser.opens(f"{PAGE}.csv")).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


async def test_the_store_pages_newest_first(world: World) -> None:
    for number in range(5):
        await line(world, number)
    audit = world.store.audit
    first = await audit.page(CHANNEL, AuditWanted(), limit=3)
    second = await audit.page(CHANNEL, AuditWanted(), cursor=first.next, limit=3)
    assert [found.subject[-1] for found in [*first.lines, *second.lines]] == list("01234")
    assert second.next is None
    exact = await audit.page(CHANNEL, AuditWanted(), limit=5)
    assert exact.next is None
