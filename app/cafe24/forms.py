"""Reading what a stranger posts: no more of it than we asked for."""

from urllib.parse import parse_qsl

from starlette.requests import Request

LONGEST_FORM = 4_096


class Oversized(Exception):
    """The body is longer than anything that we would read."""


async def read_body(request: Request, most: int) -> bytes:
    """Raises `Oversized` before more than `most` bytes are kept."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise Oversized
    return bytes(body)


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a urlencoded form; a field that comes twice counts as empty, strange bytes as no form."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    names = [name for name, _ in pairs]
    return {name: value if names.count(name) == 1 else "" for name, value in pairs}
