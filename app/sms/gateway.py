"""Which sender a shop's messages go through: its own contract, the operator's, or none (SMS.md §5)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from app.clock import Clock
from app.errors import Misconfigured
from app.http import Client
from app.log import say
from app.ports import Connection, SmsError, SmsSender, SmsTrouble
from commands.kernel.who import ChannelId

from . import nhn, solapi

SURELY_NOT_SENT = frozenset({SmsTrouble.UNAVAILABLE, SmsTrouble.AUTH})
REFUSALS_UNTIL_OFF = 3
_log = logging.getLogger(__name__)


class FirstThatTakesIt:
    """Asks the next sender only when the one before surely did not send and could not."""

    def __init__(self, senders: Sequence[SmsSender]) -> None:
        if not senders:
            raise Misconfigured("needs at least one sender of text messages")
        self._senders = tuple(senders)
        self.name = self._senders[0].name

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        *others, last = self._senders
        for sender in others:
            try:
                return await sender.send(to_e164=to_e164, text=text, ref=ref)
            except SmsError as error:
                if error.trouble not in SURELY_NOT_SENT:
                    raise
                say(
                    _log, "error", "text message sender failed over", provider=error.provider, code=error.code
                )
        return await last.send(to_e164=to_e164, text=text, ref=ref)

    async def check(self) -> None:
        for sender in self._senders:
            await sender.check()


@dataclass(frozen=True, slots=True)
class _Own:
    """A shop's own sender. `made_of`: connecting anew may start the versions again, so the keys count too."""

    made_of: tuple[object, ...]
    sender: "WatchedSender | None"


class WatchedSender:
    """After three refusals of its keys in a row a shop's own sender rests until the settings change."""

    def __init__(self, sender: SmsSender, channel_id: ChannelId) -> None:
        self._sender = sender
        self._channel_id = channel_id
        self._refusals = 0
        self.name = sender.name

    @property
    def rests(self) -> bool:
        return self._refusals >= REFUSALS_UNTIL_OFF

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        try:
            sent = await self._sender.send(to_e164=to_e164, text=text, ref=ref)
        except SmsError as error:
            if error.trouble is SmsTrouble.AUTH:
                self._refusals += 1
                say(_log, "error", "text message keys refused", channel=self._channel_id, provider=self.name)
            raise
        self._refusals = 0
        return sent

    async def check(self) -> None:
        await self._sender.check()


class SmsGateway:
    """`operator`: the senders of whoever runs jumun, first choice first; may be empty."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        operator: Sequence[SmsSender],
        *,
        solapi_url: str = solapi.DEFAULT_URL,
        nhn_url: str = nhn.DEFAULT_URL,
    ) -> None:
        self._client = client
        self._clock = clock
        self._operator = FirstThatTakesIt(operator) if operator else None
        self._solapi_url = solapi_url
        self._nhn_url = nhn_url
        self._own: dict[ChannelId, _Own] = {}

    def of(self, connection: Connection) -> SmsSender | None:
        """None: this shop has no text messages, or its keys were refused again and again."""
        chosen = connection.settings.get("sms")
        choice = chosen if isinstance(chosen, dict) else {}
        provider = choice.get("provider") or "operator"
        if provider == "operator":
            return self._operator
        if provider not in {"solapi", "nhn"}:
            return None
        channel_id = connection.shop.channel_id
        sender = str(choice.get("sender") or "").replace("-", "")
        key, secret = connection.secrets.get("sms.apiKey"), connection.secrets.get("sms.apiSecret")
        made_of = (connection.version, provider, sender, key, secret)
        own = self._own.get(channel_id)
        if own is None or own.made_of != made_of:
            made = self._made(provider, key, secret, sender)
            own = self._own[channel_id] = _Own(made_of, WatchedSender(made, channel_id) if made else None)
        return None if own.sender is None or own.sender.rests else own.sender

    def _made(self, provider: str, key: str | None, secret: str | None, sender: str) -> SmsSender | None:
        if not (key and secret and sender):
            return None
        try:
            if provider == "solapi":
                return solapi.Solapi(
                    self._client,
                    self._clock,
                    api_key=key,
                    api_secret=secret,
                    sender=sender,
                    base_url=self._solapi_url,
                )
            return nhn.NhnCloud(
                self._client, app_key=key, secret_key=secret, sender=sender, base_url=self._nhn_url
            )
        except Misconfigured:
            return None
