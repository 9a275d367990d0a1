"""Structured logs: one JSON line an event, with the request's id, and no personal data.

Only keys listed here are written, so a phone number or a token cannot slip in through a new call site.
"""

import logging
import sys
from contextvars import ContextVar
from typing import Any

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="")

WRITTEN_KEYS = frozenset(
    {
        "act", "attempt", "attempts", "caller", "calls", "channel", "code", "count", "database", "delivery",
        "duration_ms", "error", "event_no", "extension", "job", "kind", "mall", "method", "note", "operation",
        "outcome", "pid", "port", "provider", "reason", "retry_after", "route", "shop", "state", "status",
        "system", "trace_id", "type", "url", "version", "wait_ms", "worker", "workers",
    }
)  # fmt: skip
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class JsonLines(logging.Formatter):
    """`log.info("call", extra={"facts": {...}})` and plain records of libraries, as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        if current := request_id.get():
            line["request"] = current
        line |= {k: v for k, v in getattr(record, "facts", {}).items() if k in WRITTEN_KEYS}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _last_frame(record)
        return orjson.dumps(line, default=str).decode()


def _last_frame(record: logging.LogRecord) -> str:
    """File and line only: an exception's text may hold what it failed on."""
    trace = record.exc_info[2] if record.exc_info else None
    where = ""
    while trace:
        code = trace.tb_frame.f_code
        where = f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}:{code.co_name}"
        trace = trace.tb_next
    return where


def start_logging(level: str = "info") -> None:
    """To standard error; libraries that log URLs or bodies are kept at warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVELS.get(level, logging.INFO))
    for noisy in ("httpx", "httpcore", "alembic", "asyncio", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def say(logger: logging.Logger, level: str, event: str, **facts: object) -> None:
    """`say(log, "info", "function called", method=…, type=…)`. Unknown keys are a fault of ours."""
    if not logger.isEnabledFor(_LEVELS[level]):
        return
    if not WRITTEN_KEYS.issuperset(facts):
        message = f"add {sorted(facts.keys() - WRITTEN_KEYS)} to app.log.WRITTEN_KEYS, or leave them out"
        raise ValueError(message)
    logger.log(_LEVELS[level], event, extra={"facts": facts})
