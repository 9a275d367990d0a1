"""Templates into answers, each with the headers of the console: nothing inline, nothing framed, nothing kept."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from commands.kernel.texts import beside
from commands.kernel.who import Language

HERE = Path(__file__).parent
TEXTS = beside(__file__)
STATIC = {
    "console.css": "text/css; charset=utf-8",
    "work.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
A_YEAR = "public, max-age=31536000, immutable"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
CLOSED = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}


class Pages:
    def __init__(self) -> None:
        self._files = {name: (HERE / "static" / name).read_bytes() for name in STATIC}
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["version"] = sha256(b"".join(self._files.values())).hexdigest()[:12]

    def page(
        self,
        name: str,
        language: Language,
        *,
        status: int = 200,
        form_hosts: str = "",
        pictures: str = "",
        script: bool = False,
        **shown: Any,
    ) -> Response:
        """`form_hosts`: CSP sources where a form of the page may end, beside ourselves; `pictures`: of its images;
        `script`: the page has our one script.
        """

        def say(key: str, **facts: object) -> str:
            return TEXTS.say(language, key, **facts)

        template = self._templates.get_template(f"{name}.html")
        body = template.render(language=language, say=say, script=script, **shown)
        sources = {"img-src": pictures, "form-action": form_hosts} | ({"script-src": ""} if script else {})
        policy = "; ".join([POLICY, *(f"{kind} 'self' {more}".rstrip() for kind, more in sources.items())])
        return HTMLResponse(body, status, headers=CLOSED | {"content-security-policy": policy})

    def notice(
        self,
        key: str,
        language: Language,
        *,
        status: int,
        headers: dict[str, str] | None = None,
        **facts: object,
    ) -> Response:
        """A page of one sentence: `{key}.title` and `{key}.text`."""
        page = self.page(
            "notice",
            language,
            status=status,
            title=TEXTS.say(language, f"{key}.title"),
            text=TEXTS.say(language, f"{key}.text", **facts),
        )
        page.headers.update(headers or {})
        return page

    def file(self, name: str) -> Response:
        if name not in STATIC:
            return PlainTextResponse("not found", 404)
        kept = {"cache-control": A_YEAR, "x-content-type-options": "nosniff"}
        return Response(self._files[name], media_type=STATIC[name], headers=kept)


def go(url: str) -> Response:
    """After a POST: the browser reads the next page with GET."""
    return RedirectResponse(url, 303, headers=CLOSED)
