"""A photo's address: ten minutes, one photo, one size, and nothing that a browser could run."""

import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from app.keys import decode, encode
from app.store import open_database, store_on
from app.wiring.evidence import EvidenceSide, evidence_side
from commands.kernel.who import ChannelId
from tests.scenario.verbs import on_sqlite
from tests.world import HandClock, Road

from .customers import Uploader, files_in, shop
from .pictures import photo

pytestmark = on_sqlite


@pytest.fixture
async def side(road: Road) -> AsyncIterator[EvidenceSide]:
    database = open_database(road.settings.database_url)
    store = store_on(database, road.settings.keys, road.clock)
    yield evidence_side(road.settings, store, store.connections.of_channel, road.clock)
    await database.close()


async def addresses(minji: Uploader, side: EvidenceSide) -> tuple[str, str]:
    ref = await minji.has_uploaded(photo())
    thumb, whole = side.links.links(shop(minji.road).channel_id, ref)
    return thumb, whole


async def test_both_sizes_with_headers_that_let_nothing_run(minji: Uploader, side: EvidenceSide) -> None:
    thumb, whole = await addresses(minji, side)
    assert thumb.startswith(minji.road.settings.public_url + "/evidence/")
    answers = [await minji.road.client.get(address) for address in (thumb, whole)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(answers[0].content) < len(answers[1].content)
    for answer in answers:
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-disposition"] == 'inline; filename="photo.jpg"'
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "access-control-allow-origin" not in answer.headers


async def test_ten_minutes(minji: Uploader, side: EvidenceSide, clock: HandClock) -> None:
    thumb, _ = await addresses(minji, side)
    clock.forward(minutes=9, seconds=59)
    assert (await minji.road.client.get(thumb)).status_code == 200
    clock.forward(seconds=1)
    assert (await minji.road.client.get(thumb)).status_code == 404


async def test_bent_and_foreign_tokens(minji: Uploader, side: EvidenceSide) -> None:
    _, whole = await addresses(minji, side)
    path = urlsplit(whole).path
    head, body, tag = path.rsplit(".", 2)
    channel_id, ref, size, until = json.loads(decode(body))
    bent = [
        f"{head}.{encode(json.dumps([channel_id, ref, size, until + 10**9]).encode())}.{tag}",
        f"{head}.{body}.{tag[:-2]}AA",
        f"{head}.{body}.",
        path.replace("photolink.", "photo."),
        path.replace("photolink.", "chat."),
        "/evidence/" + minji.road.settings.keys.sign("chat", decode(body)),
        "/evidence/" + ref,
        "/evidence/가",
        "/evidence/x",
        "/evidence/" + "a.1.b." * 3,
    ]
    for address in bent:
        answer = await minji.road.client.get(address)
        assert (answer.status_code, answer.text) == (404, "not found"), address
        assert answer.headers["cache-control"] == "no-store"


async def test_of_another_channel_there_is_no_photo(minji: Uploader, side: EvidenceSide) -> None:
    ref = await minji.has_uploaded(photo())
    for address in side.links.links(ChannelId("another"), ref):
        assert (await minji.road.client.get(address)).status_code == 404


async def test_a_photo_that_went_meanwhile(minji: Uploader, side: EvidenceSide) -> None:
    thumb, whole = await addresses(minji, side)
    assert await side.album.erase(shop(minji.road).mall_id, minji.member) == 1
    for address in (thumb, whole):
        assert (await minji.road.client.get(address)).status_code == 404


async def test_bytes_that_were_lost_or_altered(minji: Uploader, side: EvidenceSide, folder) -> None:  # type: ignore[no-untyped-def]
    thumb, whole = await addresses(minji, side)
    for path in files_in(folder):
        if path.suffix == ".thumb":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1] + b"!")
    for address in (thumb, whole):
        assert (await minji.road.client.get(address)).status_code == 404


async def test_a_customer_is_never_given_an_address(minji: Uploader) -> None:
    """What `evidence.start` and an upload answer holds no way to see a photo, one's own or another's."""
    answer = await minji.uploads(photo())
    assert list(answer.json()) == ["uploadRef"]
    for path in (f"/evidence/{answer.json()['uploadRef']}", f"/wam/uploads/{answer.json()['uploadRef']}"):
        assert (await minji.road.client.get(path)).status_code in {404, 405}
