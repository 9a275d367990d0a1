"""What each step of phone verification looks like. Pure: words and numbers in, a `Screen` out."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from commands.kernel.screen import Button, Choice, Close, Field, Notice, Run, Scalar, Screen, Show, Tone
from commands.kernel.texts import beside
from commands.kernel.who import Language

from .codes import DIGITS
from .sessions import GUEST, IdentityState, OfferedChoice, WhoIsIt

COMMAND = "identity"
_TEXTS = beside(__file__)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,40}")
_NEXT = frozenset({"nextCommand", "nextScreen"})


@dataclass(frozen=True, slots=True)
class Way:
    """Where the customer was going: `nextCommand`, `nextScreen` and that screen's own input, carried along."""

    language: Language
    carried: Mapping[str, Scalar]

    def say(self, key: str, **facts: object) -> str:
        return _TEXTS.say(self.language, key, **facts)

    def to(self, screen: str, **given: Scalar) -> Show:
        return Show(COMMAND, screen, {**self.carried, **given})

    def on(self) -> Show | None:
        """The wanted screen, if two plain names say which."""
        command, screen = str(self.carried.get("nextCommand", "")), str(self.carried.get("nextScreen", ""))
        if not (_NAME.fullmatch(command) and _NAME.fullmatch(screen)):
            return None
        return Show(command, screen, {k: v for k, v in self.carried.items() if k not in _NEXT})


@dataclass(frozen=True, slots=True)
class Sent:
    """A code on its way. Both instants are epoch seconds by our clock and only drive the countdown."""

    phone: str
    masked_phone: str
    verification_id: str
    ends_at: int
    resend_at: int


def phone(way: Way, typed: str = "", *, error: str = "", notice: str = "") -> Screen:
    field = Field(
        "phone",
        way.say("phone.label"),
        kind="tel",
        value=typed,
        hint=way.say("phone.hint"),
        error=error,
        max_length=32,
    )
    return Screen(
        title=way.say("phone.title"),
        lead=way.say("phone.lead"),
        notices=(*_alert(notice), Notice(way.say("phone.privacy"), Tone.PLAIN)),
        fields=(field,),
        submit=Button(way.say("phone.submit"), way.to("send"), style="primary"),
        buttons=(_talk(way),),
    )


def off(way: Way) -> Screen:
    return Screen(
        title=way.say("phone.title"),
        notices=(Notice(way.say("phone.off"), Tone.WARNING),),
        buttons=(_talk(way),),
    )


def code(way: Way, sent: Sent, now: int, *, error: str = "", notice: str = "") -> Screen:
    entered = way.to(
        "verify",
        phone=sent.phone,
        verificationId=sent.verification_id,
        codeEndsAt=sent.ends_at,
        resendAt=sent.resend_at,
    )
    again = Button(
        way.say("code.resend"),
        way.to("send", phone=sent.phone),
        available_in=max(0, sent.resend_at - now),
    )
    return Screen(
        title=way.say("code.title"),
        lead=way.say("code.lead", phone=sent.masked_phone, digits=DIGITS),
        notices=(Notice(notice, Tone.GOOD),) if notice else (),
        fields=(Field("code", way.say("code.label"), kind="code", error=error, max_length=DIGITS),),
        submit=Button(way.say("code.submit"), entered, style="primary"),
        buttons=(again, Button(way.say("code.change"), way.to("phone"), style="quiet"), _talk(way)),
        expires_in=max(0, sent.ends_at - now),
        expired_text=way.say("code.expired"),
    )


def accounts(way: Way, choice: OfferedChoice, *, error: str = "") -> Screen:
    choices = [Choice(one.ref, one.label) for one in choice.accounts]
    if choice.guest_orders:
        choices.append(Choice(GUEST, way.say("accounts.guest"), way.say("accounts.guestNote")))
    notices = (Notice(way.say("accounts.tooMany"), Tone.WARNING),) if choice.too_many else ()
    if not choices:
        reason = notices or (Notice(way.say("accounts.leadNone"), Tone.WARNING),)
        return Screen(title=way.say("accounts.title"), notices=reason, buttons=(_talk(way),))
    field = Field(
        "accountRef",
        way.say("accounts.label"),
        kind="choice",
        value=choices[0].value if len(choices) == 1 else "",
        error=error,
        choices=tuple(choices),
    )
    lead = "accounts.lead" if choice.accounts else "accounts.leadGuestOnly"
    return Screen(
        title=way.say("accounts.title"),
        lead="" if choice.too_many else way.say(lead),
        notices=notices,
        fields=(field,),
        submit=Button(way.say("accounts.choose"), way.to("choose"), style="primary"),
        buttons=(_talk(way),),
    )


def mall_away(way: Way) -> Screen:
    """The number stays proven meanwhile: trying again costs no new code."""
    return Screen(
        title=way.say("accounts.title"),
        notices=(Notice(way.say("error.mallAway"), Tone.BAD),),
        buttons=(Button(way.say("accounts.retry"), way.to("accounts"), style="primary"), _talk(way)),
    )


def done(way: Way, who: WhoIsIt) -> Screen:
    key = "done.guest" if who.state is IdentityState.GUEST else "done.member"
    onward = way.on()
    button = (
        Button(way.say("done.next"), onward, style="primary")
        if onward is not None
        else Button(way.say("done.close"), Close(), style="primary")
    )
    return Screen(
        title=way.say("done.title"),
        lead=way.say(key, label=who.label or ""),
        notices=(Notice(way.say("done.session"), Tone.INFO),),
        buttons=(button,),
    )


def malformed(language: Language) -> str:
    return _TEXTS.say(language, "error.malformedCode", digits=DIGITS)


def wait_text(language: Language, seconds: int) -> str:
    """`40초`, `5분`, `3시간`: rounded up, so that nobody comes back too early."""
    if seconds < 60:
        return _TEXTS.say(language, "wait.seconds", count=max(1, seconds))
    if seconds < 3600:
        return _TEXTS.say(language, "wait.minutes", count=math.ceil(seconds / 60))
    return _TEXTS.say(language, "wait.hours", count=math.ceil(seconds / 3600))


def _alert(text: str) -> tuple[Notice, ...]:
    return (Notice(text, Tone.BAD),) if text else ()


def _talk(way: Way) -> Button:
    call = Run("manager.call", {"code": "phone_verification"}, done=way.say("manager.done"))
    return Button(way.say("manager.button"), call, style="quiet")
