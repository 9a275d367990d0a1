"""One more code, or not: every limit of the contract sheet (3.4, 3.5) as a row, at its edge."""

from datetime import UTC, datetime, timedelta

import pytest

from app.identity import limits
from app.identity.limits import Budgets, Limit, address_key, budget_alarm, decide_send
from app.ports import PastSend, SendHistory, SendStop

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MINE = "hash-of-mine"


def ago(**span):
    return NOW - timedelta(**span)


def every(step, count, start=timedelta()):
    """`count` instants, newest first."""
    return tuple(NOW - start - step * place for place in range(count))


def sends(times, number=MINE, verified=0):
    """The first `verified` of them were typed in."""
    return tuple(PastSend(at, number, verified=place < verified) for place, at in enumerate(times))


S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

ROWS = [
    ("nothing was sent", SendHistory(), None, 0),
    ("cool-down 59 s", SendHistory(of_number=(ago(seconds=59),)), Limit.NUMBER_COOL_DOWN, 1),
    ("cool-down 60 s is over", SendHistory(of_number=(ago(seconds=60),)), None, 0),
    ("half a second is rounded up", SendHistory(of_number=(ago(milliseconds=59_500),)), Limit.NUMBER_COOL_DOWN, 1),
    ("3 in 10 min", SendHistory(of_number=every(2 * M, 3, 2 * M)), Limit.NUMBER_SHORT, 240),
    ("2 in 10 min", SendHistory(of_number=every(2 * M, 2, 2 * M)), None, 0),
    ("the third is 10 min old", SendHistory(of_number=(ago(minutes=2), ago(minutes=5), ago(minutes=10))), None, 0),
    ("10 a day", SendHistory(of_number=every(2 * H, 10, H)), Limit.NUMBER_DAY, 5 * 3600),
    ("9 a day", SendHistory(of_number=every(2 * H, 9, H)), None, 0),
    ("the tenth is a day old", SendHistory(of_number=(*every(2 * H, 9, H), ago(hours=24))), None, 0),
    ("20 wrong", SendHistory(wrong_tries=every(H, 20)), Limit.NUMBER_WRONG, 24 * 3600),
    ("20 wrong, the lock runs", SendHistory(wrong_tries=every(M, 20, 23 * H)), Limit.NUMBER_WRONG, 3600),
    ("20 wrong, the lock is over", SendHistory(wrong_tries=every(M, 20, 24 * H)), None, 0),
    ("20 wrong in more than a day", SendHistory(wrong_tries=every(80 * M, 20)), None, 0),
    ("19 wrong", SendHistory(wrong_tries=every(M, 19)), None, 0),
    ("5 an hour by one user", SendHistory(of_user=sends(every(10 * M, 5, 5 * M))), Limit.USER_HOUR, 15 * 60),
    ("4 an hour", SendHistory(of_user=sends(every(10 * M, 4, 5 * M))), None, 0),
    ("15 a day by one user", SendHistory(of_user=sends(every(90 * M, 15, 61 * M))), Limit.USER_DAY, 7140),
    ("a fourth number", SendHistory(of_user=tuple(PastSend(ago(hours=h), f"n{h}") for h in (2, 5, 8))),
     Limit.USER_NUMBERS, 16 * 3600),
    ("one of three numbers again", SendHistory(
        of_user=tuple(PastSend(ago(hours=h), n) for h, n in ((2, "a"), (5, MINE), (8, "b")))), None, 0),
    ("numbers of yesterday", SendHistory(
        of_user=tuple(PastSend(ago(hours=h), f"n{h}") for h in (2, 5, 24))), None, 0),
    ("10 an hour from one address", SendHistory(of_address=every(5 * M, 10, M)), Limit.ADDRESS_HOUR, 14 * 60),
    ("30 a day from one address", SendHistory(of_address=every(30 * M, 30, 7 * M)), Limit.ADDRESS_DAY, 33_780),
    ("60 a minute in the channel", SendHistory(channel_minute=every(S, 60)), Limit.CHANNEL_MINUTE, 1),
    ("59 a minute", SendHistory(channel_minute=every(S, 59)), None, 0),
    ("the channel's budget", SendHistory(channel_day=1000, channel_day_since=ago(hours=20)),
     Limit.CHANNEL_BUDGET, 4 * 3600),
    ("one below the budget", SendHistory(channel_day=999, channel_day_since=ago(hours=20)), None, 0),
    ("the app's budget", SendHistory(app_day=5000, app_day_since=ago(hours=1)), Limit.APP_BUDGET, 23 * 3600),
    ("the longest wait answers", SendHistory(
        of_number=(ago(seconds=5),), channel_day=1000, channel_day_since=ago(hours=20)),
     Limit.CHANNEL_BUDGET, 4 * 3600),
]  # fmt: skip


