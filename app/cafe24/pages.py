"""The pages that an operator of the mall sees: plain HTML, no script, nothing of ours in a referrer or a frame."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from commands.kernel.texts import beside
from commands.kernel.who import Language

COOKIE_PATH = "/cafe24"
FOLDER = Path(__file__).parent
WORDS = beside(__file__)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # not no-referrer: that makes a browser send `Origin: null` with our own form
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SPOKEN = frozenset(language.value for language in Language)
_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, language: Language, *, status: int = 200, **facts: Any) -> HTMLResponse:
    def say(key: str, **with_facts: object) -> str:
        return WORDS.say(language, key, **with_facts)

    html = _TEMPLATES.get_template(f"{template}.html").render(lang=language.value, say=say, **facts)
    return HTMLResponse(html, status, HEADERS)


def notice(
    language: Language,
    key: str,
    *,
    status: int = 200,
    good: bool = False,
    link: tuple[str, str] | None = None,
    **facts: object,
) -> HTMLResponse:
    """A page of one heading and one paragraph. `link`: (address, key of its words)."""
    return page("notice", language, status=status, key=key, good=good, link=link, facts=facts)


def language_of(request: Request) -> Language:
    """`?lang=`, else the first of the browser's languages that we speak, else Korean."""
    asked = [request.query_params.get("lang", "")]
    asked += [part.partition(";")[0] for part in request.headers.get("accept-language", "").split(",")]
    for word in asked:
        short = word.strip()[:2].lower()
        if short in _SPOKEN:
            return Language(short)
    return Language.KO


def keep_cookie(response: Response, name: str, value: str, life: timedelta, public_url: str) -> None:
    """Lax: the way here is a link from Cafe24, and the form itself is guarded by a token of its own."""
    response.set_cookie(
        name,
        value,
        max_age=int(life.total_seconds()),
        path=COOKIE_PATH,
        secure=public_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


def same_text(one: str, other: str) -> bool:
    """In constant time; a cookie may hold any character."""
    return secrets.compare_digest(one.encode(), other.encode())


async def stylesheet(_: Request) -> Response:
    css = (FOLDER / "static" / "install.css").read_bytes()
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(css, 200, headers, media_type="text/css")
