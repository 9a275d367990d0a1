"""Decisions and orders put into the words and shapes of the wire; every face shows these."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from commands.kernel.calendar import kst_day
from commands.kernel.decision import Allowed, Blocked, Decision, Finding, NeedsManager, decisive
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.order import Order, OrderItem, Tracking
from commands.kernel.spec import Ask, ShownDate
from commands.kernel.texts import Texts, beside
from commands.kernel.who import Language
from commands.shapes import (
    ChangesWhenShape,
    ClaimShape,
    DecisionShape,
    FindingShape,
    ItemShape,
    OrderCard,
    OrderDetail,
    ReceiverShape,
    ShipGroup,
    TrackingShape,
)

WORDS = beside(__file__)
_WEEKDAYS = {Language.KO: "월화수목금토일", Language.JA: "月火水木金土日"}


def status_text(order: Order, language: Language) -> str:
    """`배송 중`, or for a mixed order `배송 중 1건 · 배송 준비 중 2건`."""
    states = order.states
    if len(states) <= 1:
        return WORDS.say(language, f"state.{order.summary}")
    return " · ".join(
        WORDS.say(language, "state.part", state=WORDS.say(language, f"state.{state}"), count=count)
        for state, count in states.items()
    )


def day_text(order: Order, ask: Ask) -> str:
    """The day of the order, in words."""
    return date_text(kst_day(order.ordered_at), ask.language, kst_day(ask.now))


def money_text(amount: str, currency: str, language: Language) -> str:
    """`39,000원` or `KRW 39,000` of a decimal string."""
    whole, dot, rest = amount.partition(".")
    spaced = f"{int(whole):,}{dot}{rest}"
    return f"{spaced}원" if currency == "KRW" and language is Language.KO else f"{currency} {spaced}"


def payment_text(method: str, language: Language) -> str:
    """A method that we have no word for is shown as `기타`."""
    key = f"payment.{method}"
    return WORDS.say(language, key if WORDS.has(key) else "payment.etc")


def date_text(day: date, language: Language, today: date) -> str:
    """`11월 26일 (목)`; the year is said when it is not this one."""
    this_year = day.year == today.year
    if language is Language.EN:
        return f"{day:%a}, {day.day} {day:%b}" + ("" if this_year else f" {day.year}")
    key = "day" if this_year else "day.year"
    weekday = _WEEKDAYS[language][day.weekday()]
    return WORDS.say(language, key, year=day.year, month=day.month, day=day.day, weekday=weekday)


def ship_groups_shape(order: Order, shown: Sequence[ShownDate], ask: Ask) -> list[ShipGroup]:
    items = {item.code: item_shape(item, ask) for item in order.items}
    return [
        ShipGroup(
            items=[items[c].model_copy(update={"restock_date": group.restock.get(c)}) for c in group.codes],
            expected_ship_date=group.ship_date,
            note=group.note,
        )
        for group in shown
    ]


def item_shape(item: OrderItem, ask: Ask) -> ItemShape:
    return ItemShape(
        order_item_code=item.code,
        product_no=item.product_no,
        product_name=item.product_name,
        option_text=item.option_text,
        quantity=item.quantity,
        claimable_quantity=item.claimable_quantity,
        status=item.state.value,
        status_text=WORDS.say(ask.language, f"state.{item.state}"),
        image_url=ask.ports.pictures.known(ask.shop, item.product_no),
    )


def _tracking(parcels: tuple[Tracking, ...]) -> list[TrackingShape] | None:
    return [TrackingShape(company=p.company, number=p.number, url=p.url) for p in parcels] or None


def order_card(order: Order, ask: Ask) -> OrderCard:
    return OrderCard(
        order_id=order.order_id,
        ordered_at=order.ordered_at,
        status=order.summary,
        status_text=status_text(order, ask.language),
        items=[item_shape(item, ask) for item in order.items],
        total=order.total.plain(),
        currency=order.total.currency,
        tracking=_tracking(order.parcels),
    )


def order_detail(order: Order, ask: Ask) -> OrderDetail:
    receiver = order.receivers[0] if order.receivers else None
    return OrderDetail(
        **order_card(order, ask).model_dump(),
        payment=[payment_text(method, ask.language) for method in order.payment.methods],
        receiver=receiver
        and ReceiverShape(
            name=masked_name(receiver.name),
            cellphone=masked_cellphone(receiver.cellphone),
            zipcode=receiver.zipcode,
            address1=receiver.address1,
        ),
        claims=[
            ClaimShape(kind=c.kind, state=c.state.value, claim_code=c.claim_code, at=c.at)
            for c in order.claims
        ],
    )


def finding_text(finding: Finding, texts: Texts, language: Language, reader: str) -> str:
    """The sentence of a finding for `customer` or `manager`: key `{code}.{reader}` of the command's texts."""
    return texts.say(language, f"{finding.code}.{reader}", **finding.facts)


def decision_shape(decision: Decision[object], texts: Texts, language: Language) -> DecisionShape:
    verdict: Literal["allowed", "needsManager", "blocked"]
    match decision:
        case Allowed(findings=findings):
            verdict = "allowed"
        case NeedsManager(findings=findings):
            verdict = "needsManager"
        case Blocked(findings=findings):
            verdict = "blocked"
    return DecisionShape(verdict=verdict, findings=findings_shape(findings, texts, language))


def findings_shape(findings: Sequence[Finding], texts: Texts, language: Language) -> list[FindingShape]:
    chosen = decisive(findings)
    return [_finding_shape(f, texts, language, f is chosen) for f in findings]


def _finding_shape(finding: Finding, texts: Texts, language: Language, chosen: bool) -> FindingShape:  # noqa: FBT001
    changes = finding.changes_when
    return FindingShape(
        rule=finding.rule,
        code=finding.code,
        effect=finding.effect,
        layer=finding.layer,
        decisive=chosen,
        items=list(finding.items),
        facts=dict(finding.facts),
        customer_text=finding_text(finding, texts, language, "customer"),
        manager_text=finding_text(finding, texts, language, "manager"),
        setting_path=finding.setting_path,
        changes_when=changes and ChangesWhenShape(date=changes.day, act=changes.act),
    )
