"""What is left of a picture: upright pixels and the hour it was taken, whatever the file tried."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from app.evidence.decoder import WORKER, Decoded, Decoder, Refused
from app.evidence.limits import ALIKE_BITS, MAX_PIXELS, Refusal

from .pictures import ORIENTATION, photo, saved, scene, told_by_camera

KST = timezone(timedelta(hours=9))
SECRETS = (b"Exif", b"SecretCamera", b"GPS", b"<x:xmpmeta", b"ICC_PROFILE", b"a comment")


async def decoded(body: bytes) -> Decoded:
    return await Decoder().decode(body)


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


@pytest.mark.parametrize("type_", ["image/jpeg", "image/png", "image/webp", "image/heic"])
async def test_place_camera_and_every_other_word_are_gone(type_: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = saved(
        scene(), type_, exif=told_by_camera(), xmp=b"<x:xmpmeta>home</x:xmpmeta>", icc_profile=profile
    )
    assert b"SecretCamera" in body
    answer = await decoded(body)
    for picture in (answer.picture, answer.thumbnail):
        assert opened(picture).format == "JPEG"
        assert not any(secret in picture for secret in SECRETS)
        assert dict(opened(picture).getexif()) == {}
        assert set(opened(picture).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert answer.taken_at == datetime(2026, 11, 19, 21, 30, 5, tzinfo=KST)


@pytest.mark.parametrize(
    ("taken", "offset", "found"),
    [
        ("2026:11:19 21:30:05", None, datetime(2026, 11, 19, 12, 30, 5, tzinfo=UTC)),
        ("2026:11:19 21:30:05", "+01:00", datetime(2026, 11, 19, 20, 30, 5, tzinfo=UTC)),
        ("2026:11:19 21:30:05", "nowhere", datetime(2026, 11, 19, 12, 30, 5, tzinfo=UTC)),
        ("2026:13:45 99:30:05", None, None),
        ("0000:00:00 00:00:00", None, None),
        ("yesterday\x00", None, None),
        (None, None, None),
    ],
)
async def test_the_hour_it_was_taken(taken: str | None, offset: str | None, found: datetime | None) -> None:
    body = saved(scene(), exif=told_by_camera(taken, offset))
    assert (await decoded(body)).taken_at == found


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"]
)
async def test_a_camera_that_writes_nonsense_spoils_no_photo(exif: bytes) -> None:
    answer = await decoded(saved(scene(), exif=exif))
    assert answer.taken_at is None
    assert b"garbage" not in answer.picture


@pytest.mark.parametrize("type_", ["image/jpeg", "image/png", "image/webp", "image/heic"])
async def test_upright_as_the_camera_was_held(type_: str) -> None:
    """The left half is red; turned by a quarter to the right, red is above."""
    image = Image.new("RGB", (400, 300), "blue")
    image.paste("red", (0, 0, 200, 300))
    exif = told_by_camera(orientation=6).tobytes()  # bytes: so that a HEIC gets its own turn (irot) too
    answer = await decoded(saved(image, type_, exif=exif))
    upright = opened(answer.picture)
    assert upright.size == (300, 400)
    red, _green, blue = upright.getpixel((150, 20))  # type: ignore[misc]
    assert (red > 200, blue < 60) == (True, True)
    red, _green, blue = upright.getpixel((150, 380))  # type: ignore[misc]
    assert (blue > 200, red < 60) == (True, True)
    assert ORIENTATION not in upright.getexif()


async def test_sizes() -> None:
    answer = await decoded(saved(scene(size=(4000, 1000))))
    assert opened(answer.picture).size == (2048, 512)
    assert opened(answer.thumbnail).size == (320, 80)
    small = await decoded(saved(scene(size=(90, 60))))
    assert opened(small.picture).size == opened(small.thumbnail).size == (90, 60)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
async def test_every_kind_of_pixels(mode: str) -> None:
    whole = scene().convert("L").convert("I;16") if mode == "I;16" else scene().convert(mode)
    answer = await decoded(saved(whole, "image/jpeg" if mode == "CMYK" else "image/png"))
    assert opened(answer.picture).mode == "RGB"


async def test_what_is_transparent_is_white() -> None:
    answer = await decoded(saved(Image.new("RGBA", (60, 60), (0, 0, 0, 0)), "image/png"))
    assert min(opened(answer.picture).getpixel((30, 30))) > 250  # type: ignore[type-var, arg-type]


async def test_of_a_moving_picture_the_first() -> None:
    frames = [scene(seed) for seed in (1, 2, 3)]
    body = saved(frames[0], "image/webp", save_all=True, append_images=frames[1:], duration=50)
    moving, still = await decoded(body), await decoded(photo(1))
    assert alike(moving, still)


async def test_what_hangs_on_behind_a_picture_is_cut_off() -> None:
    answer = await decoded(photo() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in answer.picture


async def test_fifty_million_pixels_and_not_one_row_more() -> None:
    fits, over = (
        Image.new("L", (10_000, MAX_PIXELS // 10_000)),
        Image.new("L", (10_000, MAX_PIXELS // 10_000 + 1)),
    )
    assert opened((await decoded(saved(fits, "image/png"))).picture).size == (2048, 1024)
    with pytest.raises(Refused) as caught:
        await decoded(saved(over, "image/png"))
    assert caught.value.refusal is Refusal.TOO_MANY_PIXELS


def alike(one: Decoded, other: Decoded) -> bool:
    assert one.fingerprint is not None
    assert other.fingerprint is not None
    return (one.fingerprint ^ other.fingerprint).bit_count() <= ALIKE_BITS


async def test_smaller_recoded_and_retold_copies_are_alike_and_others_are_not() -> None:
    first = await decoded(photo(1))
    copies = [
        saved(scene(1), quality=40),
        saved(scene(1).resize((320, 240))),
        saved(scene(1), "image/webp", quality=50),
        saved(scene(1), "image/heic"),
        saved(scene(1), exif=told_by_camera()),
        first.picture,
    ]
    for copy in copies:
        assert alike(first, await decoded(copy))
    for seed in range(2, 12):
        assert not alike(first, await decoded(photo(seed)))


@pytest.mark.parametrize("colour", ["black", "white", "#777"])
async def test_a_picture_of_nothing_is_like_no_other(colour: str) -> None:
    assert (await decoded(saved(Image.new("RGB", (600, 400), colour)))).fingerprint is None


@cache
def large() -> bytes:
    return saved(scene(size=(7000, 7000)), "image/png", compress_level=1)


@pytest.mark.parametrize(
    "limits",
    [{"memory": 100 * 1024 * 1024}, {"memory": 1024}, {"cpu_seconds": 1}, {"seconds": 0.02}],
    ids=["memory", "no memory at all", "processor", "time"],
)
async def test_a_worker_that_meets_a_limit_refuses_its_file_and_the_next_is_fine(
    limits: dict[str, int],
) -> None:
    with pytest.raises(Refused) as caught:
        await Decoder(**limits).decode(large())  # type: ignore[arg-type]
    assert caught.value.refusal is Refusal.UNREADABLE
    assert (await decoded(photo())).picture


async def test_a_caller_that_leaves_takes_its_worker_along() -> None:
    decoder = Decoder()
    leaving = asyncio.create_task(decoder.decode(large()))
    await asyncio.sleep(0.2)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    found = await asyncio.to_thread(
        subprocess.run, ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, check=False
    )
    assert str(WORKER).encode() not in found.stdout
    assert (await decoder.decode(photo())).picture


def test_the_worker_needs_nothing_of_ours_and_writes_no_file(tmp_path: Path) -> None:
    script = f"""
import os, runpy
runpy.run_path({str(WORKER)!r}, run_name="worker")["limit_ourselves"](10**9, 5)
os.write(os.open({str(tmp_path / "written")!r}, os.O_CREAT | os.O_WRONLY), b"x")
"""
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=False, env={})
    assert done.returncode != 0
    assert (tmp_path / "written").read_bytes() == b""
    assert "import app" not in WORKER.read_text()
    assert "from app" not in WORKER.read_text()
