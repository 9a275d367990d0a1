"""Product pictures, drawn on the spot: a flat tile with an emoji and the name's first syllable."""

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
    name, colour = escape(product.product_name), escape(product.colour)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img" aria-label="{name}">
<rect width="200" height="200" fill="{colour}"/>
<circle cx="100" cy="88" r="58" fill="#ffffff" fill-opacity=".55"/>
<text x="100" y="110" font-size="64" text-anchor="middle">{escape(product.emoji)}</text>
<text x="100" y="182" font-size="26" text-anchor="middle" font-family="sans-serif" fill="#1c2430">{name[:1]}</text>
</svg>"""
