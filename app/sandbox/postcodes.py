"""A simulated postcode search: it knows the addresses of the simulated malls' own orders, and no others."""

from collections.abc import Collection

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.sandbox.cafe24.state import Mall

NOT_SIMULATED = (
    "주소 검색은 모의입니다: 진짜 주소록이 없고, 이 모의 쇼핑몰의 주문에 있는 주소만 찾습니다",
    "띄어 쓴 낱말이 모두 들어 있는 주소를 보여 줄 뿐, 건물 이름이나 지번, 비슷한 말은 모릅니다",
)


def postcodes_app(malls: Collection[Mall]) -> Starlette:
    async def search(request: Request) -> JSONResponse:
        words = request.query_params.get("query", "").split()
        places = dict.fromkeys(
            (receiver.zipcode, receiver.address1)
            for mall in malls
            for order in mall.orders.values()
            for receiver in order.receivers
            if words and all(word in f"{receiver.zipcode} {receiver.address1}" for word in words)
        )
        found = [{"zipcode": zipcode, "address1": address1} for zipcode, address1 in sorted(places)]
        return JSONResponse({"places": found})

    return Starlette(routes=[Route("/places", search)])
