"""The confirm of a plan, as three commands share it: the receipt, or what would happen now, and its screens."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import ValidationError

from commands.claim_forms import talk
from commands.explain import WORDS
from commands.kernel.claim_rules import RECEIPT_OPEN
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import Json, Receipt, StalePlan
from commands.kernel.ports import Unavailable
from commands.kernel.screen import Button, Notice, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.kernel.texts import Texts
from commands.shapes import PreviewShape

T = TypeVar("T")
P = TypeVar("P", bound=PreviewShape)
LOOK_AGAIN = frozenset({FailureType.PLAN_STALE, FailureType.PLAN_EXPIRED})


async def confirmed(
    ask: Ask,
    plan_token: str,
    command: str,
    texts: Texts,
    preview_of: Callable[[Json], Awaitable[PreviewShape]],
) -> Receipt:
    """Raises `Failure(planStale)` with a new preview in its data, where one can be made in time. `preview_of`: what
    led to a plan, by its payload, asked for again.
    """
    try:
        return await ask.ports.effects.confirm(ask, plan_token, command)
    except StalePlan as stale:
        now = await _in_time(preview_of(stale.payload), stale.seconds_left)
    held = now and next((f for f in now.decision.findings if f.code == RECEIPT_OPEN), None)
    sentence = held.customer_text if held else texts.say(ask.language, "plan.stale")
    kept = {"preview": now.model_dump(mode="json", by_alias=True, exclude_none=True)} if now else {}
    raise Failure(FailureType.PLAN_STALE, sentence, **kept)


async def _in_time(preview: Awaitable[PreviewShape], seconds: float) -> PreviewShape | None:
    """None where it cannot even be asked for any more: an order's own address may be none that a form would take."""
    try:
        async with asyncio.timeout(seconds):
            return await preview
    except (Failure, Unavailable, ValidationError, TimeoutError):
        return None


@dataclass(frozen=True, slots=True)
class Before:
    """What the button was pressed on, and the way back there; `refused` heads a no."""

    order_id: str
    title: str
    refused: str
    back: Show
    back_words: str


async def receipt_or_now(
    ask: Ask,
    before: Before,
    confirm: Awaitable[T],
    receipt_screen: Callable[[Ask, T], Screen],
    shape: type[P],
    preview_screen: Callable[[P | None], Awaitable[Screen]],
) -> Screen:
    """A plan that is stale or old leads back to what would happen now, as `shape` where it is known already."""
    try:
        done = await confirm
    except Failure as failure:
        if failure.type is FailureType.FORBIDDEN:
            return _forbidden_screen(ask, before, failure)
        if failure.type not in LOOK_AGAIN:
            raise
        made = failure.data.get("preview")
        if failure.type is FailureType.PLAN_STALE and made is None:
            return _look_again_screen(ask, before, failure)
        now = await preview_screen(shape.model_validate(made) if made else None)
        notices = (Notice(failure.message, Tone.WARNING), *now.notices)
        return replace(now, notices=tuple(dict.fromkeys(notices)))
    return receipt_screen(ask, done)


def _forbidden_screen(ask: Ask, before: Before, failure: Failure) -> Screen:
    """While the shop is on trial: whom to ask, and the way back to what was looked at."""
    return Screen(
        title=before.refused,
        lead=before.order_id,
        notices=(Notice(failure.message, Tone.WARNING),),
        buttons=(
            *talk(ask, "trial_mode", before.order_id or None),
            Button(before.back_words, before.back),
            _orders(ask),
        ),
    )


def _look_again_screen(ask: Ask, before: Before, failure: Failure) -> Screen:
    """The plan is stale, and the mall was too slow to tell at once what holds now."""
    return Screen(
        title=before.title,
        lead=before.order_id,
        notices=(Notice(failure.message, Tone.WARNING),),
        buttons=(
            Button(WORDS.say(ask.language, "look.again"), before.back, style="primary"),
            _orders(ask),
        ),
    )


def _orders(ask: Ask) -> Button:
    return Button(WORDS.say(ask.language, "orders"), Show("orderList", "list"), style="quiet")
