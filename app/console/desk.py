"""승인 대기 in the desk's WAM: the same queue as Screen values, by Functions and without a cookie (DESIGN §7)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.clock import Clock
from app.ports import Call, PendingClaim, PendingClaims, PhotoLinks
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.screen import (
    Badge,
    Button,
    Card,
    Choice,
    Field,
    Line,
    Notice,
    Row,
    Run,
    Screen,
    Show,
    Tone,
)
from commands.kernel.spec import CommandSpec

from .claim_view import ClaimView, claim_view
from .claims import PHRASES, Outcome
from .deciding import LONGEST_ID, LONGEST_WORDS, Action, Choosing, words_of
from .names import NOBODY, ManagerNames, Names
from .pages import TEXTS

COMMAND, LIST, ONE, APPROVE, REJECT, SEND = "claims", "list", "one", "approve", "reject", "send"
AT_ONCE = 10
Given = Mapping[str, Any]
SPEC = CommandSpec(
    name=COMMAND,
    texts=TEXTS,
    functions=(),
    screens={},
    first_screen=LIST,
    scopes=("desk",),
    recommended=False,
)
"""What `/승인대기` is to the platform. Its screens ask about no customer, so they are built here."""


class ClaimsDesk:
    def __init__(self, claims: PendingClaims, photos: PhotoLinks, names: ManagerNames, clock: Clock) -> None:
        self._claims = claims
        self._photos = photos
        self._names = names
        self._choosing = Choosing(claims, names)
        self._clock = clock
        self._screens: Mapping[str, Callable[[Call, Given], Awaitable[Screen]]] = {
            LIST: self._list,
            ONE: self._one,
            APPROVE: self._approve,
            REJECT: self._reject,
            SEND: self._send,
        }

    async def screen(self, call: Call, name: str | None, given: Given) -> Screen:
        """For managers only: the Function says so. Raises `Failure`."""
        build = self._screens.get(name or LIST)
        if build is None:
            raise Failure(FailureType.INVALID_PARAMS, WORDS.say(call.language, "failure.notFound"))
        return await build(call, given)

    async def _list(self, call: Call, given: Given) -> Screen:
        cursor = str(given.get("cursor") or "")[:200] or None
        page = await self._claims.page(call.channel_id, cursor=cursor, limit=AT_ONCE)
        waiting = sum((await self._claims.kinds(call.channel_id)).values())
        say = TEXTS.say
        more = Button(say(call.language, "pager.next"), Show(COMMAND, LIST, {"cursor": page.next or ""}))
        empty = () if page.claims else (Notice(say(call.language, "claims.empty")),)
        return Screen(
            title=say(call.language, "nav.claims"),
            lead=say(call.language, "desk.waiting", count=waiting) if waiting else "",
            notices=empty,
            cards=tuple(_short(self._view(call, claim), call) for claim in page.claims),
            buttons=(*((more,) if page.next else ()), _console(call)),
        )

    async def _one(self, call: Call, given: Given) -> Screen:
        claim = await self._claim(call, given)
        return self._whole(call, claim, await self._names.of(call.channel_id, [claim.decided_by]))

    async def _approve(self, call: Call, given: Given) -> Screen:
        return await self._decided(call, given, "approve", "")

    async def _reject(self, call: Call, given: Given, error: str = "") -> Screen:
        view, say = self._view(call, await self._claim(call, given)), TEXTS.say
        phrases = tuple(Choice(name, say(call.language, f"phrase.{name}")) for name in PHRASES)
        own = Choice("", say(call.language, "desk.ownWords"))
        return Screen(
            title=say(call.language, "desk.reject"),
            lead=f"{view.kind_text} · {view.order_id}",
            fields=(
                Field("phrase", say(call.language, "reject.phrase"), "choice", choices=(*phrases, own)),
                Field(
                    "message",
                    say(call.language, "reject.message"),
                    hint=say(call.language, "reject.hint"),
                    error=error,
                    max_length=LONGEST_WORDS,
                    required=False,
                ),
            ),
            submit=Button(say(call.language, "reject.send"), Show(COMMAND, SEND, {"pendingId": view.id})),
            buttons=(Button(say(call.language, "desk.back"), _show(ONE, view.id), style="quiet"),),
        )

    async def _send(self, call: Call, given: Given) -> Screen:
        words = words_of({k: str(given.get(k) or "") for k in ("message", "phrase")}, call.language)
        if not words:
            return await self._reject(call, given, TEXTS.say(call.language, "reject.needsWords"))
        return await self._decided(call, given, "reject", words)

    async def _decided(self, call: Call, given: Given, action: Action, words: str) -> Screen:
        outcome = await self._choosing.one(
            call.channel_id, _id(given), call.caller_id, action, words, call.language
        )
        return _result(call, outcome)

    def _whole(self, call: Call, claim: PendingClaim, names: Names) -> Screen:
        view, say = self._view(call, claim, names), TEXTS.say
        rows = tuple(Row(product, note) for product, note in view.lines)
        lines = [Line(label, value) for label, value in view.facts]
        if view.words:
            lines.append(Line(say(call.language, "desk.words"), view.words))
        shots = tuple(
            Line(
                say(call.language, "desk.photo", number=n),
                photo.taken or say(call.language, "desk.open"),
                photo.url,
            )
            for n, photo in enumerate(view.photos, 1)
        )
        used = any(photo.used_before for photo in view.photos)
        warning = (Notice(say(call.language, "claim.usedBefore"), Tone.WARNING),) if used else ()
        photos = Card(
            say(call.language, "claim.photos"),
            "" if shots else say(call.language, "claim.noPhotos"),
            lines=shots,
            notices=warning,
        )
        acts = (
            Button(say(call.language, "claim.approve"), _show(APPROVE, view.id), style="primary"),
            Button(say(call.language, "claim.reject"), _show(REJECT, view.id), style="danger"),
        )
        return Screen(
            title=view.kind_text,
            lead=f"{view.order_id} · {view.customer}",
            notices=() if view.waits else (Notice(view.ending),),
            cards=(
                Card(say(call.language, "desk.items"), badge=_badge(view), rows=rows, lines=tuple(lines)),
                photos,
            ),
            buttons=(*(acts if view.waits else ()), _back(call)),
        )

    def _view(self, call: Call, claim: PendingClaim, names: Names = NOBODY) -> ClaimView:
        return claim_view(claim, self._photos, call.channel_id, self._clock(), call.language, names)

    async def _claim(self, call: Call, given: Given) -> PendingClaim:
        claim = await self._claims.one(call.channel_id, _id(given))
        if claim is None:
            raise Failure(FailureType.NOT_FOUND, TEXTS.say(call.language, "outcome.notFound"))
        return claim


def _short(view: ClaimView, call: Call) -> Card:
    look = Button(TEXTS.say(call.language, "desk.look"), _show(ONE, view.id))
    return Card(
        view.kind_text,
        f"{view.order_id} · {view.customer}",
        _badge(view),
        tuple(Row(product, note) for product, note in view.lines),
        buttons=(look,),
    )


def _badge(view: ClaimView) -> Badge:
    return Badge(*view.due) if view.due else Badge(view.age)


def _result(call: Call, outcome: Outcome) -> Screen:
    return Screen(
        title=TEXTS.say(call.language, "outcome.title"),
        lead=outcome.order_id,
        notices=(Notice(outcome.text, outcome.tone),),
        buttons=(_back(call),),
    )


def _back(call: Call) -> Button:
    return Button(TEXTS.say(call.language, "desk.list"), Show(COMMAND, LIST), style="quiet")


def _console(call: Call) -> Button:
    link = Run("console.link", done=WORDS.say(call.language, "manager.console.opened"), opens="url")
    return Button(WORDS.say(call.language, "manager.console"), link, style="quiet")


def _show(screen: str, pending_id: str) -> Show:
    return Show(COMMAND, screen, {"pendingId": pending_id})


def _id(given: Given) -> str:
    return str(given.get("pendingId") or "")[:LONGEST_ID]
