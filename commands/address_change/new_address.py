"""A19–A23: what the new address changes, above all the fee (H25 d). Pure; silent while no address is given."""

from collections.abc import Callable
from dataclasses import replace

from commands.kernel.claim_rules import of_order
from commands.kernel.decision import Effect, Finding, Layer
from commands.kernel.surcharges import RegionsBy

from .facts import Facts

SURCHARGE_SETTING = "쇼핑몰 설정 > 배송 설정 > 배송비 설정 > 지역별 배송비"


def address_is_unchanged(facts: Facts) -> Finding | None:
    """A19: 지금 주소와 같음."""
    if facts.wanted is None or facts.present is None:
        return None
    wanted, present = facts.wanted, facts.present
    # What was left open stays as it is.
    same = present == replace(
        wanted, phone=wanted.phone or present.phone, message=wanted.message or present.message
    )
    return of_order("A19", "address_unchanged", Effect.BLOCKS, Layer.ORDER) if same else None


def fee_rises(facts: Facts) -> Finding | None:
    """A20: 지역별 배송비가 오름."""
    return _moves("A20", "fee_rises", facts, +1)


def fee_falls(facts: Facts) -> Finding | None:
    """A21: 지역별 배송비가 내림."""
    return _moves("A21", "fee_falls", facts, -1)


def fee_is_by_supplier(facts: Facts) -> Finding | None:
    """A22: 공급사별 지역 배송비."""
    if facts.wanted is None or _same_postcode(facts) or facts.surcharges.by_supplier is not True:
        return None
    needs, layer = Effect.NEEDS_MANAGER, Layer.MALL_SETTING
    return of_order("A22", "fee_by_supplier", needs, layer, path=SURCHARGE_SETTING)


def fee_is_uncertain(facts: Facts) -> Finding | None:
    """A23: 배송비가 같은지 확실하지 않음."""
    if facts.wanted is None or _same_postcode(facts) or facts.surcharges.by_supplier is True:
        return None
    fees = (facts.fee("before"), facts.fee("after"))
    known = all(fee is not None and fee.certain and fee.amount is not None for fee in fees)
    if known and facts.surcharges.by_supplier is not None:
        return None
    needs, layer = Effect.NEEDS_MANAGER, Layer.MALL_SETTING
    return of_order("A23", "fee_uncertain", needs, layer, path=SURCHARGE_SETTING)


def _moves(rule: str, code: str, facts: Facts, sign: int) -> Finding | None:
    """Only what is certain on both sides refuses."""
    before, after = facts.fee("before"), facts.fee("after")
    if before is None or after is None or not (before.certain and after.certain):
        return None
    if before.amount is None or after.amount is None or _same_postcode(facts):
        return None
    if (after.amount - before.amount) * sign <= 0:
        return None
    seen = {"before": f"{before.amount:f}", "after": f"{after.amount:f}"}
    layer, act = Layer.MALL_SETTING, "talk_to_a_manager"
    return of_order(rule, code, Effect.BLOCKS, layer, facts=seen, path=SURCHARGE_SETTING, act=act)


def _same_postcode(facts: Facts) -> bool:
    """One postcode, one fee; a table of place names may divide a postcode."""
    before, after = facts.present, facts.wanted
    if before is None or after is None or before.zipcode != after.zipcode:
        return False
    return facts.surcharges.regions_by is not RegionsBy.PLACE or before.address1 == after.address1


NEW_ADDRESS_RULES: tuple[Callable[[Facts], Finding | None], ...] = (
    address_is_unchanged,
    fee_rises,
    fee_falls,
    fee_is_by_supplier,
    fee_is_uncertain,
)
