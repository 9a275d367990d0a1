"""The mall's side of the composition: Cafe24 over one client."""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from app.cafe24.binding import Binding
from app.cafe24.carriers import Carriers
from app.cafe24.claims import Cafe24Claims
from app.cafe24.client import Cafe24Client, Called, ClientSettings
from app.cafe24.connect import MallConnecting
from app.cafe24.gateway import Cafe24Orders
from app.cafe24.install import Install, Names, SignIn
from app.cafe24.limiter import Limiter, MemoryRates
from app.cafe24.mall_settings import Cafe24Settings
from app.cafe24.members import Cafe24Members
from app.cafe24.oauth import OAuth, OAuthSettings
from app.cafe24.pictures import Cafe24Pictures
from app.cafe24.probe import Existence, mall_exists
from app.cafe24.receivers import Cafe24Receivers
from app.cafe24.rules import Cafe24Rules
from app.cafe24.shop_orders import Cafe24ShopOrders
from app.cafe24.surcharges import Cafe24Surcharges
from app.cafe24.tokens import TokenSource
from app.cafe24.variants import Cafe24Variants
from app.cafe24.webhooks import OnOrder, Webhooks
from app.ports import RateStore
from app.settings import Settings
from app.store.rates import SqlRates
from app.store.store import Store
from app.wiring.base import Base
from commands.kernel.who import MallId

Closer = Callable[[], Awaitable[None]]


def rates(settings: Settings, store: Store) -> tuple[RateStore, Sequence[Closer]]:
    """Redis where there is one; else the database that several workers share; one process needs only its memory."""
    if settings.redis_url:
        from app.cafe24.limiter_redis import connect  # the redis client is an extra

        redis = connect(settings.redis_url)
        return redis, [redis.close]
    return (MemoryRates() if settings.is_sqlite else SqlRates(store.database)), ()


@dataclass(frozen=True, slots=True)
class MallSide:
    """The Cafe24 adapters, over one client."""

    client: Cafe24Client
    oauth: OAuth
    tokens: TokenSource
    orders: Cafe24Orders
    shop_orders: Cafe24ShopOrders
    members: Cafe24Members
    pictures: Cafe24Pictures
    rules: Cafe24Rules
    claims: Cafe24Claims
    variants: Cafe24Variants
    receivers: Cafe24Receivers
    surcharges: Cafe24Surcharges
    probe: Callable[[MallId], Awaitable[Existence]]
    closers: Sequence[Closer]


def mall_side(base: Base, seconds: Callable[[], float]) -> MallSide:
    """`seconds`: the wall clock of the limiter; workers that share a store must agree on it."""
    settings, store, client, clock = base.settings, base.store, base.client, base.clock
    oauth = OAuth(
        client,
        OAuthSettings(
            client_id=settings.cafe24_client_id,
            client_secret=settings.cafe24_client_secret.get_secret_value(),
            redirect_uri=settings.cafe24_redirect_uri,
            api_url=settings.cafe24_api_url,
            optional_scopes=settings.cafe24_optional_scopes,
        ),
        clock=clock,
    )
    tokens = TokenSource(store=store.mall_tokens, oauth=oauth, connections=store.connections, clock=clock)
    rate_store, closers = rates(settings, store)
    limiter = Limiter(rate_store, time=seconds, jitter=random.random)

    def observe(called: Called) -> None:
        base.metrics.outside("cafe24", str(called.status or "none"))

    cafe24 = Cafe24Client(
        client,
        tokens,
        limiter,
        ClientSettings(api_url=settings.cafe24_api_url, api_version=settings.cafe24_api_version),
        time=time.monotonic,
        on_call=observe,
    )
    carriers = Carriers(cafe24, clock=clock)
    orders = Cafe24Orders(cafe24, carriers, limiter, clock=clock, time=time.monotonic)
    return MallSide(
        client=cafe24,
        oauth=oauth,
        tokens=tokens,
        orders=orders,
        shop_orders=Cafe24ShopOrders(cafe24, carriers, limiter),
        members=Cafe24Members(cafe24, tokens, clock=clock),
        pictures=Cafe24Pictures(cafe24, clock=clock),
        rules=Cafe24Rules(Cafe24Settings(cafe24, clock=clock)),
        claims=Cafe24Claims(cafe24, orders),
        variants=Cafe24Variants(cafe24, limiter, clock=clock),
        receivers=Cafe24Receivers(cafe24, orders),
        surcharges=Cafe24Surcharges(cafe24, clock=clock),
        probe=partial(mall_exists, client, oauth),
        closers=closers,
    )


@dataclass(frozen=True, slots=True)
class InstallSide:
    """What operators and Cafe24 itself call."""

    install: Install
    webhooks: Webhooks

    def routes(self) -> list[BaseRoute]:
        return [*self.install.routes(), *self.webhooks.routes()]


def install_side(
    base: Base,
    mall: MallSide,
    connecting: MallConnecting,
    sign_in: SignIn,
    names: Names,
    on_order: OnOrder,
) -> InstallSide:
    """`on_order` hears of orders that the mall says have changed."""
    settings, store, clock, forget = base.settings, base.store, base.clock, base.book.forget
    binding = Binding(
        connections=store.connections,
        tokens=store.mall_tokens,
        once=store.once,
        audit=store.audit,
        clock=clock,
        forget=mall.tokens.forget,
        changed=forget,
    )
    install = Install(
        client_secret=settings.cafe24_client_secret.get_secret_value(),
        public_url=settings.public_url,
        keys=base.keys,
        oauth=mall.oauth,
        client=mall.client,
        connecting=connecting,
        binding=binding,
        connections=store.connections,
        pairings=store.pairings,
        once=store.once,
        sign_in=sign_in,
        names=names,
        clock=clock,
    )
    webhooks = Webhooks(
        keys=settings.cafe24_webhook_keys,
        deliveries=store.deliveries,
        jobs=base.jobs,
        connections=store.connections,
        tokens=store.mall_tokens,
        once=store.once,
        audit=store.audit,
        client=mall.client,
        orders=mall.orders,
        clock=clock,
        changed=forget,
        forget_tokens=mall.tokens.forget,
        on_order=on_order,
    )
    return InstallSide(install, webhooks)


def cafe24_sources(settings: Settings) -> str:
    """CSP sources of a mall's pictures and consent pages: any https; a simulated mall's plain http as well."""
    parts = urlsplit(settings.cafe24_api_url)
    return "https:" if parts.scheme == "https" else f"https: {parts.scheme}://{parts.netloc}"
