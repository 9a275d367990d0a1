"""Starting and ending the connection of a mall: `ports.Connecting`, used by the desk and the console."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from app.clock import Clock
from app.errors import Upstream
from app.http import is_host_label
from app.ids import new_id
from app.ports import Audit, AuditLine, Connections, Consent, MallTokens, Once, Pairing, Pairings, TokenPair
from commands.kernel.failures import Failure, FailureType
from commands.kernel.texts import beside
from commands.kernel.who import ChannelId, Language, MallId

from .oauth import OAuth
from .pairing_code import PURPOSE, read_code
from .probe import Existence

log = logging.getLogger(__name__)
CONSENT_LIFE = timedelta(minutes=30)
WORDS = beside(__file__)
Probe = Callable[[MallId], Awaitable[Existence]]


class MallConnecting:
    """`forget` drops what this process remembers of a mall's tokens."""

    def __init__(
        self,
        *,
        oauth: OAuth,
        probe: Probe,
        connections: Connections,
        pairings: Pairings,
        tokens: MallTokens,
        once: Once,
        audit: Audit,
        clock: Clock,
        forget: Callable[[MallId], None],
    ) -> None:
        self._oauth = oauth
        self._probe = probe
        self._connections = connections
        self._pairings = pairings
        self._tokens = tokens
        self._once = once
        self._audit = audit
        self._clock = clock
        self._forget = forget

    async def start(
        self,
        *,
        channel_id: ChannelId,
        manager_id: str,
        mall_id: str | None,
        pairing_code: str | None,
        shop_no: int | None,
        language: Language,
    ) -> Consent:
        """The port's. Nothing is asked of the outside before the mall id could stand in a host name."""
        if pairing_code:
            mall, shop_no = await self._by_code(pairing_code, language)
        else:
            mall = _mall_id(mall_id or "", language)
        shop_no = await self._free_shop(channel_id, mall, shop_no, language)
        existence = await self._probe(mall)
        if existence is Existence.ABSENT:
            raise _refused(FailureType.NOT_FOUND, language, "mallAbsent", mall=mall)
        if pairing_code:
            # Used up only now: a refusal above must not cost the merchant the code.
            await self._use_code(pairing_code, language)
        url = await self.begin(channel_id, manager_id, mall, shop_no, language)
        unknown = existence is Existence.UNKNOWN
        return Consent(url, WORDS.say(language, "connect.mallNotProbed", mall=mall) if unknown else None)

    async def begin(
        self,
        channel_id: ChannelId,
        manager_id: str,
        mall_id: MallId,
        shop_no: int | None,
        language: Language,
    ) -> str:
        """A fresh link to the consent page; a link that was made before for this channel ends."""
        now = self._clock()
        state = secrets.token_urlsafe(32)
        pairing = Pairing(
            id=new_id(now),
            mall_id=mall_id,
            shop_no=shop_no,
            channel_id=channel_id,
            manager_id=manager_id,
            language=language,
            expires_at=now + CONSENT_LIFE,
        )
        await self._pairings.start(pairing, state)
        return self._oauth.authorize_url(mall_id, state)

    async def remove(self, channel_id: ChannelId, by: str) -> bool:
        """The port's. The mall's tokens end with its last connection; a failing revoke does not keep it."""
        connection = await self._connections.remove(channel_id)
        if connection is None:
            return False
        mall_id = connection.shop.mall_id
        if not await self._connections.of_mall(mall_id):
            pair = await self._tokens.get(mall_id)
            await self._tokens.kill(mall_id)
            self._forget(mall_id)
            if pair:
                await self.revoke(mall_id, pair)
        await self._audit.add(
            AuditLine(
                channel_id=channel_id,
                act="connection.remove",
                by=by,
                subject=f"shop:{connection.shop.shop_no}",
                at=self._clock(),
                mall_id=mall_id,
            )
        )
        return True

    async def revoke_lapsed(self, now: datetime) -> int:
        """A job: ends the tokens of consents that no second yes followed."""
        lapsed = await self._pairings.lapsed(now)
        for pairing in lapsed:
            if pairing.tokens:
                await self.revoke(pairing.mall_id, pairing.tokens)
        return len(lapsed)

    async def revoke(self, mall_id: MallId, pair: TokenPair) -> None:
        """As good as can be: tokens that we no longer hold end by themselves."""
        try:
            await self._oauth.revoke(mall_id, pair.access)
        except Upstream as error:
            log.warning("revoking failed", extra={"facts": {"mall": mall_id, "status": error.status}})

    async def _free_shop(
        self, channel_id: ChannelId, mall_id: MallId, shop_no: int | None, language: Language
    ) -> int | None:
        """The shop to connect, None when it is to be chosen. One mall per channel, one channel per shop."""
        own = await self._connections.of_channel(channel_id)
        if own and own.shop.mall_id == mall_id:
            shop_no = shop_no or own.shop.shop_no
        if own and (own.shop.mall_id, own.shop.shop_no) != (mall_id, shop_no):
            raise _refused(FailureType.CONFLICT, language, "channelTaken", mall=own.shop.mall_id)
        for other in await self._connections.of_mall(mall_id):
            if other.shop.shop_no == shop_no and other.shop.channel_id != channel_id:
                raise _refused(FailureType.CONFLICT, language, "shopTaken", mall=mall_id)
        return shop_no

    async def _by_code(self, typed: str, language: Language) -> tuple[MallId, int]:
        named = await self._once.peek(PURPOSE, read_code(typed), self._clock())
        if not named:
            raise _refused(FailureType.INVALID_PARAMS, language, "codeUnknown")
        mall_id, _, shop_no = named.partition("/")
        return MallId(mall_id), int(shop_no)

    async def _use_code(self, typed: str, language: Language) -> None:
        if await self._once.take(PURPOSE, read_code(typed), self._clock()) is None:
            raise _refused(FailureType.INVALID_PARAMS, language, "codeUnknown")


def _mall_id(typed: str, language: Language) -> MallId:
    mall_id = typed.strip().lower()
    if not is_host_label(mall_id):
        raise _refused(FailureType.INVALID_PARAMS, language, "mallIdMalformed")
    return MallId(mall_id)


def _refused(type_: FailureType, language: Language, reason: str, **facts: object) -> Failure:
    return Failure(type_, WORDS.say(language, f"connect.{reason}", **facts), reason=reason)
