"""What an answer of the Admin API means: the error tree by status, with the trace id kept (PLATFORM.md §b)."""

from typing import Any

import orjson

from app.errors import OffContract, OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable, Upstream
from app.http import Response

from .limiter import SYSTEM

TRACE_HEADER = "X-Trace-ID"
LONGEST_MESSAGE = 300
REQUEST_TIMEOUT = 408


class CallFailed(Exception):
    """A call that failed; `repeatable` when another try can do no harm."""

    def __init__(self, error: Upstream, *, repeatable: bool = False) -> None:
        self.error = error
        self.repeatable = repeatable
        super().__init__(str(error))

    def pause(self, short: float) -> float:
        """The limiter itself waits for a throttled call."""
        return self.error.retry_after if isinstance(self.error, Throttled) else short


def unanswered(label: str, *, write: bool, sent: bool) -> CallFailed:
    """No answer. A write whose request left us may have taken effect."""
    if write and sent:
        return CallFailed(OutcomeUnknown(SYSTEM, label, note="no answer"))
    return CallFailed(Unavailable(SYSTEM, label, note="no answer"), repeatable=True)


def failure(label: str, response: Response, *, scope: str, write: bool) -> CallFailed:
    """The error of an answer that is no success; 429 is not for here."""
    status = response.status_code
    code, message = _error_of(response)
    kept: dict[str, Any] = {
        "status": status,
        "wire_code": code,
        "request_id": response.headers.get(TRACE_HEADER),
    }
    if status == 401:
        return CallFailed(Unauthorized(SYSTEM, label, **kept))
    if status == 403:
        return CallFailed(_forbidden(label, message, scope, kept))
    if status >= 500 or status == REQUEST_TIMEOUT:
        if write:
            return CallFailed(OutcomeUnknown(SYSTEM, label, **kept))
        return CallFailed(Unavailable(SYSTEM, label, **kept), repeatable=True)
    if 400 <= status < 500:
        return CallFailed(Rejected(SYSTEM, label, message=message, **kept))
    return CallFailed(OutcomeUnknown(SYSTEM, label, **kept) if write else OffContract(SYSTEM, label, **kept))


def _forbidden(label: str, message: str, scope: str, kept: dict[str, Any]) -> Upstream:
    """Three things hide behind 403; a missing scope and a closed endpoint say so, else the app may be gone."""
    if "insufficient_scope" in message or "scope" in (kept["wire_code"] or "").lower():
        return Unauthorized(
            SYSTEM, label, **(kept | {"wire_code": "insufficient_scope", "note": f"needs {scope}"})
        )
    if "invalid api" in message.lower():
        return Rejected(SYSTEM, label, message=message, **(kept | {"wire_code": "closed_api"}))
    return Unauthorized(SYSTEM, label, **(kept | {"wire_code": "forbidden"}))


def body_of(label: str, response: Response, *, write: bool) -> dict[str, Any]:
    """The JSON object of a success; a write may answer nothing."""
    if write and not response.content.strip():
        return {}
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict):
        return body
    kept: dict[str, Any] = {
        "status": response.status_code,
        "request_id": response.headers.get(TRACE_HEADER),
        "note": "no JSON object",
    }
    raise CallFailed(OutcomeUnknown(SYSTEM, label, **kept) if write else OffContract(SYSTEM, label, **kept))


def _error_of(response: Response) -> tuple[str | None, str]:
    """(code, message) of every envelope that has been seen; HTML and nothing answer nothing."""
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None, ""
    if not isinstance(body, dict):
        return None, ""
    error = body.get("error")
    if isinstance(error, dict):
        code, message = error.get("code"), error.get("message")
    else:
        code = error or body.get("error_code")
        message = body.get("error_description") or body.get("error_message")
    return (None if code is None else str(code)[:60]), str(message or "")[:LONGEST_MESSAGE]
