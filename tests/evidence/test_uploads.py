"""One address, one file, once; and everything that is no photo leaves nothing behind (policy E1–E9)."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from app.evidence import worker
from app.evidence.decoder import Decoder
from app.evidence.limits import MAX_BYTES, MAX_PIXELS, TYPES, Refusal
from app.evidence.uploads import AT_A_TIME, Uploads
from app.evidence.words import TEXTS
from app.store import open_database, store_on
from app.store.rates import SqlRates
from app.wiring.evidence import evidence_side
from tests.app.test_privacy import bytes_in
from tests.scenario.verbs import on_sqlite, refused, until
from tests.world import HandClock, Road

from .customers import START, Uploader, files_in, pieces, sends
from .pictures import bomb, photo


async def kept_rows(road: Road) -> int:
    database = open_database(road.settings.database_url)
    try:
        return (await database.read("SELECT count(*) AS n FROM photo"))[0]["n"]
    finally:
        await database.close()


@pytest.mark.parametrize("type_", ["image/jpeg", "image/png", "image/webp", "image/heic"])
@on_sqlite
async def test_each_type_by_its_content_whatever_its_name(minji: Uploader, folder: Path, type_: str) -> None:
    answer = await minji.uploads(photo(type_=type_), name="../../etc/passwd.exe")
    assert answer.status_code == 201
    assert set(answer.json()) == {"uploadRef"}
    assert len(files_in(folder)) == 2
    assert {path.parent.parent.parent for path in files_in(folder)} == {folder}


async def test_what_start_says(minji: Uploader, clock: HandClock) -> None:
    answer = await minji.road.customer_calls(
        minji.user, START, {"orderId": minji.orders[0], "kind": "exchange"}
    )
    assert answer["uploadUrl"].startswith(minji.road.settings.public_url + "/wam/uploads/")
    assert answer["maxBytes"] == MAX_BYTES
    assert answer["types"] == ["image/jpeg", "image/png", "image/webp", "image/heic"]
    clock.forward(minutes=5)
    assert (await sends(minji.road, answer["uploadUrl"], photo())).status_code == 404


NOT_PHOTOS = [
    ("E7 아무 글", b"just words, no picture", 415),
    ("E7 빈 파일", b"", 415),
    ("E7 GIF", b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00;", 415),
    ("E7 SVG", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 415),
    ("E7 HTML", b"<!doctype html><script>alert(1)</script>", 415),
    ("E7 PDF", b"%PDF-1.7\n%\xe2\xe3", 415),
    ("E7 AVIF", b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1", 415),
    ("E7 TIFF", b"II*\x00\x08\x00\x00\x00", 415),
    ("E8 JPEG 머리만", b"\xff\xd8\xff\xe0<script>alert(1)</script>", 422),
    ("E8 GIF 속의 JPEG 머리", b"\xff\xd8\xff\xe1GIF89a" * 40, 422),
    ("E8 PNG 머리만", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, 422),
    ("E8 WebP 머리만", b"RIFF\x10\x00\x00\x00WEBPVP8 ", 422),
    ("E8 HEIC 머리만", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", 422),
    *(
        (f"E8 잘린 {type_}", photo(type_=type_)[: len(photo(type_=type_)) // 2], 422)
        for type_ in ("image/jpeg", "image/png", "image/webp", "image/heic")
    ),
    ("E9 화소 폭탄", bomb(20_000), 422),
]


@pytest.mark.parametrize(("case", "body", "status"), NOT_PHOTOS, ids=[row[0] for row in NOT_PHOTOS])
@on_sqlite
async def test_what_is_no_photo_is_refused_and_nothing_is_stored(
    minji: Uploader, folder: Path, case: str, body: bytes, status: int
) -> None:
    answer = await minji.uploads(body)
    assert answer.status_code == status, case
    error = answer.json()["error"]
    assert error["type"] == "invalidParams"
    assert error["message"].endswith("요.")
    assert files_in(folder) == []
    assert await kept_rows(minji.road) == 0


@on_sqlite
async def test_a_bomb_is_small_and_its_refusal_is_quick(minji: Uploader) -> None:
    assert len(bomb(20_000)) < 100_000
    began = asyncio.get_running_loop().time()
    answer = await minji.uploads(bomb(20_000))
    assert "5,000만 화소" in answer.json()["error"]["message"]
    assert asyncio.get_running_loop().time() - began < 5


@on_sqlite
async def test_ten_megabytes_and_a_byte_are_cut_while_they_stream(minji: Uploader, folder: Path) -> None:
    asked = 0

    def endless() -> object:
        nonlocal asked
        yield (
            b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n'
            b"content-type: image/jpeg\r\n\r\n\xff\xd8\xff"
        )
        while True:
            asked += 1
            yield b"\0" * 65536

    answer = await minji.road.client.post(
        await minji.starts(),
        content=pieces(endless()),  # type: ignore[arg-type]
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 413
    assert "10MB" in answer.json()["error"]["message"]
    assert asked * 65536 < MAX_BYTES + 3 * 65536
    assert files_in(folder) == []
    assert await kept_rows(minji.road) == 0


@on_sqlite
async def test_exactly_ten_megabytes_are_read(minji: Uploader) -> None:
    """Bytes after the picture's end are ours to drop."""
    whole = photo()
    assert (await minji.uploads(whole + b"\0" * (MAX_BYTES - len(whole)))).status_code == 201
    assert (await minji.uploads(whole + b"\0" * (MAX_BYTES - len(whole) + 1))).status_code == 413


