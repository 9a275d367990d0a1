"""Which columns are sealed, and to which row each value is bound. Resealing walks the same list."""

from dataclasses import dataclass

import orjson

from app.keys import BadToken, KeyRing


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column. A value copied into another row cannot be opened there: `keys` is part of the seal."""

    table: str
    column: str
    purpose: str
    keys: tuple[str, ...]

    def seal(self, ring: KeyRing, plain: bytes, *key: str) -> bytes:
        return ring.seal(self.purpose, plain, self._bound(key))

    def open(self, ring: KeyRing, sealed: bytes, *key: str) -> bytes:
        """Raises `BadToken`."""
        return ring.open(self.purpose, sealed, self._bound(key))

    def open_or_none(self, ring: KeyRing, sealed: bytes | None, *key: str) -> bytes | None:
        """None also for what no key opens any more: as good as gone."""
        if sealed is None:
            return None
        try:
            return self.open(ring, sealed, *key)
        except BadToken:
            return None

    def _bound(self, key: tuple[str, ...]) -> str:
        return orjson.dumps([self.table, self.column, *key]).decode()


CONNECTION_SECRETS = Sealed("connection", "secrets_enc", "secrets", ("channel_id",))
MALL_PAIR = Sealed("mall_token", "pair_enc", "malltoken", ("mall_id",))
PAIRING_TOKENS = Sealed("pairing", "tokens_enc", "pairing", ("id",))
ONCE_VALUE = Sealed("once", "value_enc", "once", ("purpose", "key_hash"))
CHANNEL_PAIR = Sealed("channel_token", "pair_enc", "channeltoken", ("channel_id",))
WEBHOOK_BODY = Sealed("webhook_delivery", "body_enc", "webhook", ("mall_id", "dedupe_hash"))
JOB_PAYLOAD = Sealed("job", "payload_enc", "job", ("id",))
STEP_ANSWER = Sealed("job_step", "answer_enc", "step", ("job_id", "name"))
PLAN_CUSTOMER = Sealed("plan", "customer_enc", "plancustomer", ("mall_id", "id"))
PLAN_PAYLOAD = Sealed("plan", "payload_enc", "planpayload", ("mall_id", "id"))
PLAN_SHOWN = Sealed("plan", "shown_enc", "planshown", ("mall_id", "id"))
INTENT_SHOWN = Sealed("intent", "shown_enc", "intentshown", ("mall_id", "id"))
INTENT_WORDS = Sealed("intent", "words_enc", "intentwords", ("mall_id", "id"))
PHOTO_OWNER = Sealed("photo", "owner_enc", "photoowner", ("mall_id", "ref"))
PROMISE_ASKER = Sealed("ship_promise", "asker_enc", "promiseasker", ("mall_id", "order_id", "item_code"))
WMS_ASKED = Sealed("wms_mark", "asked_enc", "wmsasked", ("mall_id", "mark_key"))

# Phone numbers are not here: they live for hours, and a retired key ends them.
SEALED = (
    CONNECTION_SECRETS,
    MALL_PAIR,
    PAIRING_TOKENS,
    ONCE_VALUE,
    CHANNEL_PAIR,
    WEBHOOK_BODY,
    JOB_PAYLOAD,
    STEP_ANSWER,
    PLAN_CUSTOMER,
    PLAN_PAYLOAD,
    PLAN_SHOWN,
    INTENT_SHOWN,
    INTENT_WORDS,
    PHOTO_OWNER,
    PROMISE_ASKER,
    WMS_ASKED,
)
