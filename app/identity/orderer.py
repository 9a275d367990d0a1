"""The orderer's name as a second question, five tries a phone session (SMS.md §3.7, DESIGN §4.2)."""

import unicodedata

from app.ports import PhoneSessions
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import ChannelId

TRIES = 5
SESSION_SECONDS = 1800
"""The tries end with the phone session: thirty minutes idle."""


def same_name(given: str, actual: str) -> bool:
    """NFC, spaces removed, case folded. An order without a name matches nothing."""
    first, second = (
        "".join(unicodedata.normalize("NFC", name).split()).casefold() for name in (given, actual)
    )
    return bool(first) and first == second


class SessionNames:
    """Implements `OrdererNames` over the phone session's counter."""

    def __init__(self, sessions: PhoneSessions) -> None:
        self._sessions = sessions

    async def is_right(self, caller_id: str, channel_id: ChannelId, *, given: str, actual: str) -> bool:
        """A try is counted before it is compared, so that parallel guesses share none; a right one is given back."""
        tries = await self._sessions.count_orderer_try(channel_id, caller_id, at_most=TRIES)
        if tries is None:
            raise Failure(FailureType.TOO_MANY, retryAfter=SESSION_SECONDS)
        if not same_name(given, actual):
            return False
        await self._sessions.give_back_orderer_try(channel_id, caller_id)
        return True
