"""`/교환반품` on a phone: back to whatever is missing, else what will happen, before the one button that does it."""

from collections.abc import Mapping

from pydantic import ValidationError

from commands.claim_forms import ACCOUNT, Input, quantities, reader, talk
from commands.claiming import BANKS
from commands.explain import WORDS, money_text
from commands.kernel.failures import Failure, FailureType
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.screen import Button, Card, Line, Notice, Scalar, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.order_cards import line_rows
from commands.shapes import FindingShape

from .finding_out import TEXTS, one_order
from .forms import (
    ASKED_AGAIN,
    CHOOSE,
    CONFIRM,
    OTHER,
    PLACE,
    SAME,
    SELF,
    account_screen,
    carried,
    kind_words,
    number_screen,
    orderer_screen,
    params_from,
    photo_refs,
    say,
    targets,
)
from .outcome import open_receipt, receipt_screen_of
from .previewing import COMMAND, preview
from .screens import choose_screen
from .step_screens import address_screen, photos_screen, self_screen, targets_screen, way_screen
from .wire import PreviewParams, PreviewResult

MAY_ACCEPT = "mall_may_accept_at_once"
TOLD_BY_TARGETS = frozenset({"target_missing", "target_unknown", "target_out_of_stock"})
AGAIN = "failure.invalidParams"


async def preview_screen(ask: Ask, given: Input, known: PreviewResult | None = None) -> Screen:
    """Whatever is missing or wrong is asked for, one thing a screen. `known`: asked a moment ago."""
    if not any(quantities(given).values()):
        return await choose_screen(ask, given, say(ask, "choose.nothing"))
    try:
        params = PreviewParams.model_validate(params_from(given))
        result = known or await preview(ask, params)
    except ValidationError as error:
        return await _wrong_screen(ask, given, error)
    except Failure as failure:
        if failure.type is not FailureType.INVALID_PARAMS:
            raise
        if photo_refs(given):
            return photos_screen(ask, {**given, "photos": ""})
        return await choose_screen(ask, given, WORDS.say(ask.language, AGAIN))
    if result.plan_token:
        return decided_screen(ask, params, result, given)
    return await _held_up_screen(ask, result, given, params.order_id)


async def _held_up_screen(ask: Ask, result: PreviewResult, given: Input, order_id: str) -> Screen:
    if result.missing:
        return await _missing_screen(ask, given, result)
    if under_way := open_receipt(result.decision.findings):
        return await receipt_screen_of(ask, under_way)
    blocking = [finding for finding in result.decision.findings if finding.effect == "blocks"]
    if blocking and {finding.code for finding in blocking} <= TOLD_BY_TARGETS:
        return targets_screen(ask, given, result, _text(ask, blocking[0]))
    return refused_screen(ask, result, given, order_id)


async def _missing_screen(ask: Ask, given: Input, result: PreviewResult) -> Screen:
    match (result.missing or [""])[0]:
        case "phoneCode":
            return number_screen(ask, given)
        case "evidence":
            return photos_screen(ask, given)
        case "exchangeFor":
            return targets_screen(ask, given, result)
        case "refundAccount":
            return account_screen(ask, given)
        case "ordererName":
            return orderer_screen(ask, given)
        case _:
            return await _parcel_screen(ask, given)


async def _parcel_screen(ask: Ask, given: Input) -> Screen:
    """How the goods go back; then where from, or where to."""
    way = given.get("way")
    if way in {OTHER, SAME}:
        # The order does not say where it went: the customer does.
        return address_screen(ask, given)
    if way == SELF:
        return self_screen(ask, given)
    return way_screen(ask, given, await one_order(ask, str(given["orderId"])))


async def _wrong_screen(ask: Ask, given: Input, error: ValidationError) -> Screen:
    """Back to the form whose answer is none."""
    found = error.errors()
    places = [e["loc"] for e in found]
    members = {str(place[1]) for place in places if len(place) > 1}
    first = str(places[0][0]) if places and places[0] else ""
    if first == "refundAccount":
        return account_screen(ask, given, frozenset(ACCOUNT[m] for m in members if m in ACCOUNT))
    if first == "pickup":
        said = " ".join(e["msg"] for e in found)
        return address_screen(ask, given, frozenset(f for m, f in PLACE.items() if m in members or m in said))
    if first == "selfSend":
        return self_screen(ask, given, frozenset({"tracking"}))
    if first == "evidence":
        return photos_screen(ask, {**given, "photos": ""})
    return await choose_screen(ask, given, WORDS.say(ask.language, AGAIN))


