"""Channel's envelopes and context, in its own words (CHANNEL.md §1)."""

from typing import Any

import orjson

from app.ports import Call, ChatUser, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId, Language

CODES = {
    FailureType.INVALID_PARAMS: 2,
    FailureType.PARSE_ERROR: 2,
    FailureType.NOT_FOUND: 3,
    FailureType.NOT_IDENTIFIED: 4,
    FailureType.FORBIDDEN: 4,
    FailureType.METHOD_NOT_FOUND: -32601,
    FailureType.INTERNAL: -32603,
}
UNPROCESSABLE = 1
LANGUAGES = {language.value: language for language in Language}
SURFACES = {surface.value: surface for surface in Surface}
JSON = dict[str, Any]


def error_body(failure: Failure) -> bytes:
    error: JSON = {
        "code": CODES.get(failure.type, UNPROCESSABLE),
        "type": failure.type.value,
        "message": failure.message,
    }
    if failure.data:
        error["data"] = failure.data
    return orjson.dumps({"error": error})


def result_body(result: Any) -> bytes:
    """A pydantic model, JSON bytes that are ready, or plain JSON."""
    if isinstance(result, bytes):
        return b'{"result":' + result + b"}"
    if hasattr(result, "model_dump_json"):
        text: str = result.model_dump_json(by_alias=True, exclude_none=True)
        return b'{"result":' + text.encode() + b"}"
    return orjson.dumps({"result": result})


def call_of(context: Any, request_id: str) -> Call:
    """The verified context. Unknown members are ignored, null counts as absent. Raises `Failure`."""
    if not isinstance(context, dict):
        raise Failure(FailureType.INVALID_PARAMS, "context is missing")
    caller = _object(context, "caller")
    surface = SURFACES.get(caller.get("type") or "")
    if surface is None:
        raise Failure(FailureType.INVALID_PARAMS, "context.caller.type is missing or unknown")
    language = LANGUAGES.get(str(context.get("language") or "")[:2].lower())
    return Call(
        surface=surface,
        caller_id=_text(caller, "id"),
        channel_id=ChannelId(_text(_object(context, "channel"), "id")),
        language=language or Language.KO,
        language_given=language is not None,
        user=chat_user(_object(context, "user")),
        user_chat_id=_text(_object(context, "userChat"), "id") or None,
        request_id=request_id,
    )


def chat_user(user: JSON) -> ChatUser | None:
    """Identity is `memberId` of a member only: a profile's phone or e-mail proves nothing."""
    user_id = _text(user, "id")
    if not user_id:
        return None
    member_id = _text(user, "memberId")
    is_member = bool(user.get("member", user.get("type") == "member")) and bool(member_id)
    return ChatUser(user_id, member=is_member, member_id=member_id if is_member else None)


def _object(parent: JSON, name: str) -> JSON:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _text(parent: JSON, name: str) -> str:
    value = parent.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
