"""One module per resource family; each ends with its table of endpoints."""

from app.sandbox.cafe24.endpoint import Endpoint
from app.sandbox.cafe24.resources import (
    cancellation_requests,
    cancellations,
    claims,
    customers,
    exchanges,
    goods_requests,
    orders,
    products,
    receivers,
    returns,
    settings,
    shipping,
    store,
)

# Fixed paths before paths with parameters: the first match answers.
ENDPOINTS: tuple[Endpoint, ...] = (
    *settings.ENDPOINTS,
    *orders.ENDPOINTS,
    *claims.ENDPOINTS,
    *cancellation_requests.ENDPOINTS,
    *cancellations.ENDPOINTS,
    *goods_requests.ENDPOINTS,
    *returns.ENDPOINTS,
    *exchanges.ENDPOINTS,
    *receivers.ENDPOINTS,
    *store.ENDPOINTS,
    *customers.ENDPOINTS,
    *products.ENDPOINTS,
    *shipping.ENDPOINTS,
)
