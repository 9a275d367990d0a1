"""The body of a write, field by field: 422 for what is missing, of another kind, too long or unknown."""

from __future__ import annotations

from collections.abc import Callable

from app.sandbox.cafe24.claim_lines import Wanted
from app.sandbox.cafe24.endpoint import Ask, Mixed
from app.sandbox.cafe24.errors import ENVELOPE_MISSING, ApiError, missing, wrong
from app.sandbox.cafe24.wire import Row

LONGEST_REASON = 2000
LONGEST_HOLDER = 15
LONGEST_BANK = 250


class Fields:
    """One object of a body; null counts as absent."""

    def __init__(self, row: object) -> None:
        if not isinstance(row, dict):
            raise wrong("request", "It is not a valid object.")
        self._row: Row = {key: value for key, value in row.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._row

    def text(self, name: str, most: int = LONGEST_REASON, *, required: bool = False) -> str:
        """Text of at most so many characters."""
        value = self._row.get(name, "")
        if not isinstance(value, str):
            raise wrong(name, "It is not a valid value.")
        if required and not value:
            raise missing(name)
        if len(value) > most:
            raise wrong(name, f"The maximum length is {most}.")
        return value

    def flag(self, name: str, *, required: bool = False) -> bool:
        """T or F; absent means F."""
        return self.choice(name, frozenset("TF"), required=required) == "T"

    def choice(self, name: str, allowed: frozenset[str], *, required: bool = False) -> str:
        """One word out of a closed list; "" when it is absent and may be."""
        value = self.text(name, required=required)
        if value and value not in allowed:
            raise wrong(name, "It is not a valid value.")
        return value

    def choices(self, name: str, allowed: frozenset[str]) -> list[str]:
        """A list of such words; a bare word is taken too, as public clients send it."""
        value = self._row.get(name, [])
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or any(not isinstance(w, str) or w not in allowed for w in words):
            raise wrong(name, "It is not a valid value.")
        return list(words)

    def codes(self, name: str) -> list[str]:
        """A list of at least one code."""
        value = self._row.get(name)
        if not value:
            raise missing(name)
        if not isinstance(value, list) or any(not isinstance(code, str) for code in value):
            raise wrong(name, "It is not a valid value.")
        return value

    def lines(self) -> list[Wanted] | None:
        """`items`; None when it was left out (whole order, ASSUMPTION)."""
        if "items" not in self:
            return None
        rows = self._row["items"]
        if not isinstance(rows, list) or not rows:
            raise missing("items")
        return [_line(Fields(row)) for row in rows]

    def part(self, name: str) -> Fields | None:
        """An object inside; None when it was left out."""
        return Fields(self._row[name]) if name in self else None

    def parts(self, name: str) -> list[Fields]:
        """A list of objects; none when it was left out."""
        rows = self._row.get(name, [])
        if not isinstance(rows, list):
            raise wrong(name, "It is not a valid value.")
        return [Fields(row) for row in rows]

    def whole_number(self, name: str) -> int:
        """A JSON number without a fraction."""
        value = self._row.get(name)
        if value is None:
            raise missing(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(name, "It is not a valid value.")
        return value

    def account(self, methods: list[str]) -> Row:
        """Where a refund in cash goes: bank code and number are needed then."""
        in_cash = "T" in methods
        bank = self.text("refund_bank_code", 20)
        name = self.text("refund_bank_name", LONGEST_BANK)
        if in_cash and not (bank or name):
            raise missing("refund_bank_code")
        return {
            "refund_bank_name": name or bank,
            "refund_bank_account_no": self.text("refund_bank_account_no", 40, required=in_cash),
            "refund_bank_account_holder": self.text("refund_bank_account_holder", LONGEST_HOLDER),
        }


def _line(fields: Fields) -> Wanted:
    return Wanted(fields.text("order_item_code", required=True), fields.whole_number("quantity"))


def one(ask: Ask) -> Fields:
    """The one object of a single call; a list where an object belongs is no envelope at all."""
    if "request" not in ask.body:
        raise ApiError(400, ENVELOPE_MISSING)
    return Fields(ask.body["request"])


def each(ask: Ask, name: str, most: int, act: Callable[[Fields], Row]) -> Row:
    """Every object of a bulk call in turn: all fine, all refused (422), or some (207, shape ASSUMPTION)."""
    rows = ask.body.get("requests")
    if rows is None:
        raise ApiError(400, ENVELOPE_MISSING)
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise wrong("requests", f"You can send 1 to {most} objects at once.")
    done: list[Row] = []
    refusals: list[ApiError] = []
    for row in rows:
        try:
            done.append(act(Fields(row)))
        except ApiError as refusal:
            refusals.append(refusal)
            number = row.get("order_id") if isinstance(row, dict) else None
            error = {"code": refusal.status, "message": refusal.message}
            done.append({"shop_no": ask.shop_no, "order_id": number, "error": error})
    if len(refusals) == len(rows):
        raise refusals[0]
    return Mixed({name: done}) if refusals else {name: done}
