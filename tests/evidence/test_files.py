"""A folder and a bucket keep the same promises; the bucket over real HTTP, with real signatures."""

import asyncio
import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import uvicorn

from app.errors import Misconfigured, Unavailable
from app.evidence.files import Folder, open_files
from app.ports.evidence import PhotoFiles
from tests.scenario.verbs import on_sqlite, until
from tests.world import HandClock, opened_road

from .customers import Uploader, files_in
from .pictures import photo
from .s3_server import REGION, Shelf

ACCESS, SECRET = "access-key-of-a-test", "secret/key+of=a~test"


@pytest.fixture
async def shelf() -> AsyncIterator[tuple[Shelf, str]]:
    """The server and the `EVIDENCE_URL` that leads to it."""
    shelf = Shelf(ACCESS, SECRET)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(shelf.app(), log_config=None, access_log=False, ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await until(partial(has_started, server))
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield shelf, f"s3://photos/claims?endpoint={endpoint}&region={REGION}"
        server.should_exit = True
        await serving


async def has_started(server: uvicorn.Server) -> bool:
    return server.started


def in_bucket(url: str, **different: str) -> PhotoFiles:
    return open_files(url, **{"access_key": ACCESS, "secret_key": SECRET, **different})


def in_the_way(path: Path) -> None:
    path.write_bytes(b"")


async def keeps_its_promises(files: PhotoFiles) -> None:
    assert await files.get("mall/ab/1.whole") is None
    await files.put("mall/ab/1.whole", b"first")
    await files.put("mall/ab/1.thumb", b"")
    await files.put("mall/ab/1.whole", b"second")
    assert await files.get("mall/ab/1.whole") == b"second"
    assert await files.get("mall/ab/1.thumb") == b""
    await files.delete(["mall/ab/1.whole", "mall/ab/none.whole"])
    await files.delete(["mall/ab/1.whole"])
    assert await files.get("mall/ab/1.whole") is None
    assert await files.get("mall/ab/1.thumb") == b""


async def test_a_folder(tmp_path: Path) -> None:
    await keeps_its_promises(Folder(tmp_path / "not" / "yet"))


async def test_a_bucket(shelf: tuple[Shelf, str]) -> None:
    kept, url = shelf
    await keeps_its_promises(in_bucket(url))
    assert kept.objects == {"photos/claims/mall/ab/1.thumb": b""}
    assert kept.refused == 0


async def test_a_wrong_secret_is_unavailable_and_says_nothing_of_it(shelf: tuple[Shelf, str]) -> None:
    kept, url = shelf
    for act in (
        in_bucket(url, secret_key="wrong").put("a", b"x"),
        in_bucket(url, secret_key="wrong").get("a"),
        in_bucket(url, secret_key="wrong").delete(["a"]),
    ):
        with pytest.raises(Unavailable) as caught:
            await act
        assert "wrong" not in str(caught.value)
    assert kept.refused == 3
    assert kept.objects == {}


async def test_a_bucket_that_stumbles_once(shelf: tuple[Shelf, str]) -> None:
    kept, url = shelf
    kept.failing = 1
    await in_bucket(url).put("a", b"x")
    assert kept.objects == {"photos/claims/a": b"x"}


async def test_a_bucket_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable):
        await in_bucket(f"s3://b?endpoint=http://127.0.0.1:{port}").put("a", b"x")


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    in_the_way(tmp_path / "in the way")
    with pytest.raises(Unavailable):
        await Folder(tmp_path / "in the way").put("a/b", b"x")


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        ("", True),
        ("ftp://bucket", True),
        ("s3://", True),
        ("s3://bucket", False),
        ("s3://bucket?endpont=http://127.0.0.1", True),
    ],
)
def test_a_wrong_setting_stops_the_start(url: str, keys: bool) -> None:
    with pytest.raises(Misconfigured) as caught:
        open_files(url, access_key=ACCESS * keys, secret_key=SECRET * keys)
    assert "EVIDENCE_URL" in str(caught.value)


@on_sqlite
async def test_a_whole_upload_into_a_bucket(
    shelf: tuple[Shelf, str], database_url: str, clock: HandClock
) -> None:
    kept, url = shelf
    given = {"evidence_url": url, "evidence_access_key": ACCESS, "evidence_secret_key": SECRET}
    async with opened_road(database_url, clock, **given) as road:
        minji = await Uploader.arrives(road, "u-minji", "minji")
        ref = await minji.has_uploaded(photo())
        assert {name.rsplit("/", 1)[1] for name in kept.objects} == {f"{ref}.whole", f"{ref}.thumb"}
        assert all(body.startswith(b"photo.1.") for body in kept.objects.values())
        kept.failing = 100
        answer = await minji.uploads(photo(2))
        assert (answer.status_code, answer.json()["error"]["type"]) == (503, "upstreamUnavailable")
        kept.failing = 0
        clock.forward(hours=25)
        await road.drain_jobs()
    assert kept.objects == {}


@on_sqlite
async def test_a_full_disk_is_told_in_words(minji: Uploader, folder: Path) -> None:
    in_the_way(folder)
    answer = await minji.uploads(photo())
    assert answer.status_code == 503
    assert answer.json()["error"]["message"] == "사진을 저장하지 못했어요. 잠시 후 다시 시도해 주세요."
    assert files_in(folder) == []
