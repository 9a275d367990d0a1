"""The address search against a real server on loopback that is slow, broken, talkative or hostile."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import Misconfigured
from app.http import new_client
from app.postcodes.search import MOST_BYTES, MOST_PLACES, QUESTIONS, HttpPostcodes
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Place, Unavailable
from commands.kernel.who import Caller, CallerKind, ChannelId, MallId, Shop

SHOP = Shop(MallId("mall"), 1, ChannelId("c1"), name="가게")
SUJIN, MINJI = Caller(CallerKind.USER, "sujin"), Caller(CallerKind.USER, "minji")
TEHERAN = {"zipcode": "06236", "address1": "서울특별시 강남구 테헤란로 10"}
FOUND = (Place(**TEHERAN),)
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class HandClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Server:
    """Answers as it is told, and keeps the targets that it was asked for."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self.heads: list[str] = []
        self.answer: Answer = says({"places": [TEHERAN]})
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            self.targets.append(head.split()[1])
            await self.answer(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @property
    def words(self) -> list[str]:
        return [parse_qs(urlsplit(target).query)["query"][0] for target in self.targets]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/places"


def says(body: object, status: int = 200, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(raw)}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + raw)

    return answer


async def says_nothing(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)


async def drips(writer: asyncio.StreamWriter) -> None:
    """Each byte well within a read's time-out, and no end."""
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
    for _ in range(100):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.03)


async def hangs_up(_writer: asyncio.StreamWriter) -> None:
    return


@asynccontextmanager
async def searching(
    seconds: float = 2.0, suffix: str = ""
) -> AsyncIterator[tuple[HttpPostcodes, Server, HandClock, list[tuple[str, str]]]]:
    server, clock, calls = Server(), HandClock(), list[tuple[str, str]]()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with new_client() as client:
        search = HttpPostcodes(
            client,
            clock,
            url=server.url + suffix,
            seconds=seconds,
            on_call=lambda system, status: calls.append((system, status)),
        )
        yield search, server, clock, calls
    listening.close()
    await listening.wait_closed()


async def test_words_go_out_tidied_and_alone_and_places_come_back() -> None:
    async with searching() as (search, server, _, calls):
        assert await search.find(SHOP, SUJIN, "  테헤란로\n１０ & 가=나 ") == FOUND
        assert server.words == ["테헤란로 10 & 가=나"]
        assert "sujin" not in server.heads[0]
        assert "cookie" not in server.heads[0].lower()
        assert calls == [("postcodes", "200")]


async def test_a_query_of_the_operator_s_own_is_kept() -> None:
    async with searching(suffix="?key=k1") as (search, server, *_):
        assert await search.find(SHOP, SUJIN, "테헤란로") == FOUND
        assert server.targets[0].startswith("/places?key=k1&query=")


@pytest.mark.parametrize(
    ("_case", "answer", "status"),
    [
        ("silent", says_nothing, "none"),
        ("a byte at a time", drips, "none"),
        ("hangs up", hangs_up, "none"),
        ("internal error", says({"places": [TEHERAN]}, 500), "500"),
        ("refused", says({"places": [TEHERAN]}, 403), "403"),
        ("elsewhere", says(b"", 302, location="http://127.0.0.1:1/stolen"), "302"),
        ("another success", says({"places": [TEHERAN]}, 201), "201"),
        ("a page", says(b"<html>"), "200"),
        ("not UTF-8", says(b'{"places": ["\xff"]}'), "200"),
        ("a list", says([TEHERAN]), "200"),
        ("another shape", says({"documents": []}), "200"),
        ("places of another kind", says({"places": {"0": TEHERAN}}), "200"),
        ("squeezed", says(b"\x1f\x8b" + bytes(20), 200, **{"content-encoding": "gzip"}), "200"),
        ("without end", says(b" " * (MOST_BYTES + 1)), "none"),
    ],
)
async def test_what_is_no_answer_is_unavailable_and_is_not_kept(
    _case: str, answer: Answer, status: str
) -> None:
    async with searching(seconds=0.4) as (search, server, _, calls):
        server.answer = answer
        started = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await search.find(SHOP, SUJIN, "테헤란로")
        assert asyncio.get_running_loop().time() - started < 1.5
        assert calls == [("postcodes", status)]
        server.answer = says({"places": [TEHERAN]})
        assert await search.find(SHOP, SUJIN, "테헤란로") == FOUND


