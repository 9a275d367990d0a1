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
    caller = _object(context.get("caller"))
    surface = SURFACES.get(_text(caller.get("type")))
    if surface is None:
        raise Failure(FailureType.INVALID_PARAMS, "context.caller.type is missing or unknown")
    language = LANGUAGES.get(_text(context.get("language"))[:2].lower())
    return Call(
        surface=surface,
        caller_id=_text(caller.get("id")),
        channel_id=ChannelId(_text(_object(context.get("channel")).get("id"))),
        language=language or Language.KO,
        language_given=language is not None,
        user=chat_user(context.get("user")),
        user_chat_id=_text(_object(context.get("userChat")).get("id")) or None,
        request_id=request_id,
        config=_object(context.get("config")) or None,
    )


def chat_user(user: Any) -> ChatUser | None:
    """Identity is `memberId` of a member only: a profile's phone or e-mail proves nothing."""
    if not isinstance(user, dict) or not (user_id := _text(user.get("id"))):
        return None
    member_id = _text(user.get("memberId"))
    if member_id and bool(user.get("member", user.get("type") == "member")):
        return ChatUser(user_id, member=True, member_id=member_id)
    return ChatUser(user_id)


def _object(value: Any) -> JSON:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Ids may come as numbers; anything else that is no text counts as absent."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
