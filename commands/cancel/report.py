"""Refunds and receipts in the shapes and words of the wire."""

from commands.explain import money_text, payment_text
from commands.kernel.spec import Ask
from commands.kernel.texts import Texts
from commands.kernel.who import Language
from commands.shapes import RefundMethod, RefundShape

from .facts import Facts, Refund, refund_of


def refund_shape(ask: Ask, facts: Facts, texts: Texts, *, complete: bool) -> RefundShape:
    refund = refund_of(facts)
    methods = [
        RefundMethod(method=payment_text(method, ask.language), amount=amount and amount.plain())
        for method, amount in refund.methods
    ]
    return RefundShape(
        automatic=refund.automatic and complete,
        certain=refund.certain,
        total=refund.total and refund.total.plain(),
        currency=facts.order.total.currency,
        methods=methods,
        note=texts.say(ask.language, f"refund.{note_key(facts, refund, complete=complete)}"),
    )


def note_key(facts: Facts, refund: Refund, *, complete: bool) -> str:
    """Which sentence tells who refunds: nothing is promised that a person or the mall may decide otherwise."""
    if not facts.is_whole_order:
        return "partial"
    if refund.certain and not refund.total and not refund.methods:
        return "none"
    if not complete:
        return "afterRequest"
    if not refund.automatic:
        return "byHand"
    return "automatic" if refund.total else "balance"


def refund_total(refund: RefundShape, language: Language) -> str:
    """`39,000원` of a refund that is certain, else nothing."""
    return money_text(refund.total, refund.currency, language) if refund.total else ""