def one_part(head: bytes, body: bytes = b"\xff\xd8\xff") -> bytes:
    return b"--x\r\n" + head + b"\r\n\r\n" + body + b"\r\n"


FILE = b'content-disposition: form-data; name="file"; filename="a.jpg"'
FORMS = [
    ("다른 칸", one_part(FILE.replace(b'"file"', b'"photo"')) + b"--x--\r\n"),
    ("파일이 아닌 글", one_part(b'content-disposition: form-data; name="file"') + b"--x--\r\n"),
    ("파일 둘", one_part(FILE) * 2 + b"--x--\r\n"),
    ("다른 칸을 덧붙임", one_part(FILE) + one_part(FILE.replace(b'"file"', b'"b"')) + b"--x--\r\n"),
    ("끝나지 않음", one_part(FILE)),
    ("아무것도 없음", b""),
    ("칸 없이 끝", b"--x--\r\n"),
    ("다른 경계", one_part(FILE).replace(b"--x", b"--y") + b"--y--\r\n"),
    ("머리가 너무 많음", b"--x\r\n" + b"a: b\r\n" * 50 + FILE + b"\r\n\r\nx\r\n--x--\r\n"),
    ("머리가 너무 김", one_part(b"a: " + b"b" * 20_000) + b"--x--\r\n"),
]


