"""Sealed bytes under names: in a folder beside the database, or in any S3-compatible bucket."""

import asyncio
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.errors import Misconfigured, Unavailable
from app.ports.evidence import PhotoFiles

S3 = "s3://"


def open_files(url: str, *, access_key: str = "", secret_key: str = "") -> PhotoFiles:
    """A folder, or `s3://bucket/prefix?endpoint=https://…&region=…`. Raises `Misconfigured`."""
    if url.startswith(S3):
        return Bucket(url, access_key, secret_key)
    if "://" in url or not url:
        raise Misconfigured("EVIDENCE_URL must be a folder or start with s3://")
    return Folder(Path(url))


class Folder:
    """One file a name, readable by the server's user alone; whole or not there."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, name: str, body: bytes) -> None:
        try:
            await asyncio.to_thread(self._write, self._root / name, body)
        except OSError as error:
            raise Unavailable("evidence", "put", note=type(error).__name__) from error

    async def get(self, name: str) -> bytes | None:
        try:
            return await asyncio.to_thread((self._root / name).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable("evidence", "get", note=type(error).__name__) from error

    async def delete(self, names: Sequence[str]) -> None:
        def remove() -> None:
            for name in names:
                path = self._root / name
                path.unlink(missing_ok=True)
                path.with_name(path.name + ".part").unlink(missing_ok=True)

        try:
            await asyncio.to_thread(remove)
        except OSError as error:
            raise Unavailable("evidence", "delete", note=type(error).__name__) from error

    @staticmethod
    def _write(path: Path, body: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


class Bucket:
    """By obstore (a binding of Apache's object_store), which signs, retries and speaks to every S3 there is."""

    def __init__(self, url: str, access_key: str, secret_key: str) -> None:
        try:
            from obstore.store import S3Store
        except ImportError as error:
            message = "EVIDENCE_URL names a bucket, but obstore is missing: install jumun[s3]"
            raise Misconfigured(message) from error
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        if not parts.netloc or not access_key or not secret_key or options.keys() - {"endpoint", "region"}:
            raise Misconfigured(
                "EVIDENCE_URL needs s3://bucket?endpoint=…&region=…, with EVIDENCE_ACCESS_KEY and EVIDENCE_SECRET_KEY"
            )
        endpoint = options.get("endpoint")
        given: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            access_key_id=access_key,
            secret_access_key=secret_key,
            region=options.get("region", "us-east-1"),
            virtual_hosted_style_request=False,
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": "30s",
            },
            **given,
        )

    async def put(self, name: str, body: bytes) -> None:
        from obstore.exceptions import BaseError

        try:
            await self._store.put_async(name, body, use_multipart=False)
        except BaseError as error:
            raise Unavailable("evidence", "put", note=type(error).__name__) from None

    async def get(self, name: str) -> bytes | None:
        from obstore.exceptions import BaseError, NotFoundError

        try:
            found = await self._store.get_async(name)
            return bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError):
            return None
        except BaseError as error:
            raise Unavailable("evidence", "get", note=type(error).__name__) from None

    async def delete(self, names: Sequence[str]) -> None:
        from obstore.exceptions import BaseError, NotFoundError

        try:
            await self._store.delete_async(list(names))
        except (NotFoundError, FileNotFoundError):
            pass  # of a bucket that answers so, each name was tried
        except BaseError as error:
            raise Unavailable("evidence", "delete", note=type(error).__name__) from None
