"""The failures that a Function may answer with: one closed list, the same on every face (DESIGN §3)."""

from enum import StrEnum


class FailureType(StrEnum):
    """Clients read this word. The number beside it on the wire stands in `app/channel/wire.py`."""

    INVALID_PARAMS = "invalidParams"
    PARSE_ERROR = "parseError"
    NOT_FOUND = "notFound"
    NOT_IDENTIFIED = "notIdentified"
    FORBIDDEN = "forbidden"
    METHOD_NOT_FOUND = "methodNotFound"
    INTERNAL = "internal"
    PLAN_STALE = "planStale"
    PLAN_EXPIRED = "planExpired"
    WRONG_CODE = "wrongCode"
    EXPIRED_CODE = "expiredCode"
    CONFLICT = "conflict"
    TOO_LATE = "tooLate"
    TOO_MANY = "tooMany"
    NOT_CONNECTED = "notConnected"
    COMMAND_OFF = "commandOff"
    UPSTREAM_UNAVAILABLE = "upstreamUnavailable"


class Failure(Exception):
    """The call is refused with a type that clients read, a sentence for people, and data for both."""

    def __init__(self, type_: FailureType, message: str = "", **data: object) -> None:
        self.type = type_
        self.message = message or type_.value
        self.data = data
        super().__init__(f"{type_}: {message}" if message else str(type_))
