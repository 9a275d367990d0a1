"""Who may what, and where that leads after signing in."""

from collections.abc import Callable, Mapping
from typing import Any

from app.ports import Connection

from .sessions import MANAGER, OPERATOR, Role, Session

Shown = Callable[[Connection], Mapping[str, Any]]
"""A connection's settings with their defaults."""
CONNECTION, CLAIMS = "/console/connection", "/console/claims"


def is_admin(session: Session, connection: Connection | None, shown: Shown) -> bool:
    """Without a connection any manager may begin one; nobody is an operator of no mall."""
    if session.who.startswith(OPERATOR):
        return connection is not None and session.role is Role.ADMIN
    if connection is None:
        return True
    return session.who.removeprefix(MANAGER) in shown(connection)["admins"]


def home(session: Session, connection: Connection | None, shown: Shown) -> str:
    """Whoever can only decide claims begins with them."""
    if connection is None or is_admin(session, connection, shown):
        return CONNECTION
    return CLAIMS
