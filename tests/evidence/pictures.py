"""Pictures of a test: photos of every type, and files that only look like one."""

import random
import struct
import zlib
from functools import cache
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

DATE_TAKEN, OFFSET_TAKEN, ORIENTATION, EXIF, GPS = 36867, 36881, 0x0112, 0x8769, 0x8825
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}


def scene(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Something to see: soft blots of colour, others for every seed."""
    small = Image.frombytes("RGB", (12, 9), random.Random(seed).randbytes(12 * 9 * 3))
    return small.resize(size, Image.Resampling.BICUBIC)


def saved(image: Image.Image, type_: str = "image/jpeg", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, FORMATS[type_], **options)
    return out.getvalue()


def photo(seed: int = 1, type_: str = "image/jpeg", **options: Any) -> bytes:
    return saved(scene(seed), type_, **options)


def told_by_camera(
    taken: str | None = "2026:11:19 21:30:05", offset: str | None = None, orientation: int | None = None
) -> Image.Exif:
    """EXIF with a place on earth, as phones write it."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    if orientation:
        exif[ORIENTATION] = orientation
    inner: dict[int, Any] = {}
    if taken:
        inner[DATE_TAKEN] = taken
    if offset:
        inner[OFFSET_TAKEN] = offset
    exif.get_ifd(EXIF).update(inner)
    exif.get_ifd(GPS).update({1: "N", 2: (37.0, 33.0, 59.0), 3: "E", 4: (126.0, 58.0, 41.0)})
    return exif


@cache
def bomb(side: int) -> bytes:
    """A PNG of `side` × `side` black pixels in few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 2)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
