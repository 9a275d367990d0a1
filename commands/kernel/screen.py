"""A screen as a value: what a person sees and may do next. `app/wam` renders it; commands own no HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Tone(StrEnum):
    PLAIN = "plain"
    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


Scalar = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Show:
    """Go to a screen: calls `{command}.screen` with `input` and whatever the form of this screen holds."""

    command: str
    screen: str
    input: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """Call a Function, say `done`, and go on to `then` if there is one. `opens`: the member of its result that is
    an address to open in a new window.
    """

    function: str
    params: Mapping[str, Scalar] = field(default_factory=dict)
    done: str = ""
    then: Show | None = None
    opens: str | None = None


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Open an https address in a new window."""

    url: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close the screen."""


Action = Show | Run | OpenPage | Close


@dataclass(frozen=True, slots=True)
class Button:
    """`available_in`: seconds until it may be pressed, by the server's clock."""

    label: str
    action: Action
    style: Literal["primary", "plain", "quiet", "danger"] = "plain"
    available_in: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    tone: Tone = Tone.INFO


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """A label and its value; `href` makes the value a link that opens in a new window."""

    label: str
    value: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A product in a card. The picture is filled in after the first paint, by product number. `tone`: set apart from
    the other rows. `path`: where a setting is, as in `주문 설정 > 주문 후 설정`.
    """

    title: str
    note: str = ""
    badge: Badge | None = None
    product_no: int | None = None
    picture: str | None = None
    tone: Tone | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """`notices` stand below its rows."""

    title: str
    note: str = ""
    badge: Badge | None = None
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    notices: tuple[Notice, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers of a radio group."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A form field. `code` asks for a one-time code of `max_length` digits, `digits` for a number that is nobody's
    phone; `choice` (radio) and `select` need `choices`; `check` is "1" or "0". `row`: the product that a `select` or
    a `check` is about, shown in place of the label. `off`: shown, and cannot be changed. `photos` needs `upload`, the
    Function that gives an address for one file; its value is the upload refs, comma separated, `max_length` of them.
    """

    name: str
    label: str
    kind: Literal["text", "tel", "digits", "code", "choice", "select", "check", "photos"] = "text"
    value: str = ""
    hint: str = ""
    error: str = ""
    max_length: int | None = None
    required: bool = True
    choices: tuple[Choice, ...] = ()
    row: Row | None = None
    off: bool = False
    upload: Run | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """`expires_in` seconds: the shell counts down and then shows `expired_text`. `submit` sends the fields.
    `pictures`: the Function that gives picture addresses by product number, called after the first paint.
    """

    title: str
    lead: str = ""
    notices: tuple[Notice, ...] = ()
    cards: tuple[Card, ...] = ()
    fields: tuple[Field, ...] = ()
    submit: Button | None = None
    buttons: tuple[Button, ...] = ()
    expires_in: int | None = None
    expired_text: str = ""
    pictures: Run | None = None
