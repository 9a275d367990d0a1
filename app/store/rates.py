"""The rate limiter's rows in the database: what several workers without a Redis share (`ports.RateStore`)."""

from app.ports import Database

MICROS = 1_000_000
_TAKE = """
    INSERT INTO rate (mall_id, api, empty_at) VALUES (:mall_id, :api, CAST(:first_end AS BIGINT))
    ON CONFLICT (mall_id, api) DO UPDATE
        SET empty_at = CAST(:interval AS BIGINT)
            + CASE WHEN rate.empty_at > CAST(:now_at AS BIGINT) THEN rate.empty_at ELSE CAST(:now_at AS BIGINT) END
        WHERE rate.empty_at <= CAST(:latest AS BIGINT)
    RETURNING empty_at"""
_EMPTY_AT = "SELECT empty_at FROM rate WHERE mall_id = :mall_id AND api = :api"
_FILL = """
    INSERT INTO rate (mall_id, api, empty_at) VALUES (:mall_id, :api, :full_until)
    ON CONFLICT (mall_id, api) DO UPDATE SET empty_at = excluded.empty_at
        WHERE rate.empty_at < excluded.empty_at"""


class SqlRates:
    """Keys are `mall|api`. A place is taken by one statement, so two workers never take the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, key: str, *, now: float, interval: float, tolerance: float) -> float:
        row = _row(key)
        now_at, step, ahead = _micros(now), _micros(interval), _micros(tolerance)
        latest = now_at + ahead - step
        taken = await self._database.write(
            _TAKE, **row, first_end=now_at + step, interval=step, now_at=now_at, latest=latest
        )
        if taken:
            return 0.0
        rows = await self._database.read(_EMPTY_AT, **row)
        empty_at: int = rows[0]["empty_at"] if rows else now_at
        return max(empty_at - latest, 1) / MICROS

    async def fill(self, key: str, *, now: float, ahead: float) -> None:
        await self._database.write(_FILL, **_row(key), full_until=_micros(now + ahead))


def _row(key: str) -> dict[str, str]:
    mall_id, _, api = key.partition("|")
    return {"mall_id": mall_id, "api": api}


def _micros(seconds: float) -> int:
    return round(seconds * MICROS)
