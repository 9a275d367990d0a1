"""The pages of daily work at `/console/…`: 승인 대기, 주문, 설정, 감사 기록, 고객 데이터."""

from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.clock import Clock
from app.ports import Audit, Connections, PendingClaims, PhotoLinks, ShopOrders

from .agent_near import AgentNeighbours
from .agent_pages import agent_pages
from .audit import AuditPage
from .claims import ClaimsPage
from .deciding import Choosing, Deciding
from .erasing import Erase, ErasingPage
from .forms import LARGE
from .kept_rate import KeptRateOf
from .orders import AskOf, OrdersPage, ReceiptsOf, Render
from .pages import go
from .rights import Shown
from .setting_fields import Schema
from .setting_places import SECTIONS
from .settings_page import ChangeSettings, FindingsByCommand, SettingsPage
from .signing_in import SigningIn
from .visits import Visits, with_shop
from .warehouse import Warehouse
from .warehouse_tools import WarehouseTools

HERE = "/console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What the pages need of others. `pictures_from`: CSP sources of product pictures; `photos_from`: of photos, when
    they do not come from ourselves.
    """

    connections: Connections
    audit: Audit
    claims: PendingClaims
    photos: PhotoLinks
    orders: ShopOrders
    ask_of: AskOf
    receipts_of: ReceiptsOf
    render: Render
    schema: Schema
    shown: Shown
    change: ChangeSettings
    findings: FindingsByCommand
    erase: Erase
    warehouse: Warehouse
    kept_rate: KeptRateOf
    pictures_from: str = "https:"
    photos_from: str = ""
    agents: AgentNeighbours | None = None


def work_routes(door: SigningIn, near: Neighbours, clock: Clock) -> list[BaseRoute]:
    pages = door.pages
    visits = Visits(
        door.sessions,
        door.csrf,
        near.connections,
        pages,
        origin=door.origin,
        shown=near.shown,
        names=door.names,
    )
    claims = ClaimsPage(pages, near.claims, near.photos, clock, near.photos_from)
    deciding = Deciding(pages, claims, near.claims, Choosing(near.claims, door.names), clock)
    orders = OrdersPage(
        pages,
        orders=near.orders,
        ask_of=near.ask_of,
        receipts_of=near.receipts_of,
        render=near.render,
        audit=near.audit,
        clock=clock,
        pictures_from=near.pictures_from,
    )
    settings = SettingsPage(
        pages,
        schema=near.schema,
        shown=near.shown,
        change=near.change,
        findings=near.findings,
        connections=near.connections,
        kept_rate=near.kept_rate,
        clock=clock,
    )
    warehouse = WarehouseTools(
        pages, settings, near.warehouse, change=near.change, shown=near.shown, clock=clock
    )
    audit = AuditPage(pages, near.audit, clock)
    erasing = ErasingPage(pages, near.erase, clock)

    async def back_to_claims(_request: Request) -> Response:
        """A page that a decision answered, opened again by its address."""
        return go(f"{HERE}/claims")

    async def back_to_settings(_request: Request) -> Response:
        return go(f"{HERE}/settings")

    reading, writing = visits.reading, visits.writing
    managers = {
        f"{HERE}/claims/decide": deciding.decide,
        f"{HERE}/claims/batch": deciding.batch,
    }
    tools = {
        "check": warehouse.check,
        "shops": warehouse.shops,
        "mapping": warehouse.mapping,
        "shop": warehouse.choose,
        "remove": warehouse.remove,
    }
    return [
        *agent_pages(visits, pages, near.agents, clock),
        Route(f"{HERE}/claims", reading(with_shop(claims.show))),
        *(
            Route(path, writing(with_shop(act), admins_only=False, limits=LARGE), methods=["POST"])
            for path, act in managers.items()
        ),
        *(Route(path, back_to_claims, methods=["GET"]) for path in managers),
        Route(f"{HERE}/orders", reading(with_shop(orders.show))),
        Route(f"{HERE}/settings", reading(with_shop(settings.show), admins_only=True)),
        *(
            Route(
                f"{HERE}/settings/{section.name}",
                writing(with_shop(partial(settings.save, section.name)), limits=LARGE),
                methods=["POST"],
            )
            for section in SECTIONS
        ),
        *(
            Route(f"{HERE}/settings/wms/{name}", writing(with_shop(tool)), methods=["POST"])
            for name, tool in tools.items()
        ),
        Route(f"{HERE}/settings/{{section:path}}", back_to_settings, methods=["GET"]),
        Route(f"{HERE}/audit", reading(with_shop(audit.show))),
        Route(f"{HERE}/audit.csv", reading(with_shop(audit.export), admins_only=True)),
        Route(f"{HERE}/erasing", reading(with_shop(erasing.show), admins_only=True), methods=["GET"]),
        Route(f"{HERE}/erasing", writing(with_shop(erasing.erase)), methods=["POST"]),
    ]
