"""Reads one file out of a multipart body while it arrives, and stops at the first byte too many."""

from collections.abc import AsyncIterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from .decoder import Refused
from .limits import MAX_BYTES, Refusal

FIELD = b"file"
AROUND = 16 * 1024
"""Boundaries and headers of the one part; whatever is longer is no upload of ours."""


class _OneFile:
    """Callbacks of the parser: the bytes of `file`, and how many parts there were."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.parts = 0
        self.ended = False
        self._name = b""
        self._value = b""
        self._is_ours = False

    def on_part_begin(self) -> None:
        self.parts += 1
        self._is_ours = False
        if self.parts > 1:
            raise Refused(Refusal.NOT_ONE_FILE)

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            kind, options = parse_options_header(self._value)
            self._is_ours = kind == b"form-data" and options.get(b"name") == FIELD and b"filename" in options
        self._name = self._value = b""

    def on_headers_finished(self) -> None:
        if not self._is_ours:
            raise Refused(Refusal.NOT_ONE_FILE)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if len(self.body) + end - start > MAX_BYTES:
            raise Refused(Refusal.TOO_LARGE)
        self.body += data[start:end]

    def on_end(self) -> None:
        self.ended = True


async def one_file(content_type: str, parts: AsyncIterator[bytes]) -> bytes:
    """Raises `Refused`. What the sender breaks off raises by itself, out of `parts`."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Refused(Refusal.NOT_ONE_FILE)
    file = _OneFile()
    names = (
        "part_begin",
        "header_field",
        "header_value",
        "header_end",
        "headers_finished",
        "part_data",
        "end",
    )
    size = 0
    try:
        parser = MultipartParser(boundary, {f"on_{name}": getattr(file, f"on_{name}") for name in names})  # type: ignore[arg-type]
        async for part in parts:
            size += len(part)
            parser.write(part)
            if size > MAX_BYTES + AROUND:
                raise Refused(Refusal.TOO_LARGE)
        parser.finalize()
    except FormParserError:
        raise Refused(Refusal.NOT_ONE_FILE) from None
    if not file.ended or file.parts != 1:
        raise Refused(Refusal.NOT_ONE_FILE)
    return bytes(file.body)
