"""What can break, as one tree. A refusal is not here: it is a `Decision`, or a `Failure` of the kernel.

AppError
├── Misconfigured          start-up stops; the operator is told what is missing
└── Upstream               an outside system; holds system, operation, wire code and request id
    ├── Unavailable        it did not take effect (also commands.kernel.ports.Unavailable); retried by jobs
    │   └── Throttled      wait `retry_after` seconds first
    ├── Unauthorized       credentials refused; never retried, the merchant is told to reconnect
    ├── Rejected           the system said no to this request; never retried
    ├── OffContract        an answer that the contract does not know; never retried, an engineer is told
    └── OutcomeUnknown     a write timed out: read before repeating, never repeat blindly
"""

from commands.kernel import ports as kernel


class AppError(Exception):
    """The base of everything that we raise ourselves."""


class Misconfigured(AppError):
    """A process setting is missing or wrong. Never retried; the operator reads the message."""


class Upstream(AppError):
    """An outside system failed. The text never holds tokens, bodies or personal data."""

    def __init__(
        self,
        system: str,
        operation: str,
        *,
        status: int | None = None,
        wire_code: str | None = None,
        request_id: str | None = None,
        note: str = "",
    ) -> None:
        self.system = system
        self.operation = operation
        self.status = status
        self.wire_code = wire_code
        self.request_id = request_id
        self.note = note
        parts = (f"{system} {operation}", f"status={status}", f"code={wire_code}", note)
        super().__init__(" ".join(p for p in parts if p and not p.endswith("=None")))


class Unavailable(Upstream, kernel.Unavailable):
    """Surely without effect: no connection, 5xx on a read. Retried by jobs; the customer is asked to wait."""


class Throttled(Unavailable):
    """The system asks us to slow down. Retried after `retry_after` seconds."""

    def __init__(self, system: str, operation: str, *, retry_after: float, status: int = 429) -> None:
        self.retry_after = retry_after
        super().__init__(system, operation, status=status, note=f"retry_after={retry_after:.0f}s")


class Unauthorized(Upstream):
    """Our credentials are dead or lack a scope. Never retried; the merchant must reconnect."""


class Rejected(Upstream, kernel.MallRefused):
    """The system understood and refused. Never retried; `message` is the system's own text."""

    def __init__(self, system: str, operation: str, *, message: str = "", **kept: object) -> None:
        super().__init__(system, operation, **kept)  # type: ignore[arg-type]
        self.message = message


class OffContract(Upstream):
    """An answer that cannot be read. Never retried; an engineer is told."""


class OutcomeUnknown(Upstream, kernel.OutcomeUnknown):
    """A write may have taken effect. Reconciled by reading, never repeated blindly."""
