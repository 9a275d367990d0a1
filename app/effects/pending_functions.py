"""`claims.pending` and `claims.decide`: the queue for managers, in the shapes of DESIGN §3."""

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from app.ports import Call, Function, PendingClaim, PendingClaims, PhotoLinks, Surface
from commands.kernel.who import ChannelId
from commands.receipt import receipt_shape
from commands.shapes import LineShape, Params, ReceiptResult, Shape

MANAGERS = frozenset({Surface.MANAGER})
MOST = 100


class PendingParams(Params):
    cursor: str | None = Field(None, max_length=100)
    limit: int = Field(30, ge=1, le=MOST)
    kind: str | None = Field(None, max_length=60)
    decided: bool = False


class PhotoShape(Shape):
    thumb_url: str
    url: str


class PendingClaimShape(Shape):
    """`kind`: what alike cases share, as `return:defective`; `message`: what a rejection told the customer."""

    pending_id: str
    kind: str
    order_id: str
    customer_label: str
    items: list[LineShape]
    reason: Any = None
    photos: list[PhotoShape]
    created_at: dt.datetime
    due_at: dt.datetime | None = None
    state: str
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    message: str | None = None


class PendingResult(Shape):
    claims: list[PendingClaimShape]
    next: str | None = None


class DecideParams(Params):
    """`message`: needed to reject; the customer reads it."""

    pending_id: str = Field(min_length=1, max_length=60)
    action: Literal["approve", "reject"]
    message: str | None = Field(None, max_length=2_000)


class ClaimFunctions:
    def __init__(self, claims: PendingClaims, photos: PhotoLinks) -> None:
        self._claims = claims
        self._photos = photos

    def all(self) -> list[Function]:
        return [
            Function("claims.pending", PendingParams, PendingResult, self.pending, MANAGERS),
            Function("claims.decide", DecideParams, ReceiptResult, self.decide, MANAGERS),
        ]

    async def pending(self, call: Call, params: PendingParams) -> PendingResult:
        page = await self._claims.page(
            call.channel_id,
            cursor=params.cursor,
            limit=params.limit,
            kind=params.kind,
            decided=params.decided,
        )
        return PendingResult(
            claims=[claim_shape(claim, self._photos, call.channel_id) for claim in page.claims],
            next=page.next,
        )

    async def decide(self, call: Call, params: DecideParams) -> ReceiptResult:
        receipt = await self._claims.decide(
            call.channel_id,
            params.pending_id,
            manager_id=call.caller_id,
            action=params.action,
            message=params.message,
            language=call.language,
        )
        return ReceiptResult(receipt=receipt_shape(receipt))


def claim_shape(claim: PendingClaim, photos: PhotoLinks, channel_id: ChannelId) -> PendingClaimShape:
    links = [photos.links(channel_id, ref) for ref in claim.photos]
    return PendingClaimShape(
        pending_id=claim.id,
        kind=claim.kind,
        order_id=claim.order_id,
        customer_label=claim.customer_label,
        items=[LineShape.model_validate(line) for line in claim.shown.get("items", ())],
        reason=claim.shown.get("reason"),
        photos=[PhotoShape(thumb_url=thumb, url=whole) for thumb, whole in links],
        created_at=claim.at,
        due_at=claim.due_at,
        state=claim.state.value,
        decided_by=claim.decided_by,
        decided_at=claim.decided_at,
        message=claim.message,
    )
