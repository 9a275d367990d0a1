"""Who may send an order elsewhere: facts in, `Decision` out.

Nothing may have a label, in the mall or in the warehouse; the mall's own buttons decide by state; the whole order goes
to one place. The new address must cost the same to reach, up or down: what is certainly dearer or cheaper is refused,
and whatever is not certain goes to a manager.
"""

from collections.abc import Callable

from commands.kernel import claim_rules
from commands.kernel.claim_rules import of_item, of_order
from commands.kernel.decision import Decision, Effect, Finding, Layer, decide
from commands.kernel.order import ItemState, OrderItem

from .facts import AddressPlan, Facts
from .new_address import NEW_ADDRESS_RULES
from .packing_rules import PACKING_RULES

ADDRESS_SETTING = "쇼핑몰 설정 > 주문 설정 > 주문 후 설정 > 구매자 배송지 변경"
RULES = tuple(f"A{number}" for number in range(1, 25))
NOTHING_TO_CHANGE = Finding(RULES[-1], "nothing_to_change", Effect.BLOCKS, Layer.ORDER)
"""A24: 배송지를 바꿀 수 있는 주문이 없음."""


def has_label(_facts: Facts, item: OrderItem) -> Finding | None:
    """A1: 송장번호가 있음."""
    return of_item("A1", item, "label_printed", act="talk_to_a_manager") if item.tracking else None


def has_shipped(_facts: Facts, item: OrderItem) -> Finding | None:
    """A2: 발송된 뒤."""
    if item.state not in {ItemState.IN_TRANSIT, ItemState.DELIVERED}:
        return None
    return of_item("A2", item, "already_shipped")


def has_open_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """A3: 클레임 진행 중."""
    return claim_rules.has_open_claim("A3", item)


def has_closed_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """A4: 클레임이 끝난 품목."""
    if item.state not in claim_rules.CLOSED:
        return None
    return of_item("A4", item, "claim_closed", effect=Effect.NEEDS_MANAGER)


def is_unrecognised(_facts: Facts, item: OrderItem) -> Finding | None:
    """A5: 모르는 상태 코드."""
    return claim_rules.status_is_unrecognised("A5", item)


def preparation_is_not_used(facts: Facts, item: OrderItem) -> Finding | None:
    """A6: 상품준비중을 쓰지 않는 몰의 N10."""
    return claim_rules.preparation_is_not_used("A6", facts.mall, item)


def is_not_open(facts: Facts, item: OrderItem) -> Finding | None:
    """A7: 구매자 배송지 변경 범위 밖."""
    judged_elsewhere = item.state not in {ItemState.PREPARING, ItemState.AWAITING_PAYMENT}
    if judged_elsewhere or facts.mall.address_open is None or item.status_code in facts.mall.address_open:
        return None
    layer, act = Layer.MALL_SETTING, "open_this_status"
    return of_item("A7", item, "address_not_open", layer, path=ADDRESS_SETTING, act=act)


def setting_is_unrecognised(facts: Facts, item: OrderItem) -> Finding | None:
    """A8: 읽지 못한 몰 설정."""
    preparation = item.status_code == "N10" and facts.mall.uses_product_preparation is None
    if facts.mall.address_open is not None and not preparation:
        return None
    layer, needs = Layer.MALL_SETTING, Effect.NEEDS_MANAGER
    return of_item("A8", item, "unrecognised_setting", layer, effect=needs, path=ADDRESS_SETTING)


ITEM_RULES: tuple[Callable[[Facts, OrderItem], Finding | None], ...] = (
    has_label,
    has_shipped,
    has_open_claim,
    has_closed_claim,
    is_unrecognised,
    preparation_is_not_used,
    is_not_open,
    setting_is_unrecognised,
)


def receipt_is_open(facts: Facts) -> Finding | None:
    """A9: 아직 끝나지 않은 접수."""
    return claim_rules.receipt_is_open("A9", facts.under_way)


def other_sales_channel(facts: Facts) -> Finding | None:
    """A10: 자사몰 주문이 아님."""
    return claim_rules.other_sales_channel("A10", facts.order)


def special_order(facts: Facts) -> Finding | None:
    """A11: 에스크로·복수 배송지·정기 배송."""
    return claim_rules.special_order("A11", facts.order)


def goes_to_several(facts: Facts) -> Finding | None:
    """A12: 받는 곳이 없거나 여럿."""
    if facts.present:
        return None
    return of_order("A12", "several_addresses", Effect.NEEDS_MANAGER, Layer.ORDER)


def shipment_is_unknown(facts: Facts) -> Finding | None:
    """A13: 배송번호를 모름."""
    if all(receiver.shipment_code for receiver in facts.order.receivers):
        return None
    return of_order("A13", "shipment_unknown", Effect.NEEDS_MANAGER, Layer.ORDER)


ORDER_RULES: tuple[Callable[[Facts], Finding | None], ...] = (
    receipt_is_open,
    other_sales_channel,
    special_order,
    goes_to_several,
    shipment_is_unknown,
    *PACKING_RULES,
    *NEW_ADDRESS_RULES,
)


def still_standing_in_the_way(facts: Facts) -> list[Finding]:
    """For a change under way: what the lines and the warehouse say against going on."""
    by_item = [f for item in facts.items for rule in ITEM_RULES if (f := rule(facts, item))]
    return by_item + [finding for rule in PACKING_RULES if (finding := rule(facts))]


def decide_address_change(facts: Facts) -> Decision[AddressPlan]:
    """All rules run. Without a wanted address: whether the order may be re-addressed at all."""
    by_item = [f for item in facts.items for rule in ITEM_RULES if (f := rule(facts, item))]
    by_order = [finding for rule in ORDER_RULES if (finding := rule(facts))]
    plan = AddressPlan(
        shipments=tuple(r.shipment_code for r in facts.order.receivers if r.shipment_code),
        address=facts.wanted,
        tells_warehouse=facts.packing is not None and facts.packing.held is not None,
    )
    return decide(plan, sorted(by_item, key=lambda f: RULES.index(f.rule)) + by_order)
