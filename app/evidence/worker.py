"""One picture, in a process of its own: `python -I worker.py TYPE MEMORY CPU_SECONDS` reads it from standard input.

Started by file with an empty environment, so it imports nothing of ours and knows no secret. It limits itself
before any byte of the file is looked at. Out: a line of JSON, then the picture, then its thumbnail.
"""

import json
import math
import sys
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

MAX_PIXELS = 50_000_000
LONG_SIDE = 2048
THUMBNAIL_SIDE = 320
QUALITY = 85
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
KST = timezone(timedelta(hours=9))
EXIF_IFD, TAKEN_AT, TAKEN_OFFSET = 0x8769, 36867, 36881
HASH_SIDE, HASHED_FREQUENCIES = 32, 8
LITTLE_CONTRAST = 400.0
"""Frequencies that add up to less belong to a wall or a black frame: such pictures are all alike."""


class TooManyPixels(Exception):
    """Refused before decoding."""


def limit_ourselves(memory: int, cpu_seconds: int) -> None:
    """Writes no file, dumps no core. Without such limits (Windows) time and pixels are the only ones."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def decode(body: bytes, type_: str) -> tuple[dict[str, Any], bytes, bytes]:
    """The facts, the picture, the thumbnail. Raises whatever the decoder raises."""
    from PIL import Image

    if type_ == "image/heic":
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False, decode_threads=1)
    Image.MAX_IMAGE_PIXELS = None  # ours is the stricter one, and it refuses
    with Image.open(BytesIO(body), formats=[FORMATS[type_]]) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise TooManyPixels
        taken_at = _taken_at(opened)
        opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
        opened.load()
        upright = _upright(opened.convert("RGBA") if opened.mode == "P" else opened)
        upright.thumbnail((LONG_SIDE, LONG_SIDE))
        picture = _plain(upright)
    thumbnail = picture.copy()
    thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    facts = {
        "taken_at": taken_at,
        "fingerprint": fingerprint(picture),
        "width": picture.width,
        "height": picture.height,
    }
    return facts, _jpeg(picture), _jpeg(thumbnail)


def _upright(image: Any) -> Any:
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001  words of a camera that cannot be read spoil no picture
        return image


def _plain(image: Any) -> Any:
    """RGB on white, in the colours that a screen expects, and nothing besides pixels."""
    from PIL import Image, ImageCms

    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    elif image.mode == "CMYK" or not profile:
        image = image.convert("RGB")
    if profile and image.mode == "RGB":
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"))
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # colours a little off are better than no photo
    image = image.convert("RGB")
    image.info = {}
    return image


def _jpeg(image: Any) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, exif=b"", icc_profile=None)
    return out.getvalue()


def _taken_at(image: Any) -> str | None:
    """As the camera wrote it; a camera that names no zone stands in Korea."""
    try:
        fields = image.getexif().get_ifd(EXIF_IFD)
    except Exception:  # noqa: BLE001  (same)
        return None
    try:
        local = datetime.strptime(_words(fields[TAKEN_AT]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except (KeyError, TypeError, ValueError):
        return None
    try:
        zone = datetime.strptime(_words(fields[TAKEN_OFFSET]), "%z").tzinfo
    except (KeyError, TypeError, ValueError):
        zone = KST
    return local.replace(tzinfo=zone).isoformat()


def _words(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip("\x00 ")


def fingerprint(image: Any) -> str | None:
    """A perceptual hash: which of the 64 lowest frequencies of the grey picture lie above their median. Resizing and
    re-encoding move few of them. None for a picture of almost nothing.
    """
    from PIL import Image

    grey = image.convert("L").resize((HASH_SIDE, HASH_SIDE), Image.Resampling.BOX)
    pixels = list(grey.tobytes())
    waves = [
        [math.cos(math.pi * k * (2 * n + 1) / (2 * HASH_SIDE)) for n in range(HASH_SIDE)]
        for k in range(HASHED_FREQUENCIES)
    ]
    rows = [pixels[n * HASH_SIDE : (n + 1) * HASH_SIDE] for n in range(HASH_SIDE)]
    across = [[sum(p * w for p, w in zip(row, wave, strict=True)) for wave in waves] for row in rows]
    found = [
        sum(line[k] * w for line, w in zip(across, wave, strict=True)) / HASH_SIDE
        for wave in waves
        for k in range(HASHED_FREQUENCIES)
    ]
    if sum(abs(value) for value in found[1:]) < LITTLE_CONTRAST:
        return None
    median = sorted(found[1:])[len(found) // 2 - 1]
    bits = sum(1 << place for place, value in enumerate(found) if value > median)
    return f"{bits:016x}"


def main(type_: str, memory: str, cpu_seconds: str) -> None:
    limit_ourselves(int(memory), int(cpu_seconds))
    head: dict[str, Any]
    try:
        facts, picture, thumbnail = decode(sys.stdin.buffer.read(), type_)
    except TooManyPixels:
        head, picture, thumbnail = {"refused": "too_many_pixels"}, b"", b""
    except Exception:  # noqa: BLE001  a decoder may fail in any way
        head, picture, thumbnail = {"refused": "unreadable"}, b"", b""
    else:
        head = {**facts, "picture": len(picture), "thumbnail": len(thumbnail)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + picture + thumbnail)


if __name__ == "__main__":
    main(*sys.argv[1:])
