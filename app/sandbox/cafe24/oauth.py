"""OAuth of a mall: the consent redirect, the token pair, and its end."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.sandbox.cafe24.consent import consent_page, trouble_page
from app.sandbox.cafe24.errors import OAuthError, json_response
from app.sandbox.cafe24.gate import Handler, trace_id
from app.sandbox.cafe24.state import Mall, Malls
from app.sandbox.cafe24.tokens import Grant
from app.sandbox.cafe24.wire import Row, token_stamp

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Authorize:
    """The parameters of one authorize request."""

    response_type: str
    client_id: str
    state: str
    redirect_uri: str
    scope: str
    challenge: str | None

    @property
    def scopes(self) -> tuple[str, ...]:
        """Comma-separated; a blank between scopes makes one word that no app has registered (observed)."""
        return tuple(self.scope.split(","))

    def back(self, **answer: str) -> Response:
        """302 to the app."""
        joint = "&" if "?" in self.redirect_uri else "?"
        return RedirectResponse(f"{self.redirect_uri}{joint}{urlencode(answer)}", 302)

    def refused(self, error: str) -> Response:
        """302 to the app with an error and a trace id."""
        return self.back(error=error, state=self.state, trace_id=trace_id())


def authorize(malls: Malls) -> Handler:
    """GET shows the consent page, POST is its button."""

    async def answer(request: Request) -> Response:
        mall = malls.get(request.path_params["mall_id"])
        if mall is None:
            return HTMLResponse(trouble_page("없는 쇼핑몰입니다."), 404)
        if not request.query_params:
            # Somebody only asks whether the mall exists.
            return HTMLResponse(trouble_page("앱에서 연동을 시작해 주세요."), 200)
        asked = _authorize(request)
        if not asked.redirect_uri or not _registered(malls, asked.redirect_uri):
            return HTMLResponse(trouble_page("등록되지 않은 redirect_uri입니다. (invalid_request)"), 400)
        if error := _error(malls, asked):
            return asked.refused(error)
        if request.method == "GET":
            return HTMLResponse(consent_page(mall, asked.scopes))
        return _decided(mall, asked, await _form(request))

    return answer


def token(malls: Malls) -> Handler:
    """Code or refresh token against a new pair."""

    def act(mall: Mall, form: dict[str, str]) -> Response:
        kind = form.get("grant_type", "")
        if kind not in GRANTS:
            raise OAuthError("unsupported_grant_type" if kind else "invalid_request", "Invalid grant_type")
        return json_response(_token_row(malls, mall, GRANTS[kind](mall, form)))

    return _for_client(malls, act)


def revoke(malls: Malls) -> Handler:
    """The end of a token; an unknown token is no error."""

    def act(mall: Mall, form: dict[str, str]) -> Response:
        mall.tokens.revoke(_needed(form, "token"))
        return Response(status_code=200)

    return _for_client(malls, act)


def _for_client(malls: Malls, act: Callable[[Mall, dict[str, str]], Response]) -> Handler:
    async def answer(request: Request) -> Response:
        mall = malls.get(request.path_params["mall_id"])
        if mall is None:
            return HTMLResponse(trouble_page("없는 쇼핑몰입니다."), 404)
        try:
            _check_client(malls, request)
            _check_form(request)
            return act(mall, await _form(request))
        except OAuthError as error:
            return error.response()

    return answer


def _authorize(request: Request) -> Authorize:
    query = request.query_params
    return Authorize(
        response_type=query.get("response_type", ""),
        client_id=query.get("client_id", ""),
        state=query.get("state", ""),
        redirect_uri=query.get("redirect_uri", ""),
        scope=query.get("scope", ""),
        challenge=query.get("code_challenge"),
    )


def _registered(malls: Malls, redirect_uri: str) -> bool:
    return not malls.redirect_uris or redirect_uri.startswith(malls.redirect_uris)


def _error(malls: Malls, asked: Authorize) -> str | None:
    """The first of the documented errors that applies."""
    if asked.client_id != malls.client_id or not asked.state or not asked.scope:
        return "invalid_request"
    if asked.response_type != "code":
        return "unsupported_response_type"
    return None if malls.scopes.issuperset(asked.scopes) else "invalid_scope"


def _decided(mall: Mall, asked: Authorize, form: dict[str, str]) -> Response:
    """Only the representative operator may consent; cancelling counts as denial (ASSUMPTION)."""
    operator = next((row for row in mall.operators if row["user_id"] == form.get("operator")), None)
    if operator is None or operator["admin_type"] != "P" or form.get("decision") != "agree":
        return asked.refused("access_denied")
    mall.installed = True
    code = mall.tokens.code(operator["user_id"], asked.scopes, asked.redirect_uri, asked.challenge)
    return asked.back(code=code, state=asked.state)


def _check_client(malls: Malls, request: Request) -> None:
    """The Basic header and nothing else; credentials in the body are refused."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    expected = f"{malls.client_id}:{malls.client_secret}".encode()
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        given = b""
    if scheme != "Basic" or not hmac.compare_digest(given, expected):
        raise OAuthError("invalid_client", "It is a wrong client_secret.", 401)


def _check_form(request: Request) -> None:
    if not request.headers.get("content-type", "").startswith(FORM):
        raise OAuthError("invalid_request", f"The content type must be {FORM}")


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


def _needed(form: dict[str, str], name: str) -> str:
    if not form.get(name):
        raise OAuthError("invalid_request", f"{name} parameter is required")
    return form[name]


def _by_code(mall: Mall, form: dict[str, str]) -> Grant:
    code = mall.tokens.redeem(_needed(form, "code"))
    if code is None or code.redirect_uri != _needed(form, "redirect_uri"):
        raise OAuthError("invalid_grant", "Invalid authorization code")
    if code.challenge and code.challenge != _challenge(form.get("code_verifier", "")):
        raise OAuthError("invalid_grant", "Invalid code_verifier")
    return mall.tokens.issue(code.user_id, code.scopes)


def _by_refresh(mall: Mall, form: dict[str, str]) -> Grant:
    grant = mall.tokens.refresh(_needed(form, "refresh_token"))
    if grant is None:
        raise OAuthError("invalid_grant", "Invalid refresh_token")
    return grant


GRANTS: dict[str, Callable[[Mall, dict[str, str]], Grant]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
}


def _challenge(verifier: str) -> str:
    """S256 of PKCE."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _token_row(malls: Malls, mall: Mall, grant: Grant) -> Row:
    return {
        "access_token": grant.access_token,
        "expires_at": token_stamp(grant.access_until),
        "refresh_token": grant.refresh_token,
        "refresh_token_expires_at": token_stamp(grant.refresh_until),
        "client_id": malls.client_id,
        "mall_id": mall.mall_id,
        "user_id": grant.user_id,
        "scopes": list(grant.scopes),
        "issued_at": token_stamp(grant.issued_at),
        "shop_no": "1",
        "token_type": "Bearer",
    }
