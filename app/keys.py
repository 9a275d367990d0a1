"""Everything that needs the secret key: sealing, signing and keyed hashes, one derived key per purpose.

`SECRET_KEY` holds one or more keys, newest first: new values use the first, older values stay readable. Every
token starts with `purpose.version.keyid` and is refused for any other purpose.
"""

import base64
import binascii
import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "1"
_NONCE_BYTES = 12


class BadToken(Exception):
    """Not ours, for another purpose, altered, or made with a key that is gone."""


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadToken from error


class KeyRing:
    """Keys are 32 random bytes each. Purposes are short words without a dot."""

    def __init__(self, keys: list[bytes]) -> None:
        if not keys or any(len(key) != sha256().digest_size for key in keys):
            raise ValueError("SECRET_KEY needs keys of 32 bytes")
        self._roots = {sha256(key).hexdigest()[:8]: key for key in keys}
        self._derived: dict[tuple[str, str], bytes] = {}

    @property
    def newest(self) -> str:
        return next(iter(self._roots))

    @property
    def key_ids(self) -> tuple[str, ...]:
        return tuple(self._roots)

    def key(self, purpose: str, key_id: str | None = None) -> bytes:
        """The 32 bytes of a purpose. Raises `BadToken` for a key id that is gone."""
        chosen = key_id or self.newest
        cached = self._derived.get((purpose, chosen))
        if cached is None:
            if chosen not in self._roots:
                raise BadToken
            hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"jumun.{VERSION}.{purpose}".encode())
            cached = self._derived[purpose, chosen] = hkdf.derive(self._roots[chosen])
        return cached

    def mac(self, purpose: str, message: bytes, key_id: str | None = None) -> str:
        """A keyed hash in hex, for look-ups of things that must not be kept in the clear."""
        return hmac.new(self.key(purpose, key_id), message, sha256).hexdigest()

    def seal(self, purpose: str, plain: bytes, bound_to: str) -> bytes:
        """Encrypts. `bound_to` (such as the row's key) must be the same to open it again."""
        head = self._head(purpose, self.newest)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.key(purpose)).encrypt(nonce, plain, head + bound_to.encode())
        return head + nonce + sealed

    def open(self, purpose: str, sealed: bytes, bound_to: str) -> bytes:
        """Raises `BadToken`."""
        head, body = self._split(purpose, sealed)
        key = self.key(purpose, head.split(b".")[2].decode("latin-1"))
        try:
            return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], head + bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise BadToken from error

    def sign(self, purpose: str, body: bytes) -> str:
        """A token that anybody may read and only we can make. Expiry is the caller's to put into the body."""
        head = self._head(purpose, self.newest)
        tag = hmac.new(self.key(purpose), head + body, sha256).digest()
        return f"{head.decode()}{encode(body)}.{encode(tag)}"

    def verify(self, purpose: str, token: str) -> bytes:
        """The body. Raises `BadToken`."""
        if not token.isascii():
            raise BadToken
        head, rest = self._split(purpose, token.encode())
        body_text, _, tag_text = rest.decode("latin-1").partition(".")
        body = decode(body_text)
        key = self.key(purpose, head.split(b".")[2].decode("latin-1"))
        if not hmac.compare_digest(hmac.new(key, head + body, sha256).digest(), decode(tag_text)):
            raise BadToken
        return body

    @staticmethod
    def _head(purpose: str, key_id: str) -> bytes:
        return f"{purpose}.{VERSION}.{key_id}.".encode()

    @staticmethod
    def _split(purpose: str, token: bytes) -> tuple[bytes, bytes]:
        parts = token.split(b".", 3)
        if len(parts) != 4 or parts[0] != purpose.encode() or parts[1] != VERSION.encode():
            raise BadToken
        return b".".join(parts[:3]) + b".", parts[3]