@pytest.mark.parametrize(("case", "body"), FORMS, ids=[row[0] for row in FORMS])
@on_sqlite
async def test_a_form_of_another_shape(minji: Uploader, case: str, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await minji.road.client.post(await minji.starts(), content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalidParams"), case
    assert await kept_rows(minji.road) == 0


@pytest.mark.parametrize("kind", ["image/jpeg", "multipart/form-data", "multipart/mixed; boundary=x", ""])
@on_sqlite
async def test_a_body_that_is_no_form(minji: Uploader, kind: str) -> None:
    answer = await minji.road.client.post(
        await minji.starts(), content=photo(), headers={"content-type": kind} if kind else {}
    )
    assert answer.status_code == 400


async def test_an_address_is_good_for_one_file(minji: Uploader) -> None:
    path = await minji.starts()
    assert (await sends(minji.road, path, b"no picture")).status_code == 415
    assert (await sends(minji.road, path, photo())).status_code == 404
    path = await minji.starts()
    assert (await sends(minji.road, path, photo())).status_code == 201
    assert (await sends(minji.road, path, photo())).status_code == 404


async def test_ten_at_once_with_one_address_are_one_photo(minji: Uploader) -> None:
    path = await minji.starts()
    answers = await asyncio.gather(*(sends(minji.road, path, photo()) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 7
    assert await kept_rows(minji.road) == 1


@on_sqlite
async def test_absent_guessed_used_and_expired_are_one_answer(minji: Uploader, clock: HandClock) -> None:
    used, late = await minji.starts(), await minji.starts()
    await sends(minji.road, used, photo())
    clock.forward(minutes=5)
    guessed = "/wam/uploads/" + "A" * 43
    bent = (await minji.starts())[:-1] + "~"
    answers = [await sends(minji.road, path, photo()) for path in (used, late, guessed, bent)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["error"] == {
        "type": "notFound",
        "message": "사진을 올릴 수 있는 시간이 지났어요. 사진을 다시 선택해 주세요.",
    }


@on_sqlite
async def test_the_token_stands_nowhere_in_the_clear(minji: Uploader, tmp_path: Path) -> None:
    token = (await minji.starts()).rsplit("/", 1)[1]
    files = bytes_in(tmp_path)
    assert len(token) >= 43
    assert token.encode() not in files


@on_sqlite
async def test_an_upload_that_breaks_off_uses_its_address_up(minji: Uploader, folder: Path) -> None:
    class LineDied(Exception):
        pass

    async def half() -> object:
        yield one_part(FILE, photo())[:-20]
        raise LineDied

    path = await minji.starts()
    with pytest.raises(LineDied):
        await minji.road.client.post(
            path,
            content=half(),  # type: ignore[arg-type]
            headers={"content-type": "multipart/form-data; boundary=x"},
        )
    again = await sends(minji.road, path, photo())
    assert again.status_code == 404
    assert "사진을 다시 선택해 주세요." in again.json()["error"]["message"]
    assert files_in(folder) == []
    assert await kept_rows(minji.road) == 0


@pytest.mark.parametrize(("language", "said"), [("en", "Only JPG"), ("ja", "JPG・PNG"), ("ko", "JPG, PNG")])
@on_sqlite
async def test_refusals_in_the_customers_language(minji: Uploader, language: str, said: str) -> None:
    path = await minji.starts(language=language)
    other = {"accept-language": "de"}
    assert (await sends(minji.road, path, b"x", **other)).json()["error"]["message"].startswith(said)
    again = await sends(minji.road, path, b"x", **{"accept-language": f"{language}-XX,de;q=0.5"})
    assert again.json()["error"]["message"].isascii() is (language == "en")


async def test_only_for_ones_own_order(minji: Uploader) -> None:
    other = await Uploader.arrives(minji.road, "u-sora", "sora")
    failure = await refused(other.starts(minji.orders[0]))
    assert failure.kind == "notFound"
    minji.road.forget_mall_calls()
    foreign = await refused(other.starts(minji.orders[0]))
    asked = len(minji.road.mall_calls)
    absent = await refused(other.starts("20200101-0000001"))
    assert (foreign.kind, str(foreign)) == (absent.kind, str(absent))
    assert len(minji.road.mall_calls) == 2 * asked


@on_sqlite
async def test_nobody_but_an_identified_customer(minji: Uploader) -> None:
    params = {"orderId": minji.orders[0], "kind": "return"}
    assert (await refused(minji.road.manager_calls(START, params))).kind == "forbidden"
    stranger = minji.road.user("u-stranger")
    assert (await refused(minji.road.customer_calls(stranger, START, params))).kind == "notIdentified"
    wrong = minji.road.customer_calls(minji.user, START, params | {"kind": "cancel"})
    assert (await refused(wrong)).kind == "invalidParams"
    wrong = minji.road.customer_calls(minji.user, START, params | {"orderId": "../x"})
    assert (await refused(wrong)).kind == "invalidParams"


async def test_twenty_at_once_and_then_one_every_three_minutes(minji: Uploader, clock: HandClock) -> None:
    for _ in range(20):
        await minji.starts()
    failure = await refused(minji.starts())
    assert failure.kind == "tooMany"
    assert 0 < failure.data["retryAfter"] <= 180
    other = await Uploader.arrives(minji.road, "u-sora", "sora")
    await other.starts()
    clock.forward(minutes=3)
    await minji.starts()
    assert (await refused(minji.starts())).kind == "tooMany"


@on_sqlite
async def test_only_posts(minji: Uploader) -> None:
    path = await minji.starts()
    assert (await minji.road.client.get(path)).status_code == 405
    assert (await sends(minji.road, path, photo())).status_code == 201


def as_form(body: bytes) -> bytes:
    return one_part(FILE, body) + b"--x--\r\n"


def scope_of(path: str) -> dict[str, object]:
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "query_string": b"",
        "headers": [(b"content-type", b"multipart/form-data; boundary=x"), (b"host", b"127.0.0.1")],
    }


async def test_a_sender_that_hangs_up_halfway(minji: Uploader, folder: Path) -> None:
    path = await minji.starts()
    coming = [
        {"type": "http.request", "body": as_form(photo())[:500], "more_body": True},
        {"type": "http.disconnect"},
    ]
    said: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return coming.pop(0)

    async def send(message: dict[str, object]) -> None:
        said.append(message)

    await minji.road.application(scope_of(path), receive, send)
    assert said[0]["status"] == 408
    assert (await sends(minji.road, path, photo())).status_code == 404
    assert files_in(folder) == []
    assert await kept_rows(minji.road) == 0


@on_sqlite
async def test_when_all_places_are_taken_the_address_stays_good(minji: Uploader) -> None:
    held, reading = asyncio.Event(), 0

    async def slowly() -> object:
        nonlocal reading
        reading += 1
        yield as_form(photo())[:100]
        await held.wait()
        yield as_form(photo())[100:]

    async def sends_slowly() -> int:
        headers = {"content-type": "multipart/form-data; boundary=x"}
        path = await minji.starts()
        answer = await minji.road.client.post(path, content=slowly(), headers=headers)  # type: ignore[arg-type]
        return answer.status_code

    path = await minji.starts()
    slow = [asyncio.create_task(sends_slowly()) for _ in range(AT_A_TIME)]

    async def full() -> bool:
        """A probe would take a place itself."""
        return reading == AT_A_TIME

    await until(full)
    busy = await sends(minji.road, path, photo())
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    assert busy.json()["error"]["type"] == "tooMany"
    held.set()
    assert await asyncio.gather(*slow) == [201] * AT_A_TIME
    assert (await sends(minji.road, path, photo())).status_code == 201


@on_sqlite
async def test_a_file_that_never_ends_to_arrive(minji: Uploader, clock: HandClock, folder: Path) -> None:
    database = open_database(minji.road.settings.database_url)
    store = store_on(database, minji.road.settings.keys, clock)
    side = evidence_side(minji.road.settings, store, store.connections.of_channel, clock)
    hasty = Uploads(
        side.album,
        Decoder(),
        store.once,
        SqlRates(database),
        minji.road.settings.keys,
        clock,
        public_url="",
        read_seconds=0.05,
    )

    async def dripping() -> object:
        yield as_form(photo())[:100]
        await asyncio.sleep(60)

    path = await minji.starts()
    transport = httpx.ASGITransport(Starlette(routes=hasty.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = await client.post(path, content=dripping(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 408
    assert "사진을 다시 선택해 주세요." in answer.json()["error"]["message"]
    assert files_in(folder) == []
    await database.close()


def test_every_refusal_stands_in_the_policy_and_in_every_language() -> None:
    policy = (Path(__file__).parents[2] / "app" / "evidence" / "policy.md").read_text()
    for refusal in Refusal:
        assert f"`{refusal}`" in policy
        assert TEXTS.has(f"refused.{refusal}")


def test_the_numbers_of_the_worker_are_ours() -> None:
    """It imports nothing of ours, so what it must share is written twice."""
    assert worker.MAX_PIXELS == MAX_PIXELS
    assert tuple(worker.FORMATS) == TYPES
