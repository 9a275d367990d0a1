"""A small S3 on loopback: signed PUT, GET, and deletions (POST ?delete), and nothing more."""

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

REGION = "ap-northeast-2"


@dataclass
class Shelf:
    """What the bucket holds. `failing`: how many of the next requests answer 500."""

    access_key: str
    secret_key: str
    objects: dict[str, bytes] = field(default_factory=dict)
    refused: int = 0
    failing: int = 0

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{key:path}", self._answer, methods=["PUT", "GET", "POST"])])

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        if self.failing:
            self.failing -= 1
            return Response("", 500)
        if not self._is_signed(request, body):
            self.refused += 1
            return Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", 403)
        key = request.path_params["key"]
        if request.method == "PUT":
            self.objects[key] = body
            return Response("", 200, {"etag": '"1"'})
        if request.method == "POST" and "delete" in request.query_params:
            names = [unescape(name) for name in re.findall(r"<Key>(.*?)</Key>", body.decode())]
            for name in names:
                self.objects.pop(f"{key.rstrip('/')}/{name}", None)
            gone = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
            return Response(f"<DeleteResult>{gone}</DeleteResult>", 200, media_type="application/xml")
        if key not in self.objects:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        modified = "Sun, 22 Nov 2026 03:00:00 GMT"
        return Response(self.objects[key], 200, {"etag": '"1"', "last-modified": modified})

    def _is_signed(self, request: Request, body: bytes) -> bool:
        """AWS Signature Version 4, counted anew."""
        parts = dict(
            part.strip().split("=", 1)
            for part in request.headers.get("authorization", " ").split(" ", 1)[1].split(",")
            if "=" in part
        )
        stamp, named = request.headers.get("x-amz-date", ""), parts.get("SignedHeaders", "")
        told = request.headers.get("x-amz-content-sha256", "")
        if told not in {"UNSIGNED-PAYLOAD", sha256(body).hexdigest()}:
            return False
        headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in named.split(";") if name)
        path = quote(request.scope["path"], safe="/-_.~")
        query = "&".join(f"{quote(k, '')}={quote(v, '')}" for k, v in sorted(request.query_params.items()))
        canonical = f"{request.method}\n{path}\n{query}\n{headers}\n{named}\n{told}"
        scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        key = b"AWS4" + self.secret_key.encode()
        for step in (stamp[:8], REGION, "s3", "aws4_request"):
            key = hmac.new(key, step.encode(), sha256).digest()
        wanted = hmac.new(key, text.encode(), sha256).hexdigest()
        known = parts.get("Credential", "").startswith(f"{self.access_key}/")
        return known and hmac.compare_digest(wanted, parts.get("Signature", ""))
