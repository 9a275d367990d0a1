"""Starts a worker process for each picture and believes little of what it answers."""

import asyncio
import logging
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from app.log import say

from .limits import Refusal, type_of

log = logging.getLogger(__name__)
WORKER = Path(__file__).with_name("worker.py")
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 15
SECONDS = 20.0
AT_ONCE = 2
MAX_ANSWER = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """Our own re-encoding: JPEG, upright, without metadata."""

    picture: bytes
    thumbnail: bytes
    taken_at: datetime | None
    fingerprint: int | None


class Refused(Exception):
    """The file is not taken, and nothing of it is kept."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)


class Decoder:
    """Two at once: each may take a gigabyte. A worker that dies, hangs or overeats refuses its file."""

    def __init__(
        self, *, memory: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS, seconds: float = SECONDS
    ) -> None:
        self._arguments = (str(memory), str(cpu_seconds))
        self._seconds = seconds
        self._places = asyncio.Semaphore(AT_ONCE)

    async def decode(self, body: bytes) -> Decoded:
        """Raises `Refused`."""
        type_ = type_of(body)
        if type_ is None:
            raise Refused(Refusal.NOT_A_PHOTO)
        async with self._places:
            answer = await self._ask(body, type_)
        try:
            return _decoded(answer)
        except (orjson.JSONDecodeError, ValueError, KeyError, TypeError):
            say(log, "warning", "a picture was not decoded", type=type_)
            raise Refused(Refusal.UNREADABLE) from None

    async def _ask(self, body: bytes, type_: str) -> bytes:
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(WORKER),
            type_,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(self._seconds):
                _, answer = await asyncio.gather(_feed(worker, body), _read(worker))
        except TimeoutError:
            answer = b""
        finally:
            with suppress(ProcessLookupError):
                worker.kill()
            await asyncio.shield(worker.wait())
        return answer


async def _feed(worker: asyncio.subprocess.Process, body: bytes) -> None:
    assert worker.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it died over the file: its answer will be short
        worker.stdin.write(body)
        await worker.stdin.drain()
        worker.stdin.close()
        await worker.stdin.wait_closed()


async def _read(worker: asyncio.subprocess.Process) -> bytes:
    """Cut at the most that a picture and its thumbnail may take: then it does not parse."""
    assert worker.stdout is not None
    answer = bytearray()
    while (part := await worker.stdout.read(65536)) and len(answer) <= MAX_ANSWER:
        answer += part
    return bytes(answer)


def _decoded(answer: bytes) -> Decoded:
    """Raises `Refused`, and `ValueError`, `KeyError`, `TypeError` for what a sound worker never says."""
    line, _, rest = answer.partition(b"\n")
    head = orjson.loads(line)
    if refused := head.get("refused"):
        raise Refused(Refusal(refused))
    picture, thumbnail = rest[: head["picture"]], rest[head["picture"] :]
    if len(thumbnail) != head["thumbnail"] or {type_of(picture), type_of(thumbnail)} != {"image/jpeg"}:
        raise ValueError("cut short")
    return Decoded(
        picture=picture,
        thumbnail=thumbnail,
        taken_at=datetime.fromisoformat(head["taken_at"]) if head["taken_at"] else None,
        fingerprint=int(head["fingerprint"], 16) if head["fingerprint"] else None,
    )
