"""A server that answers as Fassto FMS is seen to answer: HTTP 200 with the truth inside an envelope."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.faults import Faults
from app.sandbox.wms.depot import Depot, DepotRefused, Parcel
from app.sandbox.wms.meeting import Handler, Meeting, body_of, json

KST = timezone(timedelta(hours=9))
TOKEN_LIFE = timedelta(hours=1)
# (wrkStat, wrkStatNm, crgStNm) of a parcel, by the stage of its lines; cancelled is an ASSUMPTION.
WORDS = {
    "received": ("1", "출고요청", "출고요청"),
    "held": ("1", "출고요청", "출고요청"),
    "printed": ("3", "출고완료", "운송장 등록"),
    "shipped": ("3", "출고완료", "배송중"),
    "cancel_marked": ("5", "취소", "출고취소"),
}


class FasstoServer:
    """`refused_slips`: releases whose cancel fails inside a successful answer."""

    def __init__(
        self,
        depot: Depot,
        *,
        now: Callable[[], datetime],
        api_code: str,
        api_key: str,
        customer: str,
        faults: Faults,
    ) -> None:
        self.depot = depot
        self.api_code = api_code
        self.api_key = api_key
        self.customer = customer
        self.meeting = Meeting(faults)
        self.refused_slips: set[str] = set()
        self.envelope_error: str | None = None
        self._now = now
        self._tokens: dict[str, datetime] = {}

    def app(self) -> Starlette:
        v1, customer = "/api/v1", "{customer}"
        span = f"{customer}/{{start}}/{{end}}"
        return Starlette(
            routes=[
                Route(f"{v1}/auth/connect", self.meeting.around(self._connect), methods=["POST"]),
                Route(f"{v1}/stock/list/{customer}", self._inside(self._stock)),
                Route(f"{v1}/delivery/detail/{customer}/{{slip}}", self._inside(self._release)),
                Route(f"{v1}/delivery/cancel/{customer}", self._inside(self._cancel), methods=["PATCH"]),
                Route(f"{v1}/delivery/{span}/{{status}}/{{way}}", self._inside(self._releases)),
                Route(f"{v1}/warehousing/detail/{customer}/{{slip}}", self._inside(self._inbound)),
                Route(f"{v1}/warehousing/{span}", self._inside(self._inbounds)),
            ]
        )

    async def _connect(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("apiCd") != self.api_code or asked.get("apiKey") != self.api_key:
            return _failed("401", "INVALID_KEY")
        token, until = secrets.token_hex(16), self._now() + TOKEN_LIFE
        self._tokens[token] = until
        return _good({"accessToken": token, "expreDatetime": f"{until.astimezone(KST):%Y%m%d%H%M%S}"})

    def forget_tokens(self) -> None:
        """Every token counts as expired from now on."""
        self._tokens.clear()

    def _inside(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            until = self._tokens.get(request.headers.get("accesstoken", ""))
            if until is None or self._now() >= until:
                return _failed("401", "INVALID_ACCESS")
            if request.path_params["customer"] != self.customer:
                return _failed("400", "INVALID_CST_CD")
            if self.envelope_error:
                return _failed("500", self.envelope_error)
            return await handler(request)

        return self.meeting.around(answer)

    async def _stock(self, request: Request) -> Response:
        wanted = request.query_params.get("cstGodCd")
        rows = [
            {
                "whCd": "TEST",
                "godCd": f"G{number}",
                "cstGodCd": goods.sku,
                "godNm": goods.name,
                "godBarcd": f"880{number:010d}",
                "stockQty": str(self.depot.stock(goods) or 0),
                "badStockQty": "0",
                "canStockQty": None if (left := self.depot.stock(goods)) is None else str(left),
                "giftDiv": "01",
            }
            for number, goods in enumerate(self.depot.goods, 1)
            if not wanted or goods.sku == wanted
        ]
        return _good(rows)

    async def _releases(self, request: Request) -> Response:
        start, end = (date.fromisoformat(request.path_params[name]) for name in ("start", "end"))
        wanted = request.query_params.get("ordNo")
        rows = [
            _release_row(parcel, self._combined(parcel))
            for parcel in self.depot.parcels.values()
            if (not wanted or parcel.order_id == wanted)
            and start <= parcel.ordered_at.astimezone(KST).date() <= end
        ]
        return _good(rows)

    async def _release(self, request: Request) -> Response:
        """`data` is one object here."""
        parcel = self._of_slip(request.path_params["slip"])
        if parcel is None:
            return _failed("404", "NOT_FOUND")
        goods = [
            {"cstGodCd": line.sku, "godNm": line.name, "ordQty": str(line.quantity)} for line in parcel.lines
        ]
        return _good(_release_row(parcel, self._combined(parcel)) | {"goods": goods})

    async def _cancel(self, request: Request) -> Response:
        body = await body_of(request)
        results = []
        for wanted in body if isinstance(body, list) else []:
            slip = str(wanted.get("slipNo"))
            results.append({"fmsSlipNo": slip, "orderNo": wanted.get("ordNo"), **self._cancelled(slip)})
        return _good(results)

    def _cancelled(self, slip: str) -> dict[str, str]:
        parcel = self._of_slip(slip)
        if parcel is None or slip in self.refused_slips:
            return {"code": "400", "msg": "취소할 수 없는 상태입니다."}
        try:
            self.depot.mark(parcel, "cancel", {line.number for line in parcel.lines})
        except DepotRefused:
            return {"code": "400", "msg": "이미 작업 중입니다."}
        return {"code": "200", "msg": "OK"}

    async def _inbounds(self, request: Request) -> Response:
        start, end = request.path_params["start"], request.path_params["end"]
        slips = sorted({f"{day:%Y%m%d}" for day in self.depot.restock.values()})
        rows = [
            {"slipNo": f"IN{day}", "ordDt": day, "ordQty": "10", "inQty": "0", "wrkStat": "1"}
            for day in slips
            if start <= day <= end
        ]
        done = {"slipNo": "IN00000000", "ordDt": start, "ordQty": "10", "inQty": "10", "wrkStat": "4"}
        return _good([done, *rows])

    async def _inbound(self, request: Request) -> Response:
        day = request.path_params["slip"].removeprefix("IN")
        goods = [
            {"cstGodCd": sku, "ordQty": "10", "inQty": "0"}
            for sku, planned in self.depot.restock.items()
            if f"{planned:%Y%m%d}" == day
        ]
        return _good([{"slipNo": f"IN{day}", "ordDt": day, "wrkStat": "1", "goods": goods}])

    def _of_slip(self, slip: str) -> Parcel | None:
        return next((p for p in self.depot.parcels.values() if slip_no(p) == slip), None)

    def _combined(self, parcel: Parcel) -> bool:
        return sum(p.package == parcel.package for p in self.depot.parcels.values()) > 1


def slip_no(parcel: Parcel) -> str:
    return f"TEST{parcel.number:08d}"


def _release_row(parcel: Parcel, combined: bool) -> dict[str, Any]:  # noqa: FBT001
    code, work, word = WORDS.get(parcel.lines[0].stage, ("1", "출고요청", "출고요청"))
    return {
        "slipNo": slip_no(parcel),
        "ordNo": parcel.order_id,
        "ordDt": f"{parcel.ordered_at.astimezone(KST):%Y%m%d}",
        "wrkStat": code,
        "wrkStatNm": work,
        "crgStNm": word,
        "mapSlipNo": parcel.package if combined else "",
        "invoiceNo": parcel.tracking,
        "parcelCd": "CJ",
        "parcelNm": "CJ대한통운" if parcel.tracking else "",
        "salChanel": "카페24",
        "outDiv": "1",
    }


def _good(data: Any) -> Response:
    count = len(data) if isinstance(data, list) else 1
    return json({"header": {"code": "200", "msg": "OK", "dataCount": count}, "errorInfo": None, "data": data})


def _failed(code: str, error: str) -> Response:
    """Inside HTTP 200, as the real one does."""
    trouble = {"errorCode": error, "errorMessage": "요청을 처리하지 못했습니다.", "errorData": None}
    header = {"code": code, "msg": "FAIL", "dataCount": 0}
    return json({"header": header, "errorInfo": trouble, "data": None})
