"""One request of the platform carried out by a command's own preview and confirm, once (DESIGN §7).

The plan's token is kept under a hash of the request for as long as a plan lives: the same request again, or at the same
time, confirms the same plan and so gets the same receipt.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from pydantic import ValidationError

from app.clock import Clock
from app.ports import Once
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import ReceiptState
from commands.kernel.spec import Ask, CommandSpec, FunctionSpec

from .commerce_shapes import ActionResult, Result
from .words import WORDS

PURPOSE = "commerce"
SAME_WITHIN = timedelta(minutes=10)
GOOD = frozenset(ReceiptState) - {ReceiptState.FAILED, ReceiptState.WITHDRAWN}
SAID_NO = frozenset(
    {
        FailureType.COMMAND_OFF,
        FailureType.FORBIDDEN,
        FailureType.NOT_IDENTIFIED,
        FailureType.PLAN_STALE,
        FailureType.PLAN_EXPIRED,
        FailureType.TOO_LATE,
        FailureType.TOO_MANY,
        FailureType.CONFLICT,
    }
)
"""Refusals of business: the customer is told. Anything else is a fault, and an error of the call."""
OVER = frozenset({FailureType.PLAN_STALE, FailureType.PLAN_EXPIRED, FailureType.NOT_FOUND})
Json = Mapping[str, Any]
DONE = ActionResult(result=Result(success=True))


def refused(sentence: str) -> ActionResult:
    return ActionResult(result=Result(success=False, error_message=sentence))


class Acting:
    def __init__(self, commands: Mapping[str, CommandSpec], once: Once, clock: Clock) -> None:
        self._commands = commands
        self._once = once
        self._clock = clock

    async def carry_out(self, ask: Ask, name: str, asked: Json, wish: Json) -> ActionResult:
        """`asked`: the request as it came in, which a repeat brings again; `wish` may rest on the order's state."""
        command, key = self._commands[name], _key(ask, name, asked)
        try:
            return await self._once_or_again(ask, command, wish, key)
        except Failure as failure:
            fields = failure.data.get("fields")
            if failure.type in SAID_NO or fields:
                return refused(failure.message)
            raise

    async def _once_or_again(self, ask: Ask, command: CommandSpec, wish: Json, key: str) -> ActionResult:
        if (kept := await self._kept(key)) and (before := await self._before(ask, command, key, kept)):
            return before
        preview = await self._call(ask, command, "preview", wish)
        token = preview.get("planToken")
        if not token:
            # The same request at the same time may have been faster: then its plan stands in our own way.
            kept = await self._kept(key)
            before = await self._before(ask, command, key, kept) if kept else None
            return before or refused(_why_not(ask, command, preview))
        now = self._clock()
        if not await self._once.first(PURPOSE, key, now, now + SAME_WITHIN, token):
            token = await self._kept(key) or token
        return self._said(ask, command, await self._confirm(ask, command, token))

    async def _before(self, ask: Ask, command: CommandSpec, key: str, token: str) -> ActionResult | None:
        """What became of the same request; None where nothing did, and it may be asked anew."""
        try:
            receipt = await self._confirm(ask, command, token)
        except Failure as failure:
            if failure.type not in OVER:
                raise
        else:
            if receipt["state"] in GOOD:
                return DONE
        await self._once.take(PURPOSE, key, self._clock())
        return None

    async def _kept(self, key: str) -> str | None:
        return await self._once.peek(PURPOSE, key, self._clock())

    async def _confirm(self, ask: Ask, command: CommandSpec, token: str) -> Json:
        answer = await self._call(ask, command, "confirm", {"planToken": token})
        receipt: Json = answer["receipt"]
        return receipt

    def _said(self, ask: Ask, command: CommandSpec, receipt: Json) -> ActionResult:
        if receipt["state"] in GOOD:
            return DONE
        return refused(_sentence(receipt.get("decision") or {}) or _name(ask, command, "failed"))

    async def _call(self, ask: Ask, command: CommandSpec, function: str, given: Json) -> Json:
        spec: FunctionSpec = next(f for f in command.functions if f.name == f"{command.name}.{function}")
        try:
            params = spec.params.model_validate({k: v for k, v in given.items() if v is not None})
        except ValidationError as error:
            where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise Failure(FailureType.INVALID_PARAMS, where) from None
        result: Json = (await spec.run(ask, params)).model_dump(mode="json", by_alias=True, exclude_none=True)
        return result


def _key(ask: Ask, name: str, asked: Json) -> str:
    """Of the customer, not of the caller: a manager and the customer may ask for the same."""
    whole = [ask.shop.channel_id, ask.shop.mall_id, ask.shop.shop_no, *_who(ask), name, asked]
    return sha256(dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _who(ask: Ask) -> tuple[str, str]:
    customer = ask.customer
    member = getattr(customer, "member_id", None)
    return ("member", member) if member is not None else ("guest", getattr(customer, "cellphone", ""))


def _why_not(ask: Ask, command: CommandSpec, preview: Json) -> str:
    """What the customer has to add, else what stands in the way."""
    for name in preview.get("missing") or ():
        key = f"missing.{name}"
        return _name(ask, command, key if WORDS.has(key) else "missing.other")
    return _sentence(preview["decision"]) or _name(ask, command, "failed")


def _sentence(decision: Json) -> str | None:
    findings = decision.get("findings") or ()
    weighty = next((f for f in findings if f.get("decisive")), None)
    return weighty and weighty.get("customerText")


def _name(ask: Ask, command: CommandSpec, key: str) -> str:
    return WORDS.say(ask.language, key, command=command.texts.say(ask.language, "command.name"))
