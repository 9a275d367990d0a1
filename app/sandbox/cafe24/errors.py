"""Error envelopes: JSON of the Admin API, JSON of OAuth, and the HTML of a gateway."""

from __future__ import annotations

import orjson
from starlette.responses import HTMLResponse, Response

from app.sandbox.cafe24.wire import Row

TOKEN_EXPIRED = "access_token time expired. (invalid_token)"
TOKEN_MISSING = "The access_token is missing. (invalid_token)"
SCOPE_MISSING = (
    "The request requires higher privileges than provided by the access token. (insufficient_scope)"
)
NO_API = "No API found."
ENVELOPE_MISSING = "Please enter the Request parameter."


class ApiError(Exception):
    """A refusal of the Admin API; the handler that raises it has changed nothing."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}

    def response(self) -> Response:
        """The documented envelope; the captured 401 has no `more_info`, the others do."""
        error: Row = {"code": self.status, "message": self.message}
        if self.status != 401:
            error["more_info"] = {}
        return json_response({"error": error}, self.status, self.headers)


class OAuthError(Exception):
    """A refusal of the token or revoke endpoint."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> Response:
        """`error` and `error_description`, as OAuth wants them."""
        return json_response({"error": self.error, "error_description": self.description}, self.status)


def missing(parameter: str) -> ApiError:
    """422: a parameter that the call cannot do without."""
    return ApiError(422, f"A mandatory field is missing. (parameter.{parameter})")


def wrong(parameter: str, reason: str) -> ApiError:
    """422: a parameter outside its specification. ASSUMPTION: only the status is documented."""
    return ApiError(422, f"{reason} (parameter.{parameter})")


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as the API writes it."""
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def gateway_page(status: int, title: str) -> Response:
    """The page of a gateway in front of the mall: no JSON, no envelope."""
    return HTMLResponse(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>", status
    )
