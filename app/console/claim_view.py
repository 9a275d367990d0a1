"""A claim that waits, or waited, as its card shows it. What a plan's `shown` holds is read here and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.ports import PendingClaim, PhotoLinks
from commands.explain import money_text
from commands.kernel.plan import Json, ReceiptState
from commands.kernel.screen import Tone
from commands.kernel.who import ChannelId, Language

from .names import NOBODY, Names
from .pages import TEXTS
from .words import person, said, when

SOON = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class PhotoView:
    thumb: str
    url: str
    taken: str
    used_before: bool


@dataclass(frozen=True, slots=True)
class ClaimView:
    """`due`: a sentence with its tone, while it waits. `ending`: who decided what, and when."""

    id: str
    kind: str
    kind_text: str
    order_id: str
    customer: str
    at: str
    at_text: str
    age: str
    due: tuple[str, Tone] | None
    waits: bool
    lines: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]]
    words: str
    photos: Sequence[PhotoView]
    ending: str
    ending_tone: Tone
    message: str


def claim_view(
    claim: PendingClaim,
    photos: PhotoLinks,
    channel_id: ChannelId,
    now: datetime,
    language: Language,
    names: Names = NOBODY,
) -> ClaimView:
    waits = claim.state is ReceiptState.PENDING and claim.decided_by is None
    ending, tone = ("", Tone.PLAIN) if waits else _ending(claim, language, names)
    reason: Any = claim.shown.get("reason")
    return ClaimView(
        id=claim.id,
        kind=claim.kind,
        kind_text=kind_text(claim.kind, language),
        order_id=claim.order_id,
        customer=claim.customer_label,
        at=claim.at.isoformat(),
        at_text=when(claim.at, language),
        age=_age(now - claim.at, language),
        due=_due(claim.due_at, now, language) if waits else None,
        waits=waits,
        lines=lines_of(claim.shown, language),
        facts=_facts(claim.shown, language),
        words=_text(reason.get("text")) if isinstance(reason, Mapping) else "",
        photos=_photos(claim, photos, channel_id, language),
        ending=ending,
        ending_tone=tone,
        message=claim.message or "",
    )


def kind_text(kind: str, language: Language) -> str:
    """`반품 · 불량` of `return:defective`; a part that we have no word for is shown as it is."""
    what, _, why = kind.partition(":")
    parts = [said(language, f"kind.{what}") or what, why and (said(language, f"reason.{why}") or why)]
    return " · ".join(part for part in parts if part)


def span(length: timedelta, language: Language) -> str:
    """`20분`, `47시간`, `2일`."""
    minutes = max(0, int(length.total_seconds() // 60))
    for unit, size, least in (("days", 1440, 2), ("hours", 60, 1)):
        if minutes >= size * least:
            return TEXTS.say(language, f"span.{unit}", count=minutes // size)
    return TEXTS.say(language, "span.minutes", count=minutes)


def lines_of(shown: Json, language: Language) -> list[tuple[str, str]]:
    """(product, option and quantity) of each line."""
    found = []
    for line in _rows(shown.get("items")):
        count = TEXTS.say(language, "claim.count", count=_text(line.get("quantity")))
        note = " · ".join(part for part in (_text(line.get("optionText")), count) if part)
        found.append((_text(line.get("productName")), note))
    return found


def _age(length: timedelta, language: Language) -> str:
    if length < timedelta(minutes=1):
        return TEXTS.say(language, "claim.age.now")
    return TEXTS.say(language, "claim.age", span=span(length, language))


def decided_text(by: object, at: object, language: Language, names: Names) -> str:
    """`매니저 12 · 2026년 11월 21일 14:03` of what a conflict tells."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    parts = [person(str(by), language, names) if by else ""]
    parts += [when(moment, language)] if isinstance(moment, datetime) else []
    return " · ".join(part for part in parts if part)


def _due(due_at: datetime | None, now: datetime, language: Language) -> tuple[str, Tone] | None:
    if due_at is None:
        return None
    if due_at <= now:
        return TEXTS.say(language, "claim.overdue", span=span(now - due_at, language)), Tone.BAD
    tone = Tone.WARNING if due_at - now <= SOON else Tone.PLAIN
    return TEXTS.say(language, "claim.due", span=span(due_at - now, language)), tone


def _ending(claim: PendingClaim, language: Language, names: Names) -> tuple[str, Tone]:
    tones = {"failed": Tone.BAD, "checking": Tone.INFO, "done": Tone.GOOD, "requested": Tone.GOOD}
    state = "rejected" if claim.message else claim.state.value
    text = said(language, f"claim.state.{state}") or state
    decided = decided_text(claim.decided_by, claim.decided_at, language, names)
    return " · ".join(part for part in (text, decided) if part), tones.get(state, Tone.PLAIN)


def _facts(shown: Json, language: Language) -> list[tuple[str, str]]:
    """Label and value; what the plan does not hold is left out."""
    found = [("payer", said(language, f"payer.{shown.get('shippingPayer')}") or "")]
    fee = _text(shown.get("shippingFee"))
    if fee:
        found.append(("fee", money_text(fee, _text(shown.get("currency")) or "KRW", language)))
    found += [("exchangeFor", _target(row, language)) for row in _rows(shown.get("exchangeFor"))]
    found.append(("pickup", _pickup(shown, language)))
    return [(TEXTS.say(language, f"claim.{name}"), value) for name, value in found if value]


def _target(row: Json, language: Language) -> str:
    name = _text(row.get("optionText")) or _text(row.get("variantCode"))
    count = _text(row.get("quantity"))
    return f"{name} · {TEXTS.say(language, 'claim.count', count=count)}" if count else name


def _pickup(shown: Json, language: Language) -> str:
    """The whole address stands in the mall's request; a queue needs no more than its district."""
    send = shown.get("selfSend")
    if isinstance(send, Mapping):
        parts = [TEXTS.say(language, "claim.selfSend"), _text(send.get("courier"))]
        return " · ".join(part for part in [*parts, _text(send.get("trackingNumber"))] if part)
    pickup = shown.get("pickup")
    if isinstance(pickup, Mapping):
        place = " ".join(_text(pickup.get("address1")).split()[:2])
        return " · ".join(part for part in (TEXTS.say(language, "claim.byCourier"), place) if part)
    return ""


def _photos(
    claim: PendingClaim, photos: PhotoLinks, channel_id: ChannelId, language: Language
) -> list[PhotoView]:
    facts: dict[str, Mapping[str, Any]] = {
        _text(row.get("ref")): row for key in ("photos", "evidence") for row in _rows(claim.shown.get(key))
    }
    found = []
    nothing: Mapping[str, Any] = {}
    for ref in claim.photos:
        thumb, url = photos.links(channel_id, ref)
        known = facts.get(ref, nothing)
        found.append(
            PhotoView(thumb, url, _taken(known.get("takenAt"), language), bool(known.get("usedBefore")))
        )
    return found


def _taken(value: Any, language: Language) -> str:
    try:
        return when(datetime.fromisoformat(str(value)), language) if value else ""
    except ValueError:
        return ""


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else []


def _text(value: Any) -> str:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