@pytest.mark.parametrize(("_case", "past", "limit", "retry_after"), ROWS, ids=[row[0] for row in ROWS])
def test_limits(_case, past, limit, retry_after):
    refusal = decide_send(past, MINE, Budgets(channel=1000, app=5000), NOW)
    assert (refusal and refusal.limit) == limit
    if refusal is not None:
        assert refusal.retry_after == retry_after
        assert refusal.stops == frozenset()


def test_every_limit_has_a_row_that_trips_it():
    shown = {row[2] for row in ROWS} | {Limit.CHANNEL_STOPPED, Limit.BLOCK_STOPPED}
    assert shown - {None} == set(Limit)


BREAKER = [
    ("50 sent, none typed in", every(M, 50), 0, None, True),
    ("50 sent, 9 typed in", every(M, 50), 9, None, True),
    ("50 sent, 10 typed in: a fifth", every(M, 50), 10, None, False),
    ("49 sent", every(M, 49), 0, None, False),
    ("50 sent, but over more than an hour", every(75 * S, 50), 0, None, False),
    ("older ones do not count", (*every(S, 50), *every(S, 10, M)), 10, None, False),
    ("stopped 29 min ago", (), 0, ago(minutes=29), True),
    ("stopped 30 min ago: counts anew", every(M, 50), 0, ago(minutes=30), False),
    ("50 new ones after a stop", every(20 * S, 50), 0, ago(minutes=31), True),
]


@pytest.mark.parametrize(
    ("_case", "times", "verified", "stopped_at", "stops"), BREAKER, ids=[row[0] for row in BREAKER]
)
def test_the_channel_breaker(_case, times, verified, stopped_at, stops):
    past = SendHistory(of_channel=sends(times, verified=verified), channel_stopped_at=stopped_at)
    refusal = decide_send(past, MINE, Budgets(), NOW)
    assert (refusal is not None) is stops
    if refusal is not None:
        assert refusal.limit == Limit.CHANNEL_STOPPED
        is_new = stopped_at is None or NOW - stopped_at >= limits.CHANNEL_STOP
        assert refusal.stops == (frozenset({SendStop.CHANNEL}) if is_new else frozenset())
        assert refusal.retry_after == (1800 if is_new else 60)


BLOCK = [
    ("10 neighbours, none typed in", every(50 * S, 10), 0, None, True),
    ("10 neighbours, one typed in", every(50 * S, 10), 1, None, False),
    ("9 neighbours", every(50 * S, 9), 0, None, False),
    ("10 in more than 10 min", every(70 * S, 10), 0, None, False),
    ("stopped 59 min ago", (), 0, ago(minutes=59), True),
    ("stopped an hour ago", (), 0, ago(minutes=60), False),
]


@pytest.mark.parametrize(
    ("_case", "times", "verified", "stopped_at", "stops"), BLOCK, ids=[row[0] for row in BLOCK]
)
def test_the_block_breaker(_case, times, verified, stopped_at, stops):
    past = SendHistory(of_block=sends(times, verified=verified), block_stopped_at=stopped_at)
    refusal = decide_send(past, MINE, Budgets(), NOW)
    assert (refusal is not None) is stops
    if refusal is not None:
        assert refusal.limit == Limit.BLOCK_STOPPED
        assert refusal.stops == (frozenset() if stopped_at else frozenset({SendStop.BLOCK}))


def test_the_alarm_sounds_once_at_four_fifths():
    assert [spent for spent in range(1000) if budget_alarm(spent, 1000)] == [799]
    assert [spent for spent in range(3) if budget_alarm(spent, 3)] == [2]


def test_addresses():
    assert address_key(None) is None
    assert address_key("not an address") is None
    assert address_key("203.0.113.7") == "203.0.113.7"
    assert address_key("::ffff:203.0.113.7") == "203.0.113.7"
    assert address_key("2001:db8:1:2:3:4:5:6") == address_key("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert address_key("2001:db8:1:3::9") != address_key("2001:db8:1:2::9")


def test_the_constants_are_the_sheets():
    assert (limits.NUMBER_COOL_DOWN.within, limits.CHANNEL_STOP, limits.BLOCK_STOP) == (M, 30 * M, H)
    assert (limits.CONVERSION_WATCHED.at_most, limits.CONVERSION_WATCHED.within) == (50, H)
