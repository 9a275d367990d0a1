"""Product pictures, drawn on the spot: a coloured tile with a lattice and the name's first syllable."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from app.sandbox.cafe24.errors import NO_API, ApiError
from app.sandbox.cafe24.gate import Handler
from app.sandbox.cafe24.product_fixture import Product
from app.sandbox.cafe24.state import Malls


def pictures(malls: Malls) -> Handler:
    """GET /{mall_id}/pictures/{product_no}.svg, open to everybody like a shop's own pictures."""

    async def answer(request: Request) -> Response:
        mall = malls.get(request.path_params["mall_id"])
        product = mall.products.get(request.path_params["product_no"]) if mall else None
        if product is None:
            return ApiError(404, NO_API).response()
        headers = {"Cache-Control": "public, max-age=86400"}
        return Response(_tile(product), headers=headers, media_type="image/svg+xml")

    return answer


def _tile(product: Product) -> str:
    """No emoji: many machines have no font for them, every one here has Hangul."""
    name, colour = escape(product.product_name), escape(product.colour)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img" aria-label="{name}">
<rect width="200" height="200" fill="{colour}"/>
<path d="M0 40h200M0 160h200M40 0v200M160 0v200M20 40V0M180 40V0M20 160v40M180 160v40"
 stroke="#1c2430" stroke-opacity=".14" stroke-width="5" fill="none"/>
<circle cx="100" cy="100" r="66" fill="#ffffff" fill-opacity=".72"/>
<text x="100" y="128" font-size="78" font-weight="600" text-anchor="middle"
 font-family="'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',sans-serif" fill="#3b4454">{name[:1]}</text>
</svg>"""
