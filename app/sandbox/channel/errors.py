"""Refusals in both directions: of a native call by the AppStore, and of a Function by the app."""

from __future__ import annotations

from typing import Any


class NativeRefused(Exception):
    """A native call was refused; nothing changed. Travels as HTTP 200 with an error envelope."""

    def __init__(self, code: int, kind: str, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind
        self.message = message
        self.data = data

    def envelope(self) -> dict[str, Any]:
        return {"error": _members(self.code, self.kind, self.message, self.data)}


class FunctionFailed(Exception):
    """The app answered a Function with an error, or with something that the protocol does not know."""

    def __init__(
        self, code: int, kind: str | None, message: str, data: Any = None, status: int = 200
    ) -> None:
        super().__init__(f"{kind or code}: {message}")
        self.code = code
        self.kind = kind
        self.message = message
        self.data = data
        self.status = status

    def envelope(self) -> dict[str, Any]:
        """The form in which a client sees it."""
        return {"error": _members(self.code, self.kind, self.message, self.data)}


def _members(code: int, kind: str | None, message: str, data: Any) -> dict[str, Any]:
    members: dict[str, Any] = {"code": code, "type": kind, "message": message}
    return members if data is None else members | {"data": data}


def invalid(message: str) -> NativeRefused:
    return NativeRefused(2, "invalidParams", message)


def absent(what: str) -> NativeRefused:
    return NativeRefused(3, "notFound", f"{what} not found")


def unauthorized(message: str) -> NativeRefused:
    return NativeRefused(4, "unauthorized", message)


def forbidden(message: str) -> NativeRefused:
    return NativeRefused(4, "forbidden", message)


def unknown_method(method: str) -> NativeRefused:
    return NativeRefused(-32601, "methodNotFound", f"unknown method {method}")
