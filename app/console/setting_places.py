"""Where each setting stands on the page 설정. Hand-written: the order is that in which a merchant thinks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`commands`: whose findings are shown here when they name no setting. Those that no connection has yet are left
    out.
    """

    name: str
    paths: tuple[str, ...]
    commands: tuple[str, ...] = ()


SECTIONS = (
    Section("operation", ("mode", "testMembers")),
    Section(
        "commands",
        (
            "commands.orderList",
            "commands.cancel",
            "commands.exchangeReturn",
            "commands.addressChange",
            "commands.shipDate",
            "commands.why",
        ),
        ("addressChange", "why"),
    ),
    Section("cancel", ("cancel.mode", "cancel.completeScope", "cancel.undoMinutes"), ("cancel",)),
    Section(
        "exchangeReturn",
        (
            "exchangeReturn.sellerFault",
            "exchangeReturn.deadlineHours",
            "exchangeReturn.atDeadline",
            "exchangeReturn.samePriceOnly",
            "exchangeReturn.returnAddress",
            "exchangeReturn.autoPickupOff",
            "exchangeReturn.evidenceDays",
        ),
        ("exchangeReturn",),
    ),
    Section(
        "shipping",
        (
            "shipping.days",
            "shipping.cutoff",
            "shipping.extraClosed",
            "shipping.everyDay",
            "shipping.notifyChange",
            "partialShipping.enabled",
            "partialShipping.baseDays",
            "partialShipping.minimumAmount",
        ),
        ("shipDate",),
    ),
    Section(
        "wms",
        (
            "wms.provider",
            "wms.credential",
            "wms.domain",
            "wms.clientId",
            "wms.clientSecret",
            "wms.cstCd",
            "wms.appId",
            "wms.apiCd",
            "wms.apiKey",
            "wms.shopId",
            "wms.inboundLeadDays",
        ),
    ),
    Section(
        "customers",
        ("orders.lookbackMonths", "identity.memberTrust", "identity.memberHashConfirmed"),
        ("orderList",),
    ),
    Section(
        "messages",
        (
            "notify.claimResults",
            "notify.groupId",
            "sms.provider",
            "sms.sender",
            "sms.dailyBudget",
            "sms.apiKey",
            "sms.apiSecret",
        ),
    ),
    Section("agent", ("agent.confirm.commands", "agent.confirm.upTo")),
    Section("people", ("admins", "language")),
)
BY_NAME = {section.name: section for section in SECTIONS}
PLACES = {path: section.name for section in SECTIONS for path in section.paths}
ELSEWHERE = {"identity.memberHashConfirmed": "/console/connection"}
"""Shown here, changed on a page that explains it."""
