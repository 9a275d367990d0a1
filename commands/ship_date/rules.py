"""When the items of an order leave: facts in, groups out (WMS.md §6.3).

Items whose day is settled already (label printed, on hold, a date of the warehouse's own) stand apart. The others
leave together on the latest day, or in parts where the shop ships in parts: what is ready by the end of the window on
its last day, every later item on the day it comes back. No date is ever past, and none is guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from commands.kernel.calendar import kst_day
from commands.kernel.order import OrderItemCode

from .facts import Facts, Group, Line, Why


def ship_groups(facts: Facts) -> tuple[Group, ...]:
    """Every line stands in exactly one group; dated groups first, by day."""
    today = kst_day(facts.now)
    settled = {line.code: group for line in facts.lines if (group := _settled(line, today))}
    open_lines = [line for line in facts.lines if line.code not in settled]
    groups = [*_merged(settled.values()), *_planned(facts, open_lines)]
    return tuple(sorted(groups, key=lambda g: (g.ship_date is None, g.ship_date or today)))


def _settled(line: Line, today: date) -> Group | None:
    """S10–S12: what the warehouse has decided already."""
    if line.label_printed:
        return Group((line.code,), None, Why.LABEL_PRINTED)
    if line.on_hold:
        return Group((line.code,), None, Why.ON_HOLD)
    if line.given_date and line.given_date >= today:
        return Group((line.code,), line.given_date, Why.WAREHOUSE_DATE)
    return None


def _planned(facts: Facts, lines: Sequence[Line]) -> list[Group]:
    earliest = facts.days.next_possible(facts.now)
    if not lines:
        return []
    if earliest is None:
        return _undated(lines)
    days = {line.code: _ready(facts, line, earliest) for line in lines}
    if not _ships_in_parts(facts):
        return _together(lines, days)
    # A window that ends on no shipping day cannot be: `earliest` is one.
    window_end = facts.days.roll(facts.order_date + timedelta(days=facts.policy.base_days)) or earliest
    last = max(window_end, earliest)
    on_time = [line for line in lines if (day := days[line.code]) and day <= last]
    late = [line for line in lines if line not in on_time]
    if not late:
        return _together(lines, days)
    return [
        *([_group(on_time, last, Why.READY_PART)] if on_time else []),
        *_merged(Group((x.code,), day, Why.RESTOCK) for x in late if (day := days[x.code])),
        *_undated([line for line in late if days[line.code] is None]),
    ]


def _ready(facts: Facts, line: Line, earliest: date) -> date | None:
    """S13–S15: from when the line could leave."""
    if line.in_stock:
        return earliest
    back = line.restock_date
    if line.in_stock is None or back is None or back < kst_day(facts.now):
        return None
    rolled = facts.days.roll(back)
    return max(rolled, earliest) if rolled else None


def _ships_in_parts(facts: Facts) -> bool:
    """The minimum is inclusive (H48); a payment that nobody knows does not reach it."""
    minimum = facts.policy.minimum_amount
    reached = not minimum or (facts.paid is not None and facts.paid >= minimum)
    return facts.policy.enabled and reached


def _together(lines: Sequence[Line], days: Mapping[OrderItemCode, date | None]) -> list[Group]:
    """S15–S17: one parcel on the latest day, or no date when one of them has none."""
    ready = [day for line in lines if (day := days[line.code])]
    if len(ready) < len(lines):
        unknown = any(line.in_stock is None for line in lines if days[line.code] is None)
        return [_group(lines, None, Why.STOCK_UNKNOWN if unknown else Why.RESTOCK_UNKNOWN)]
    at_once = all(line.in_stock for line in lines)
    return [_group(lines, max(ready), Why.IN_STOCK if at_once else Why.TOGETHER)]


def _undated(lines: Sequence[Line]) -> list[Group]:
    unknown = [line for line in lines if line.in_stock is None]
    rest = [line for line in lines if line.in_stock is not None]
    parts = ((unknown, Why.STOCK_UNKNOWN), (rest, Why.RESTOCK_UNKNOWN))
    return [_group(part, None, why) for part, why in parts if part]


def _merged(groups: Iterable[Group]) -> list[Group]:
    """Equal days of the same kind share a parcel."""
    merged: dict[tuple[Why, date | None], Group] = {}
    for group in groups:
        key = (group.why, group.ship_date)
        before = merged[key].codes if key in merged else ()
        merged[key] = Group((*before, *group.codes), group.ship_date, group.why)
    return list(merged.values())


def _group(lines: Sequence[Line], day: date | None, why: Why) -> Group:
    return Group(tuple(line.code for line in lines), day, why)
