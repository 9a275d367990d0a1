"""Moves sealed values to the newest key, so that an older one can leave `SECRET_KEY`."""

from dataclasses import dataclass

from app.keys import VERSION, BadToken, KeyRing
from app.ports import Database

from .sealed import SEALED, Sealed

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """`unreadable`: values whose key is gone; their rows count as empty."""

    moved: int
    unreadable: int


async def reseal(database: Database, keys: KeyRing) -> Resealed:
    """May run beside everything else: a value that changed meanwhile is left to its writer."""
    moved = unreadable = 0
    for column in SEALED:
        column_moved, column_unreadable = await _reseal_column(database, keys, column)
        moved += column_moved
        unreadable += column_unreadable
    return Resealed(moved, unreadable)


async def _reseal_column(database: Database, keys: KeyRing, place: Sealed) -> tuple[int, int]:
    head = f"{place.purpose}.{VERSION}.{keys.newest}.".encode()
    names = ", ".join(place.keys)
    select = f"""SELECT {names}, {place.column} AS sealed FROM {place.table}
        WHERE {place.column} IS NOT NULL AND substr({place.column}, 1, {len(head)}) <> :head
        ORDER BY {names} LIMIT {_BATCH} OFFSET :skipped"""  # noqa: S608  names are ours
    where = " AND ".join(f"{name} = :{name}" for name in place.keys)
    update = f"""UPDATE {place.table} SET {place.column} = :fresh
        WHERE {where} AND {place.column} = :sealed RETURNING 1 AS one"""  # noqa: S608
    moved = unreadable = 0
    while rows := await database.read(select, head=head, skipped=unreadable):
        for row in rows:
            key = [row[name] for name in place.keys]
            try:
                fresh = place.seal(keys, place.open(keys, row["sealed"], *key), *key)
            except BadToken:
                unreadable += 1
                continue
            moved += len(await database.write(update, **row, fresh=fresh))
    return moved, unreadable
