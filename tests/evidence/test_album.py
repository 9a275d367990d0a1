"""Whose a photo is, what is known of it, how it is kept, and when it goes (policy E10–E14)."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.clock import to_millis
from app.evidence.album import Album
from app.evidence.decoder import Decoder
from app.evidence.files import Folder
from app.ports.evidence import KeptPhoto
from app.store import Store, open_database, store_on
from app.wiring.evidence import EvidenceSide, evidence_side
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.plan import ReceiptState
from commands.kernel.who import ChannelId, Guest, MallId, Member
from tests.scenario.verbs import on_sqlite, until
from tests.world import MALL, SECRET_KEY, HandClock, Road, opened_road

from .customers import Uploader, files_in, shop
from .pictures import photo, saved, scene, told_by_camera

DAY = 24 * 3600


@pytest.fixture
async def store(road: Road) -> AsyncIterator[Store]:
    database = open_database(road.settings.database_url)
    yield store_on(database, road.settings.keys, road.clock)
    await database.close()


@pytest.fixture
def side(road: Road, store: Store) -> EvidenceSide:
    """As another process of the same application has it."""
    return evidence_side(road.settings, store, store.connections.of_channel, road.clock)


async def refs_in(store: Store, where: str = "1 = 1") -> set[str]:
    return {row["ref"] for row in await store.database.read(f"SELECT ref FROM photo WHERE {where}")}


async def is_refused(act: object) -> None:
    with pytest.raises(Failure) as caught:
        await act  # type: ignore[misc]
    assert caught.value.type is FailureType.INVALID_PARAMS
    assert caught.value.data == {"reason": "photo_gone"}


async def test_the_facts_of_ones_own_photos_in_the_order_they_are_asked(
    minji: Uploader, side: EvidenceSide
) -> None:
    told = await minji.has_uploaded(saved(scene(1), exif=told_by_camera()))
    bare = await minji.has_uploaded(photo(2))
    photos = await minji.asks_about(side, [bare, told, bare])
    assert [p.ref for p in photos] == [bare, told]
    assert photos[1].taken_at is not None
    assert photos[1].taken_at.isoformat() == "2026-11-19T21:30:05+09:00"
    assert [p.used_before for p in photos] == [False, False]
    assert await minji.asks_about(side, []) == ()


@on_sqlite
async def test_nobody_elses_and_no_other_orders(minji: Uploader, side: EvidenceSide) -> None:
    ref = await minji.has_uploaded(photo())
    mine, order = shop(minji.road), OrderId(minji.orders[0])
    ask = side.album.photos
    for other in (Member("sora"), Guest("minji"), Guest("+821000001001"), Member("")):
        await is_refused(ask(mine, other, order, [ref]))
    await is_refused(ask(mine, minji.member, OrderId(minji.orders[1]), [ref]))
    import dataclasses

    await is_refused(
        ask(dataclasses.replace(mine, channel_id=ChannelId("c-other")), minji.member, order, [ref])
    )
    await is_refused(ask(dataclasses.replace(mine, mall_id=MallId("other")), minji.member, order, [ref]))
    for bad in ("0" * 32, "../../x", "", ref.upper(), f"{ref} "):
        await is_refused(ask(mine, minji.member, order, [ref, bad]))
    await is_refused(ask(mine, minji.member, order, [f"{n:032x}" for n in range(6)]))
    # However well proven: the same person.
    assert await ask(mine, Member("minji", proven=False, by_phone=True), order, [ref])


@on_sqlite
async def test_asking_for_somebody_elses_photo_leaves_no_mark_on_it(
    minji: Uploader, side: EvidenceSide, store: Store
) -> None:
    ref = await minji.has_uploaded(photo())
    await is_refused(side.album.photos(shop(minji.road), Member("sora"), OrderId(minji.orders[0]), [ref]))
    assert await refs_in(store, "used_at IS NOT NULL") == set()


async def test_a_photo_used_for_another_order_is_told_and_not_refused(
    minji: Uploader, side: EvidenceSide
) -> None:
    first, second = minji.orders[:2]
    used = await minji.has_uploaded(photo(1), first)
    again = await minji.has_uploaded(saved(scene(1).resize((500, 375)), quality=60), second)
    other = await minji.has_uploaded(photo(2), second)
    # Uploaded for the first order and never put into a claim: no use yet.
    assert [p.used_before for p in await minji.asks_about(side, [again], second)] == [False]
    assert [p.used_before for p in await minji.asks_about(side, [used], first)] == [True]
    assert [p.used_before for p in await minji.asks_about(side, [again, other], second)] == [True, False]
    same_order = await minji.has_uploaded(photo(2), second)
    assert [p.used_before for p in await minji.asks_about(side, [same_order], second)] == [False]


@on_sqlite
async def test_another_customers_photo_is_known_too_and_another_malls_is_not(
    minji: Uploader, side: EvidenceSide, store: Store
) -> None:
    sora = await Uploader.arrives(minji.road, "u-sora", "sora")
    theirs = await sora.has_uploaded(photo(1))
    await sora.asks_about(side, [theirs])
    mine = await minji.has_uploaded(photo(1))
    assert (await minji.asks_about(side, [mine]))[0].used_before
    await store.database.write("UPDATE photo SET mall_id = 'x' WHERE ref = :ref", ref=theirs)
    assert not (await minji.asks_about(side, [mine]))[0].used_before


@on_sqlite
async def test_nothing_readable_on_disk(minji: Uploader, side: EvidenceSide, folder: Path) -> None:
    ref = await minji.has_uploaded(photo())
    whole, thumb = sorted(files_in(folder), key=lambda path: path.suffix, reverse=True)
    for path in (whole, thumb):
        body = path.read_bytes()
        assert b"\xff\xd8\xff" not in body[:64]
        assert b"JFIF" not in body
        assert body.startswith(b"photo.1.")
        assert path.stat().st_mode & 0o077 == 0
    channel = shop(minji.road).channel_id
    shown = await side.album.show(channel, ref, "whole")
    assert shown is not None
    assert shown.startswith(b"\xff\xd8\xff")
    # One photo's bytes under another name do not open.
    other = await minji.has_uploaded(photo(2))
    (target,) = [path for path in files_in(folder) if path.name == f"{other}.whole"]
    target.write_bytes(whole.read_bytes())
    assert await side.album.show(channel, other, "whole") is None
    thumb.write_bytes(whole.read_bytes())
    assert await side.album.show(channel, ref, "thumb") is None


@on_sqlite
async def test_a_photo_opens_with_an_older_key_and_is_gone_with_it(
    minji: Uploader, folder: Path, clock: HandClock
) -> None:
    ref = await minji.has_uploaded(photo())
    new = base64.b64encode(bytes(range(32, 64))).decode()
    url, channel = minji.road.settings.database_url, shop(minji.road).channel_id
    for keys, opens in ((f"{new},{SECRET_KEY}", True), (new, False)):
        settings = minji.road.settings.model_copy(
            update={"secret_key": type(minji.road.settings.secret_key)(keys)}
        )
        settings.__dict__.pop("keys", None)
        database = open_database(url)
        kept = store_on(database, settings.keys, clock)
        side = evidence_side(settings, kept, kept.connections.of_channel, clock)
        assert (await side.album.show(channel, ref, "whole") is not None) is opens
        await database.close()


class Died(Exception):
    """The process ended here."""


class DyingFolder(Folder):
    """Ends after so many files."""

    def __init__(self, root: Path, after: int) -> None:
        super().__init__(root)
        self.left = after

    async def put(self, name: str, body: bytes) -> None:
        if not self.left:
            raise Died
        self.left -= 1
        await super().put(name, body)


@pytest.mark.parametrize("after", [0, 1])
async def test_a_death_while_storing_is_swept_and_nobody_sees_half_a_photo(
    minji: Uploader, side: EvidenceSide, store: Store, folder: Path, clock: HandClock, after: int
) -> None:
    from app.evidence.album import Bound
    from app.evidence.limits import owner_of

    async def days_of(_channel: ChannelId) -> int:
        return 90

    dying = Album(store.photos, DyingFolder(folder, after), minji.road.settings.keys, clock, days_of=days_of)
    place = shop(minji.road)
    bound = Bound(place.mall_id, place.channel_id, OrderId(minji.orders[0]), owner_of(minji.member))
    with pytest.raises(Died):
        await dying.keep(bound, await Decoder().decode(photo()))
    (ref,) = await refs_in(store)
    await is_refused(minji.asks_about(side, [ref]))
    assert await side.album.show(place.channel_id, ref, "whole") is None
    await side.album.sweep()
    assert await refs_in(store) == {ref}, "somebody may be storing it right now"
    clock.forward(hours=1)
    await side.album.sweep()
    assert await refs_in(store) == set()
    assert files_in(folder) == []


@on_sqlite
async def test_a_death_between_the_bytes_and_the_row_of_a_deletion(
    minji: Uploader, side: EvidenceSide, store: Store, folder: Path
) -> None:
    ref = await minji.has_uploaded(photo())
    await store.photos.doom_owned(MallId(MALL), "member:minji")
    await is_refused(minji.asks_about(side, [ref]))
    for path in files_in(folder):
        path.unlink()
    await side.album.sweep()
    assert await refs_in(store) == set()


async def test_a_photo_without_a_claim_lives_for_a_day(
    minji: Uploader, side: EvidenceSide, store: Store, folder: Path, clock: HandClock
) -> None:
    unused, previewed = await minji.has_uploaded(photo(1)), await minji.has_uploaded(photo(2))
    clock.forward(hours=23)
    await minji.asks_about(side, [previewed])
    clock.forward(minutes=59)
    await side.album.sweep()
    assert await refs_in(store) == {unused, previewed}
    clock.forward(minutes=1)
    await side.album.sweep()
    assert await refs_in(store) == {previewed}
    clock.forward(hours=23)
    await side.album.sweep()
    assert await refs_in(store) == set()
    assert files_in(folder) == []


async def claimed(
    store: Store,
    minji: Uploader,
    *,
    state: ReceiptState = ReceiptState.PENDING,
    settled: bool = False,
    stale: bool = False,
    minutes_ago: float = 0,
) -> None:
    """A confirmed plan on the first order."""
    now = to_millis(minji.road.clock()) - int(minutes_ago * 60_000)
    row = {"mall": MALL, "order": minji.orders[0], "at": now, "enc": b"x", "id": f"{now}"}
    await store.database.write(
        """INSERT INTO plan (mall_id, id, shop_no, channel_id, command, order_id, customer_enc, seen, shown_enc,
            settings_version, created_at, expires_at)
        VALUES (:mall, :id, 1, 'c', 'exchangeReturn', :order, :enc, 's', :enc, 1, :at, :at)""",
        **row,
    )
    await store.database.write(
        """INSERT INTO intent (mall_id, id, plan_id, job_id, order_id, state, by_kind, by_id, at, finished, stale,
            answered, settled_at)
        VALUES (:mall, :id, :id, :id, :order, :state, 'user', 'u', :at, :finished, :stale, 1, :settled)""",
        **{k: v for k, v in row.items() if k != "enc"},
        state=state.value,
        finished=int(settled or state is ReceiptState.PENDING),
        stale=int(stale),
        settled=now if settled else None,
    )


ENDS = [
    ("E13 승인 대기", ReceiptState.PENDING, False, 390, True),
    ("E13 확인 중", ReceiptState.CHECKING, False, 390, True),
    ("E13 접수됨", ReceiptState.REQUESTED, True, 390, True),
    ("E13 접수 뒤 400일이 지나도 소식 없음", ReceiptState.REQUESTED, True, 401, False),
    ("E12 완료 89일", ReceiptState.DONE, True, 89, True),
    ("E12 완료 90일", ReceiptState.DONE, True, 90, False),
    ("E12 거절 89일", ReceiptState.FAILED, True, 89, True),
    ("E12 거절 90일", ReceiptState.FAILED, True, 90, False),
    ("E12 철회 90일", ReceiptState.WITHDRAWN, True, 90, False),
]


@pytest.mark.parametrize(("case", "state", "settled", "days", "lives"), ENDS, ids=[row[0] for row in ENDS])
@on_sqlite
async def test_photos_live_as_long_as_their_claim_and_its_days(
    minji: Uploader,
    side: EvidenceSide,
    store: Store,
    clock: HandClock,
    case: str,
    state: ReceiptState,
    settled: bool,
    days: int,
    lives: bool,
) -> None:
    ref = await minji.has_uploaded(photo())
    left_out = await minji.has_uploaded(photo(2))
    await minji.asks_about(side, [ref])
    await claimed(store, minji, state=state, settled=settled)
    clock.forward(days=days)
    await side.album.sweep()
    assert await refs_in(store) == ({ref} if lives else set()), case
    assert left_out not in await refs_in(store)


async def test_photos_of_a_pending_claim_outlive_everything_on_both_databases(
    minji: Uploader, side: EvidenceSide, store: Store, clock: HandClock
) -> None:
    ref = await minji.has_uploaded(photo())
    clock.forward(hours=23, minutes=55)
    await minji.asks_about(side, [ref])
    await claimed(store, minji)
    clock.forward(minutes=9)
    await side.album.sweep()
    clock.forward(days=800)
    await minji.road.drain_jobs()
    await side.album.sweep()
    assert await refs_in(store) == {ref}
    assert (await minji.asks_about(side, [ref]))[0].ref == ref


@on_sqlite
async def test_what_keeps_no_photo(
    minji: Uploader, side: EvidenceSide, store: Store, clock: HandClock
) -> None:
    """An earlier claim of the order, one that the photo was taken out of again, and a plan that went stale."""
    await claimed(store, minji, minutes_ago=60)
    taken_out = await minji.has_uploaded(photo(1))
    stale = await minji.has_uploaded(photo(2))
    await minji.asks_about(side, [taken_out, stale])
    await claimed(store, minji, state=ReceiptState.FAILED, settled=True, stale=True)
    clock.forward(minutes=1)
    await claimed(store, minji, minutes_ago=0)
    clock.forward(hours=24)
    await side.album.sweep()
    assert await refs_in(store) == set()


@on_sqlite
async def test_the_shops_own_days_count(
    minji: Uploader, side: EvidenceSide, store: Store, clock: HandClock
) -> None:
    await minji.road.manager_calls("settings.update", {"patch": {"exchangeReturn": {"evidenceDays": 7}}})
    ref = await minji.has_uploaded(photo())
    await minji.asks_about(side, [ref])
    await claimed(store, minji, state=ReceiptState.DONE, settled=True)
    clock.forward(days=6, hours=23)
    await side.album.sweep()
    assert await refs_in(store) == {ref}
    clock.forward(hours=1)
    await side.album.sweep()
    assert await refs_in(store) == set()


@on_sqlite
async def test_receipts_stay_while_their_photos_count_days_from_them(
    minji: Uploader, side: EvidenceSide, store: Store, clock: HandClock
) -> None:
    from app.store.purge import purge

    await minji.road.manager_calls("settings.update", {"patch": {"exchangeReturn": {"evidenceDays": 500}}})
    ref = await minji.has_uploaded(photo())
    await minji.asks_about(side, [ref])
    await claimed(store, minji, state=ReceiptState.DONE, settled=True)
    clock.forward(days=499)
    await purge(store.database, clock())
    await side.album.sweep()
    assert await refs_in(store) == {ref}
    clock.forward(days=1)
    await side.album.sweep()
    await purge(store.database, clock())
    assert await refs_in(store) == set()
    assert await store.database.read("SELECT 1 FROM intent") == []


async def test_the_worker_sweeps_by_itself(
    minji: Uploader, store: Store, folder: Path, clock: HandClock
) -> None:
    await minji.has_uploaded(photo())
    clock.forward(hours=25)

    async def gone() -> bool:
        await minji.road.drain_jobs()
        return not await refs_in(store)

    await until(gone)
    assert files_in(folder) == []


async def test_erasing_a_customer_takes_their_photos_and_nobody_elses(
    minji: Uploader, side: EvidenceSide, store: Store, folder: Path
) -> None:
    sora = await Uploader.arrives(minji.road, "u-sora", "sora")
    theirs = await sora.has_uploaded(photo(3))
    mine = [await minji.has_uploaded(photo(seed)) for seed in (1, 2)]
    await minji.asks_about(side, mine)
    await claimed(store, minji)
    assert await side.album.erase(MallId(MALL), Guest("minji")) == 0
    assert await side.album.erase(MallId("other"), minji.member) == 0
    assert await side.album.erase(MallId(MALL), minji.member) == 2
    assert await refs_in(store) == {theirs}
    assert {path.name.split(".")[0] for path in files_in(folder)} == {theirs}
    assert await side.album.erase(MallId(MALL), minji.member) == 0


async def test_an_upload_that_ends_after_its_customer_was_erased_is_not_kept(
    minji: Uploader, store: Store, folder: Path, clock: HandClock
) -> None:
    class ErasedMeanwhile(Folder):
        async def put(self, name: str, body: bytes) -> None:
            await super().put(name, body)
            await album.erase(MallId(MALL), minji.member)

    async def days_of(_channel: ChannelId) -> int:
        return 90

    from app.evidence.album import Bound
    from commands.kernel.ports import Unavailable

    album = Album(store.photos, ErasedMeanwhile(folder), minji.road.settings.keys, clock, days_of=days_of)
    place = shop(minji.road)
    bound = Bound(place.mall_id, place.channel_id, OrderId(minji.orders[0]), "member:minji")
    with pytest.raises(Unavailable):
        await album.keep(bound, await Decoder().decode(photo()))
    assert await refs_in(store) == set()
    assert files_in(folder) == []


async def test_alike_ones_among_a_hundred_thousand_are_found_by_the_index(
    store: Store, clock: HandClock
) -> None:
    """Three changed bits leave one band of four whole; four changed bits may miss, and count as another picture."""
    wanted = 0x0123_4567_89AB_CDEF
    await _filled(store, wanted, clock)
    seen: list[str] = []
    store.database.on_statement = seen.append

    def asked(fingerprint: int, order: str = "mine") -> KeptPhoto:
        return KeptPhoto(
            MallId("mall"), "r", ChannelId("c"), OrderId(order), "member:m", clock(), None, fingerprint
        )

    for bits in ((), (0,), (3, 19), (1, 17, 33), (16, 32, 63)):
        changed = wanted
        for bit in bits:
            changed ^= 1 << bit
        assert await store.photos.is_known_elsewhere(asked(changed), within=3), bits
    assert not await store.photos.is_known_elsewhere(asked(wanted ^ 0b1111), within=3)
    assert not await store.photos.is_known_elsewhere(asked(wanted, "order"), within=3)
    store.database.on_statement = None
    if "sqlite" in store.database.url:
        plan = await store.database.read(f"EXPLAIN QUERY PLAN {seen[0]}", **_bound(seen[0]))
        used = " ".join(row["detail"] for row in plan)
        assert all(f"ix_photo_mall_id_band{n}" in used for n in range(4)), used
        assert "SCAN photo" not in used


def _bound(sql: str) -> dict[str, object]:
    import re

    return dict.fromkeys(re.findall(r":(\w+)", sql), 1)


async def _filled(store: Store, wanted: int, clock: HandClock) -> None:
    """A hundred thousand pictures of chance (on SQLite, whose planner knows no statistics), and the one."""
    columns = "mall_id, ref, channel_id, order_id, owner_enc, state, used_at, created_at"
    row = "'mall', :ref, 'c', 'order', :enc, 'stored', :at, :at"
    bands = "fingerprint, band0, band1, band2, band3"
    given = {"enc": b"x", "at": to_millis(clock())}
    if "sqlite" in store.database.url:
        await store.database.write(
            f"""WITH RECURSIVE chance(n, a, b, c, d) AS (SELECT 1, 0, 0, 0, 0 UNION ALL
                SELECT n + 1, random() & 65535, random() & 65535, random() & 65535, random() & 65535
                FROM chance LIMIT 100000)
            INSERT INTO photo ({columns}, {bands})
            SELECT {row.replace(":ref", "'r' || n")}, printf('%04x%04x%04x%04x', d, c, b, a), a, b, c, d
            FROM chance""",
            **given,
        )
    parts = {f"b{n}": wanted >> 16 * n & 0xFFFF for n in range(4)}
    await store.database.write(
        f"INSERT INTO photo ({columns}, {bands}) VALUES ({row}, :print, :b0, :b1, :b2, :b3)",
        ref="wanted",
        print=f"{wanted:016x}",
        **parts,
        **given,
    )


async def test_a_line_of_the_log_holds_no_token(
    tmp_path: Path, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    import logging

    from app.log import start_logging
    from tests.world import fresh_database

    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    start_logging("debug")
    try:
        url = fresh_database(tmp_path)
        async with opened_road(url, clock, evidence_url=str(tmp_path / "photos")) as road:
            minji = await Uploader.arrives(road, "u-minji", "minji")
            path = await minji.starts()
            files = {"file": ("my house.jpg", photo())}
            assert (await road.client.post(path, files=files)).status_code == 201
            assert (await road.client.post(path, files=files)).status_code == 404
            link = evidence_side(
                road.settings, store_on(open_database(url), road.settings.keys, clock), _nobody, clock
            ).links.links(shop(road).channel_id, "0" * 32)[0]
            assert (await road.client.get(link)).status_code == 404
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    lines = capsys.readouterr().err
    assert '"route":"/wam/uploads/{token}"' in lines
    for secret in (path.rsplit("/", 1)[1], link.rsplit("/", 1)[1], "my house"):
        assert secret not in lines


async def _nobody(_channel: ChannelId) -> None:
    return None