async def test_nobody_listens() -> None:
    async with new_client() as client:
        search = HttpPostcodes(client, HandClock(), url="http://127.0.0.1:9/places")
        with pytest.raises(Unavailable):
            await search.find(SHOP, SUJIN, "테헤란로")


async def test_a_redirect_is_not_followed_even_by_a_client_that_would() -> None:
    async with searching() as (_, server, clock, _calls), new_client(follow_redirects=True) as client:
        server.answer = says(b"", 302, location="/elsewhere")
        with pytest.raises(Unavailable):
            await HttpPostcodes(client, clock, url=server.url).find(SHOP, SUJIN, "테헤란로")
        assert len(server.targets) == 1


async def test_three_hundred_places_are_cut() -> None:
    async with searching() as (search, server, *_):
        many = [{"zipcode": "06236", "address1": f"서울특별시 강남구 테헤란로 {n}"} for n in range(300)]
        server.answer = says({"places": many})
        found = await search.find(SHOP, SUJIN, "테헤란로")
        assert [place.address1 for place in found] == [row["address1"] for row in many[:MOST_PLACES]]


async def test_a_place_that_the_form_would_refuse_is_left_out() -> None:
    wrong = [
        {"zipcode": "00001"},
        {"zipcode": "6236"},
        {"zipcode": 6236},
        {"zipcode": "135-080"},
        {"address1": ""},
        {"address1": None},
        {"address1": "10 Teheran-ro"},
        {"address1": "테헤란로 10 🎁"},
        {"address1": "테헤란로 \u202e10"},
        {"address1": "가" * 101},
    ]
    rows = [*(TEHERAN | different for different in wrong), "rubbish", None, {}, TEHERAN, TEHERAN]
    async with searching() as (search, server, *_):
        server.answer = says({"places": rows, "more": True})
        assert await search.find(SHOP, SUJIN, "테헤란로") == FOUND


@pytest.mark.parametrize("words", ["", " \n", "가" * 81, "테헤란로\x00", "테헤란로 \ud800", "🎁"])
async def test_words_that_are_none_are_not_asked_for(words: str) -> None:
    async with searching() as (search, server, *_):
        assert await search.find(SHOP, SUJIN, words) == ()
        assert server.targets == []


async def test_an_answer_is_remembered_for_a_minute_also_an_empty_one() -> None:
    async with searching() as (search, server, clock, _):
        for words in ("테헤란로", " 테헤란로  "):
            assert await search.find(SHOP, SUJIN, words) == FOUND
        server.answer = says({"places": []})
        assert [await search.find(SHOP, MINJI, "없는로") for _ in range(2)] == [(), ()]
        assert server.words == ["테헤란로", "없는로"]
        clock.at += timedelta(seconds=60)
        assert await search.find(SHOP, SUJIN, "테헤란로") == ()
        assert len(server.targets) == 3


async def test_a_caller_who_asks_on_and_on_is_stopped_and_others_are_not() -> None:
    async with searching() as (search, server, clock, _):
        asked = [search.find(SHOP, SUJIN, f"테헤란로 {n}") for n in range(QUESTIONS + 5)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        refused = [a for a in answers if isinstance(a, Failure) and a.type is FailureType.TOO_MANY]
        assert (len(refused), len(server.targets)) == (5, QUESTIONS)
        assert await search.find(SHOP, SUJIN, "테헤란로 0") == FOUND, "what is remembered may be seen again"
        assert await search.find(SHOP, MINJI, "강남대로") == FOUND
        clock.at += timedelta(seconds=59)
        with pytest.raises(Failure):
            await search.find(SHOP, SUJIN, "강변북로")
        clock.at += timedelta(seconds=1)
        assert await search.find(SHOP, SUJIN, "강변북로") == FOUND


async def test_nothing_typed_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="jumun")
    async with searching() as (search, server, *_):
        server.answer = says(b"<html>")
        with pytest.raises(Unavailable) as caught:
            await search.find(SHOP, SUJIN, "우리집로 77")
    ours = [record for record in caplog.records if record.name.startswith("jumun")]
    assert [record.getMessage() for record in ours] == ["postcode search failed"]
    told = f"{caught.value}" + "".join(str(vars(record)) for record in ours)
    assert "우리집로" not in told
    assert "%EC" not in told


@pytest.mark.parametrize("url", ["http://search.example/places", "ftp://127.0.0.1/places", "search.example"])
async def test_plain_http_goes_to_loopback_only(url: str) -> None:
    async with new_client() as client:
        with pytest.raises(Misconfigured):
            HttpPostcodes(client, HandClock(), url=url)
