"""Is there such a mall? ASSUMPTION: a mall that does not exist has no host name, or answers 404 there."""

import socket
from enum import Enum, auto

from app.http import Client, TransportFailed
from commands.kernel.who import MallId

from .oauth import OAuth

SECONDS = 3.0
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


class Existence(Enum):
    EXISTS = auto()
    ABSENT = auto()
    UNKNOWN = auto()


async def mall_exists(http: Client, oauth: OAuth, mall_id: MallId) -> Existence:
    """Asks for the consent page, following no redirect. Only a sure no refuses; the rest goes on with a notice."""
    try:
        url = oauth.authorize_url(mall_id, "probe")
        response = await http.get(url, follow_redirects=False, timeout=SECONDS)
    except TransportFailed as error:
        return Existence.ABSENT if _no_such_name(error) else Existence.UNKNOWN
    if response.status_code == 404:
        return Existence.ABSENT
    return Existence.UNKNOWN if response.status_code >= 500 else Existence.EXISTS


def _no_such_name(error: BaseException | None) -> bool:
    """A name that does not resolve; a resolver that fails for now is no proof."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return error.errno in _NO_SUCH_NAME
        error = error.__cause__ or error.__context__
    return False
