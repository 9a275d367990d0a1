"""Whether one more code may be sent (SMS.md §3.4, §3.5). Pure: what was sent before goes in, a refusal comes out.

Several limits may be over at once: the one that lasts longest answers, so that nobody is asked to come back in vain.
A day is the last 24 hours. Every refusal looks the same outside; only the audit learns which limit it was.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

from app.ports import PastSend, SendHistory, SendRefusal, SendStop

DAY = timedelta(hours=24)


class Limit(StrEnum):
    NUMBER_COOL_DOWN = "number_cool_down"
    NUMBER_SHORT = "number_10_minutes"
    NUMBER_DAY = "number_day"
    NUMBER_WRONG = "number_wrong_tries"
    USER_HOUR = "user_hour"
    USER_DAY = "user_day"
    USER_NUMBERS = "user_numbers"
    ADDRESS_HOUR = "address_hour"
    ADDRESS_DAY = "address_day"
    CHANNEL_MINUTE = "channel_minute"
    CHANNEL_BUDGET = "channel_budget"
    APP_BUDGET = "app_budget"
    CHANNEL_STOPPED = "channel_stopped"
    BLOCK_STOPPED = "block_stopped"


@dataclass(frozen=True, slots=True)
class Window:
    at_most: int
    within: timedelta


NUMBER_COOL_DOWN = Window(1, timedelta(seconds=60))
NUMBER_SHORT = Window(3, timedelta(minutes=10))
NUMBER_DAY = Window(10, DAY)
NUMBER_WRONG = Window(20, DAY)
USER_HOUR = Window(5, timedelta(hours=1))
USER_DAY = Window(15, DAY)
USER_NUMBERS = Window(3, DAY)
ADDRESS_HOUR = Window(10, timedelta(hours=1))
ADDRESS_DAY = Window(30, DAY)
CHANNEL_MINUTE = Window(60, timedelta(minutes=1))

CONVERSION_WATCHED = Window(50, timedelta(minutes=60))
CONVERSION_AT_LEAST = 0.2
CHANNEL_STOP = timedelta(minutes=30)
BLOCK_WATCHED = Window(10, timedelta(minutes=10))
BLOCK_STOP = timedelta(hours=1)
WRONG_LOCK = timedelta(hours=24)
BUDGET_ALARM = 0.8

DEFAULT_CHANNEL_BUDGET = 1_000
DEFAULT_APP_BUDGET = 20_000


@dataclass(frozen=True, slots=True)
class Budgets:
    """Messages a day: of this channel, and of the whole app."""

    channel: int = DEFAULT_CHANNEL_BUDGET
    app: int = DEFAULT_APP_BUDGET


def decide_send(past: SendHistory, phone_hash: str, budgets: Budgets, now: datetime) -> SendRefusal | None:
    """None: it may be sent."""
    waits = [*_windows(past, now), *_numbers(past.of_user, phone_hash, now), *_budgets(past, budgets, now)]
    if (locked := wrong_lock(past.wrong_tries)) is not None:
        waits.append((Limit.NUMBER_WRONG, locked, None))
    if (channel := channel_breaker(past.of_channel, past.channel_stopped_at, now)) is not None:
        waits.append((Limit.CHANNEL_STOPPED, channel.until, SendStop.CHANNEL if channel.new else None))
    if (block := block_breaker(past.of_block, past.block_stopped_at, now)) is not None:
        waits.append((Limit.BLOCK_STOPPED, block.until, SendStop.BLOCK if block.new else None))
    over = [wait for wait in waits if wait[1] > now]
    if not over:
        return None
    limit, until, _ = max(over, key=lambda wait: wait[1])
    stops = frozenset(stop for _, _, stop in over if stop is not None)
    return SendRefusal(limit.value, math.ceil((until - now).total_seconds()), stops)


Wait = tuple[Limit, datetime, SendStop | None]


def _windows(past: SendHistory, now: datetime) -> Iterable[Wait]:
    user = tuple(send.at for send in past.of_user)
    rows: tuple[tuple[Limit, Sequence[datetime], Window], ...] = (
        (Limit.NUMBER_COOL_DOWN, past.of_number, NUMBER_COOL_DOWN),
        (Limit.NUMBER_SHORT, past.of_number, NUMBER_SHORT),
        (Limit.NUMBER_DAY, past.of_number, NUMBER_DAY),
        (Limit.USER_HOUR, user, USER_HOUR),
        (Limit.USER_DAY, user, USER_DAY),
        (Limit.ADDRESS_HOUR, past.of_address, ADDRESS_HOUR),
        (Limit.ADDRESS_DAY, past.of_address, ADDRESS_DAY),
        (Limit.CHANNEL_MINUTE, past.channel_minute, CHANNEL_MINUTE),
    )
    for limit, times, window in rows:
        if (until := full_until(times, window, now)) is not None:
            yield limit, until, None


def _numbers(sends: Sequence[PastSend], phone_hash: str, now: datetime) -> Iterable[Wait]:
    """A user may ask for three different numbers a day; a number asked for already may be asked for again."""
    newest: dict[str, datetime] = {}
    for send in sends:
        if send.at > now - USER_NUMBERS.within:
            newest[send.phone_hash] = max(send.at, newest.get(send.phone_hash, send.at))
    if phone_hash not in newest and len(newest) >= USER_NUMBERS.at_most:
        last_uses = sorted(newest.values(), reverse=True)
        yield Limit.USER_NUMBERS, last_uses[USER_NUMBERS.at_most - 1] + USER_NUMBERS.within, None


def _budgets(past: SendHistory, budgets: Budgets, now: datetime) -> Iterable[Wait]:
    for limit, spent, oldest, budget in (
        (Limit.CHANNEL_BUDGET, past.channel_day, past.channel_day_since, budgets.channel),
        (Limit.APP_BUDGET, past.app_day, past.app_day_since, budgets.app),
    ):
        if spent >= budget:
            yield limit, (oldest or now) + DAY, None


def full_until(times: Sequence[datetime], window: Window, now: datetime) -> datetime | None:
    """When one more fits again, or None when it fits now."""
    inside = sorted((at for at in times if at > now - window.within), reverse=True)
    return inside[window.at_most - 1] + window.within if len(inside) >= window.at_most else None


def wrong_lock(wrong_tries: Sequence[datetime]) -> datetime | None:
    """The end of the lock that the twentieth wrong try within a day set on this number in this channel."""
    newest_first = sorted(wrong_tries, reverse=True)
    for last, first in zip(newest_first, newest_first[NUMBER_WRONG.at_most - 1 :], strict=False):
        if last - first < NUMBER_WRONG.within:
            return last + WRONG_LOCK
    return None


@dataclass(frozen=True, slots=True)
class Stop:
    """Sending stops. `new`: it was found just now and has to be recorded, and somebody told."""

    until: datetime
    new: bool


def channel_breaker(sends: Sequence[PastSend], stopped_at: datetime | None, now: datetime) -> Stop | None:
    """Of the last fifty codes within an hour fewer than a fifth were typed in. Counts anew after a stop."""
    if stopped_at is not None and now < stopped_at + CHANNEL_STOP:
        return Stop(stopped_at + CHANNEL_STOP, new=False)
    watched = _since(sends, CONVERSION_WATCHED, stopped_at, now)[: CONVERSION_WATCHED.at_most]
    if len(watched) < CONVERSION_WATCHED.at_most:
        return None
    verified = sum(send.verified for send in watched)
    return Stop(now + CHANNEL_STOP, new=True) if verified < CONVERSION_AT_LEAST * len(watched) else None


def block_breaker(sends: Sequence[PastSend], stopped_at: datetime | None, now: datetime) -> Stop | None:
    """Ten codes to neighbouring numbers within ten minutes, and none was typed in."""
    if stopped_at is not None and now < stopped_at + BLOCK_STOP:
        return Stop(stopped_at + BLOCK_STOP, new=False)
    watched = _since(sends, BLOCK_WATCHED, stopped_at, now)
    if len(watched) < BLOCK_WATCHED.at_most or any(send.verified for send in watched):
        return None
    return Stop(now + BLOCK_STOP, new=True)


def _since(
    sends: Sequence[PastSend], window: Window, stopped_at: datetime | None, now: datetime
) -> list[PastSend]:
    since = max(now - window.within, stopped_at or now - window.within)
    return sorted((send for send in sends if send.at > since), key=lambda send: send.at, reverse=True)


def budget_alarm(spent: int, budget: int) -> bool:
    """True for the one send that reaches four fifths of the budget."""
    return spent + 1 == math.ceil(budget * BUDGET_ALARM)


def address_key(client_ip: str | None) -> str | None:
    """IPv6 by /64: one household or handset owns at least that many."""
    if client_ip is None:
        return None
    try:
        address = ip_address(client_ip)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64)) + "/64"
    return str(address)
