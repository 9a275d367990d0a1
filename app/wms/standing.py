"""Which credentials a provider has refused: noted for the doctor, and not tried again for a minute."""

from collections.abc import Callable

from app.clock import Clock
from app.errors import Rejected, Unauthorized
from app.ports.wms import WmsState, WmsTroubles

from .account import Account
from .memory import Memory

REFUSED_SECONDS = 60.0


class Standing:
    """`fingerprint`: a keyed hash of what an account is made of."""

    def __init__(self, troubles: WmsTroubles, clock: Clock, fingerprint: Callable[[str], str]) -> None:
        self._troubles = troubles
        self._clock = clock
        self._fingerprint = fingerprint
        self._refused: Memory[WmsState] = Memory(clock, seconds=REFUSED_SECONDS)

    async def of(self, account: Account) -> WmsState | None:
        """What a provider last said of these credentials, while nothing has gone well since."""
        return await self._troubles.of(account.channel_id, self._fingerprint(account.made_of))

    def is_refused(self, account: Account) -> bool:
        return self._refused.get(account) is not None

    async def note(self, account: Account, state: WmsState) -> None:
        """Ok ends a trouble, also one that another worker met."""
        if state is WmsState.OK:
            self._refused.forget(lambda key: key == account)
            await self._troubles.clear(account.channel_id)
        elif state is not WmsState.UNREACHABLE:
            self._refused.put(account, state)
            made_of = self._fingerprint(account.made_of)
            await self._troubles.note(account.channel_id, state, made_of, self._clock())


def state_of(error: Exception) -> WmsState:
    """What a failed look says of a connection. 403: known, but not let in (a partner switch, a caller's address)."""
    match error:
        case Unauthorized(status=403):
            return WmsState.NOT_ENABLED
        case Unauthorized():
            return WmsState.BAD_CREDENTIALS
        case Rejected():
            return WmsState.BAD_DOMAIN
        case _:
            return WmsState.UNREACHABLE
