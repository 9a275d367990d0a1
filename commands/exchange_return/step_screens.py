"""`/교환반품` on a phone, in between: photos of what is wrong, what is wanted instead, and how the goods go back."""

from commands.claim_forms import Input
from commands.explain import money_text
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.order import Order
from commands.kernel.screen import Card, Choice, Field, Line, Notice, Row, Run, Screen, Tone
from commands.kernel.spec import Ask
from commands.order_cards import counted
from commands.shapes import LineShape

from .finding_out import TEXTS
from .forms import OTHER, PLACE, SAME, SELF, TARGET, back, go_on, lead, photo_refs, say
from .wire import MOST_PHOTOS, PreviewResult, TargetsShape, VariantShape

NO_STOCK_TOLD_ABOVE = 10


def photos_screen(ask: Ask, given: Input) -> Screen:
    error = say(ask, "photos.needed") if "photos" in given else ""
    field = Field(
        "photos",
        say(ask, "photos.field"),
        "photos",
        value=",".join(photo_refs(given)),
        hint=say(ask, "photos.hint", most=MOST_PHOTOS),
        error=error,
        max_length=MOST_PHOTOS,
        upload=Run("evidence.start", {"orderId": str(given["orderId"]), "kind": str(given["kind"])}),
    )
    return Screen(
        title=say(ask, "photos.title"),
        lead=say(ask, "photos.lead"),
        fields=(field,),
        submit=go_on(ask, given, without={"photos"}),
        buttons=(back(ask, given),),
    )


def targets_screen(ask: Ask, given: Input, result: PreviewResult, error: str = "") -> Screen:
    """Every option with its picture, stock and price; those that cannot be had say so."""
    lines = {line.order_item_code: line for line in result.items}
    offered = [one for one in result.targets or () if one.order_item_code in lines]
    none = [one for one in offered if not any(v.available for v in one.variants)]
    fields = tuple(_target_field(ask, given, lines[one.order_item_code], one) for one in offered)
    names = [f"{TARGET}{one.order_item_code}" for one in offered]
    notices = [Notice(error, Tone.WARNING)] if error else []
    if none:
        notices.append(Notice(say(ask, "target.none"), Tone.WARNING))
    return Screen(
        title=say(ask, "target.title"),
        lead=say(ask, "target.lead"),
        notices=tuple(notices),
        cards=tuple(_options_card(ask, lines[one.order_item_code], one) for one in offered),
        fields=() if none else fields,
        submit=None if none else go_on(ask, given, without=names),
        buttons=(back(ask, given),),
    )


def _options_card(ask: Ask, line: LineShape, one: TargetsShape) -> Card:
    rows = tuple(
        Row(v.option_text or line.product_name, _stock_note(ask, v), picture=v.image_url, product_no=None)
        for v in one.variants
    )
    now = say(ask, "target.now", option=line.option_text) if line.option_text else ""
    return Card(line.product_name, note=now, rows=rows)


def _stock_note(ask: Ask, variant: VariantShape) -> str:
    parts = []
    if not variant.available:
        parts.append(say(ask, "target.soldOut"))
    elif variant.stock is not None and variant.stock <= NO_STOCK_TOLD_ABOVE:
        parts.append(say(ask, "target.stock", count=variant.stock))
    else:
        parts.append(say(ask, "target.inStock"))
    if variant.extra_price != "0":
        sign = "" if variant.extra_price.startswith("-") else "+"
        parts.append(sign + money_text(variant.extra_price, variant.currency, ask.language))
    return " · ".join(parts)


def _target_field(ask: Ask, given: Input, line: LineShape, one: TargetsShape) -> Field:
    name = f"{TARGET}{one.order_item_code}"
    choices = [Choice("", say(ask, "target.choose"))]
    choices += [
        Choice(v.variant_code, f"{v.option_text or line.product_name} ({_stock_note(ask, v)})")
        for v in one.variants
        if v.available
    ]
    chosen = str(given.get(name, ""))
    row = Row(line.product_name, counted(ask, line.option_text, line.quantity, TEXTS))
    error = say(ask, "target.needed") if name in given and not chosen else ""
    return Field(name, line.product_name, "select", chosen, choices=tuple(choices), row=row, error=error)


def way_screen(ask: Ask, given: Input, order: Order) -> Screen:
    """Fetched where the order went, fetched elsewhere, or sent by oneself where the shop has a return address."""
    choices = [Choice(OTHER, say(ask, "way.other"))]
    receiver = order.receivers[0] if len(order.receivers) == 1 else None
    if receiver and receiver.address1:
        note = f"{masked_name(receiver.name)} · {masked_cellphone(receiver.cellphone)} · {receiver.address1}"
        choices.insert(0, Choice(SAME, say(ask, "way.same"), note))
    if (ask.choices.exchange_return.return_address or "").strip():
        choices.append(Choice(SELF, say(ask, "way.self"), say(ask, "way.self.note")))
    known = {choice.value for choice in choices}
    chosen = str(given.get("way", ""))
    value = chosen if chosen in known else choices[0].value
    field = Field("way", say(ask, "way.field"), "choice", value=value, choices=tuple(choices))
    return Screen(
        title=say(ask, "way.title"),
        lead=lead(ask, order),
        fields=(field,),
        submit=go_on(ask, given, without={"way", "courier", "tracking", *PLACE.values()}),
        buttons=(back(ask, given),),
    )


def address_screen(ask: Ask, given: Input, wrong: frozenset[str] = frozenset()) -> Screen:
    """`wrong`: the fields whose answer is none."""

    def field(name: str, kind: str, most: int, *, required: bool = True) -> Field:
        error = say(ask, f"address.{name}.wrong") if name in wrong else ""
        value = str(given.get(name, ""))
        label = say(ask, f"address.{name}")
        if kind == "digits":
            return Field(name, label, "digits", value, error=error, max_length=most, required=required)
        if kind == "tel":
            return Field(name, label, "tel", value, error=error, max_length=most, required=required)
        return Field(name, label, value=value, error=error, max_length=most, required=required)

    return Screen(
        title=say(ask, "address.title"),
        lead=say(ask, "address.lead"),
        fields=(
            field("receiver", "text", 30),
            field("cellphone", "tel", 20),
            field("zipcode", "digits", 5),
            field("address1", "text", 200),
            field("address2", "text", 200, required=False),
        ),
        submit=go_on(ask, {**given, "way": OTHER}, without=PLACE.values()),
        buttons=(back(ask, given),),
    )


def self_screen(ask: Ask, given: Input, wrong: frozenset[str] = frozenset()) -> Screen:
    """Where to send the goods (H45); courier and number may be told later in the chat."""
    address = (ask.choices.exchange_return.return_address or "").strip()
    number_error = say(ask, "self.tracking.wrong") if "tracking" in wrong else ""
    return Screen(
        title=say(ask, "self.title"),
        lead=say(ask, "self.lead"),
        cards=(Card(say(ask, "self.card"), lines=(Line(say(ask, "self.address"), address),)),),
        fields=(
            Field(
                "courier",
                say(ask, "self.courier"),
                value=str(given.get("courier", "")),
                max_length=30,
                required=False,
            ),
            Field(
                "tracking",
                say(ask, "self.tracking"),
                value=str(given.get("tracking", "")),
                max_length=40,
                required=False,
                error=number_error,
                hint=say(ask, "self.hint"),
            ),
        ),
        submit=go_on(ask, given, without={"courier", "tracking"}),
        buttons=(back(ask, given),),
    )