def decided_screen(ask: Ask, params: PreviewParams, result: PreviewResult, given: Input) -> Screen:
    back = carried(given, without=ASKED_AGAIN)
    words = kind_words(ask, given)
    confirm = Show(COMMAND, CONFIRM, {"planToken": result.plan_token, **back})
    cards = [_items_card(ask, params, result, given), _way_card(ask, params, result)]
    if result.refund:
        cards.append(_refund_card(ask, params, result))
    return Screen(
        title=say(ask, "preview.title", kind=words),
        lead=params.order_id,
        notices=(Notice(_what_happens(ask, result, words)), *_for_manager(ask, result)),
        cards=tuple(card for card in cards if card),
        buttons=(
            Button(say(ask, f"preview.confirm.{result.outcome}", kind=words), confirm, style="primary"),
            _choose_again(ask, back),
        ),
    )


def refused_screen(ask: Ask, result: PreviewResult, given: Input, order_id: str) -> Screen:
    findings = [f for f in result.decision.findings if f.effect in {"blocks", "needsManager"}]
    code = next((f.code for f in findings if f.decisive), "hidden")
    texts = dict.fromkeys(_text(ask, found) for found in findings)
    return Screen(
        title=say(ask, "preview.refused", kind=kind_words(ask, given)),
        lead=order_id,
        notices=tuple(Notice(text, Tone.WARNING) for text in texts),
        buttons=(*talk(ask, code, order_id), _choose_again(ask, carried(given, without=ASKED_AGAIN))),
    )


def _choose_again(ask: Ask, back: Mapping[str, Scalar]) -> Button:
    return Button(say(ask, "back"), Show(COMMAND, CHOOSE, back), style="quiet")


def _text(ask: Ask, finding: FindingShape) -> str:
    return finding.customer_text if reader(ask) == "customer" else finding.manager_text


def _what_happens(ask: Ask, result: PreviewResult, words: str) -> str:
    if result.outcome == "pending":
        return say(ask, "preview.pending", kind=words)
    accepts = MAY_ACCEPT in {finding.code for finding in result.decision.findings}
    return say(ask, "preview.request.mayAccept" if accepts else "preview.request", kind=words)


def _for_manager(ask: Ask, result: PreviewResult) -> tuple[Notice, ...]:
    """What the customer need not know: the odd period, a setting that may stand in the way."""
    if reader(ask) == "customer":
        return ()
    return tuple(Notice(f.manager_text, Tone.WARNING) for f in result.decision.findings)


def _items_card(ask: Ask, params: PreviewParams, result: PreviewResult, given: Input) -> Card:
    reason = say(ask, f"reason.{params.reason.type}")
    text = f"{reason} · {params.reason.text}" if params.reason.text else reason
    lines = [Line(say(ask, "preview.reason"), text)]
    if params.evidence:
        lines.append(Line(say(ask, "preview.photos"), say(ask, "photos.count", count=len(params.evidence))))
    wanted = targets(given) if result.kind == "exchange" else {}
    for one in result.targets or ():
        option = next((v for v in one.variants if v.variant_code == wanted.get(one.order_item_code)), None)
        if option and option.option_text:
            lines.append(Line(say(ask, "preview.target"), option.option_text))
    title = say(ask, "preview.items", kind=kind_words(ask, given))
    return Card(title, rows=line_rows(ask, result.items, TEXTS), lines=tuple(lines))


def _way_card(ask: Ask, params: PreviewParams, result: PreviewResult) -> Card | None:
    lines = []
    pickup = params.pickup
    if pickup and pickup.same_as_order:
        lines.append(Line(say(ask, "way.pickup"), say(ask, "way.same")))
    elif pickup:
        place = f"{pickup.address1} {pickup.address2}".strip()
        who = f"{masked_name(pickup.receiver_name)} · {masked_cellphone(pickup.cellphone)}"
        lines += [Line(say(ask, "way.pickup"), place), Line(say(ask, "way.who"), who)]
    elif params.self_send:
        address = (ask.choices.exchange_return.return_address or "").strip()
        lines.append(Line(say(ask, "self.address"), address))
    if not lines:
        return None
    lines.append(Line(say(ask, "fee.label"), _fee_text(ask, result)))
    return Card(say(ask, "way.title"), lines=tuple(lines))


def _fee_text(ask: Ask, result: PreviewResult) -> str:
    if result.shipping_payer == "mall":
        return say(ask, "fee.mall")
    if result.shipping_fee is None:
        return say(ask, "fee.buyer")
    amount = money_text(result.shipping_fee, result.currency, ask.language)
    return say(ask, f"fee.buyer.{result.kind}", amount=amount)


def _refund_card(ask: Ask, params: PreviewParams, result: PreviewResult) -> Card:
    refund = result.refund
    assert refund is not None
    methods = ", ".join(dict.fromkeys(method.method for method in refund.methods))
    lines = [Line(say(ask, "preview.method"), methods)] if methods else []
    if account := params.refund_account:
        bank = BANKS[account.bank_code]
        shown = say(ask, "account.text", bank=bank, number=account.account_number, holder=account.holder)
        lines.append(Line(say(ask, "preview.account"), shown))
    return Card(say(ask, "preview.refund"), note=refund.note, lines=tuple(lines))
