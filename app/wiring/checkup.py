"""`jumun check`: looks at everything that the process needs and says what to do. Changes nothing, sends nothing."""

import asyncio

from app import http
from app.cafe24.oauth import missing_scopes
from app.clock import system_clock
from app.errors import AppError, Misconfigured
from app.ports import ConnectionState, SmsError
from app.settings import Settings
from app.store.migrate import pending
from app.store.store import Store, open_store
from app.wiring.people import operator_senders

GOOD, BAD, NOTE = "ok   ", "wrong", "note "
MOST_LISTED = 50


async def report(settings: Settings) -> tuple[list[str], bool]:
    """Lines for people, and whether all is well."""
    lines = [f"{GOOD} settings: complete; {len(settings.keys.key_ids)} key(s)"]
    lines += _loose_ends(settings)
    try:
        outdated = await asyncio.to_thread(pending, settings.database_url)
    except (AppError, OSError, ImportError) as error:
        return [*lines, f"{BAD} database: {error}"], False
    if outdated:
        return [*lines, f"{BAD} database: an older schema; run `jumun migrate`"], False
    store = open_store(settings.database_url, settings.keys, system_clock)
    try:
        lines.append(f"{GOOD} database: reachable, newest schema")
        lines += await _connections(store)
        lines += await _senders(settings)
    finally:
        await store.close()
    return lines, not any(line.startswith(BAD) for line in lines)


def _loose_ends(settings: Settings) -> list[str]:
    notes = []
    if not settings.cafe24_webhook_keys:
        notes.append(
            f"{NOTE} webhooks: JUMUN_CAFE24_WEBHOOK_KEYS is empty, so every webhook is answered with 403"
        )
    if settings.sms_provider == "off":
        notes.append(f"{NOTE} text messages: JUMUN_SMS_PROVIDER is off; guests reach a manager instead")
    if not settings.public_url.startswith("https://"):
        notes.append(f"{NOTE} JUMUN_PUBLIC_URL is not https: Cafe24 and Channel refuse such an address")
    return notes


async def _senders(settings: Settings) -> list[str]:
    async with http.new_client() as client:
        try:
            senders = operator_senders(settings, client, system_clock)
        except Misconfigured as error:
            return [f"{BAD} text messages: {error}"]
        if settings.sms_provider in {"solapi", "nhn"} and not any(
            s.name == settings.sms_provider for s in senders
        ):
            return [f"{BAD} text messages: {settings.sms_provider} is chosen but its keys are not set"]
        lines = []
        for sender in senders:
            try:
                await sender.check()
                lines.append(f"{GOOD} text messages: {sender.name} accepts key and sender")
            except SmsError as error:
                lines.append(f"{BAD} text messages: {error}")
        return lines


async def _connections(store: Store) -> list[str]:
    rows = await store.database.read(
        "SELECT channel_id FROM connection ORDER BY mall_id, shop_no LIMIT :most", most=MOST_LISTED
    )
    lines = []
    for row in rows:
        connection = await store.connections.of_channel(row["channel_id"])
        if connection is None:
            continue
        name = f"mall {connection.shop.mall_id} shop {connection.shop.shop_no}"
        tokens = await store.mall_tokens.get(connection.shop.mall_id)
        if tokens is None or connection.state is ConnectionState.RECONNECT:
            lines.append(f"{BAD} {name}: tokens are dead; its representative operator must consent again")
        elif missing := missing_scopes(tokens.scopes):
            lines.append(f"{BAD} {name}: these scopes were not granted: {', '.join(missing)}")
        else:
            lines.append(f"{GOOD} {name}: {connection.state.value}")
    return lines or [f"{NOTE} malls: none is connected yet"]
