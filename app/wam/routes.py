"""`GET /wam/{name}`: the static shell that Channel frames, and its two files."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from .render import templates

SCRIPT = "text/javascript; charset=utf-8"
STATIC = {"wam.css": "text/css; charset=utf-8", "photos.js": SCRIPT, "wam.js": SCRIPT}
A_YEAR = "public, max-age=31536000, immutable"


def wam_routes(
    names: frozenset[str],
    shell_words: Mapping[str, Mapping[str, str]],
    *,
    frame_ancestors: str,
    pictures_from: str,
) -> list[BaseRoute]:
    """`names`: the screens there are. `pictures_from`: CSP sources of product pictures."""
    folder = Path(__file__).parent / "static"
    files = {name: (folder / name).read_bytes() for name in STATIC}
    version = sha256(b"".join(files.values())).hexdigest()[:12]
    pages = {
        name: templates()
        .get_template("shell.html")
        .render(name=name, version=version, shell_words=shell_words)
        for name in names
    }
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        f"img-src 'self' data: {pictures_from}; base-uri 'none'; form-action 'none'; frame-ancestors {frame_ancestors}"
    )
    headers = {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }

    async def shell(request: Request) -> Response:
        page = pages.get(request.path_params["name"])
        if page is None:
            return PlainTextResponse("not found", 404)
        return HTMLResponse(page, headers=headers)

    async def static(request: Request) -> Response:
        name = request.path_params["file"]
        if name not in files:
            return PlainTextResponse("not found", 404)
        kept = {"cache-control": A_YEAR, "x-content-type-options": "nosniff"}
        return Response(files[name], media_type=STATIC[name], headers=kept)

    return [
        Route("/wam/static/{file}", static),
        Route("/wam/{name}", shell),
        Route("/wam/{name}/", shell),
    ]
