"""One call of a tool, from a key and arguments to an answer, whatever protocol carried it."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from app.clock import Clock
from app.keys import decode
from app.log import say
from app.ports import Connection, ConnectionOf, Function
from app.ports.agents import AGENT, AgentKey
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import OutcomeUnknown, Unavailable
from commands.kernel.who import Language

from . import catalogue
from .approvals import Approvals, shop_of
from .customers import TEXTS, Customers, call_for
from .journal import Journal
from .tools import APPROVAL, HANDLE, NOTICE, OURS, Tool, Turn

log = logging.getLogger(__name__)


class NoSuchTool(Exception):
    """The name is none of ours, or not of this key's scopes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`content` is the envelope: the notice first, then what the shop or its customers wrote."""

    content: Mapping[str, Any]
    failed: bool = False


class AgentDesk:
    def __init__(
        self,
        functions: Mapping[str, Function],
        customers: Customers,
        approvals: Approvals,
        journal: Journal,
        connection_of: ConnectionOf,
        language_of: Callable[[Connection], Language],
        clock: Clock,
    ) -> None:
        self._functions = functions
        self._customers = customers
        self._approvals = approvals
        self._journal = journal
        self._connection_of = connection_of
        self._language_of = language_of
        self._clock = clock
        own = catalogue.people(customers.send, customers.verify, customers.choose, approvals.ask)
        tools = [*own[:3], *catalogue.commands(functions, self._read, self._act), *own[3:]]
        self.tools: Mapping[str, Tool] = {tool.name: tool for tool in tools}

    def tools_for(self, key: AgentKey) -> list[Tool]:
        return [tool for tool in self.tools.values() if tool.scope in key.scopes]

    async def call(self, key: AgentKey, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Raises `NoSuchTool`. Everything else that goes wrong is an answer."""
        tool = self.tools.get(name)
        if tool is None:
            raise NoSuchTool(name)
        started = time.perf_counter()
        connection = await self._connection_of(key.channel_id)
        language = self._language_of(connection) if connection else Language.KO
        call = replace(call_for(key.channel_id, f"{AGENT}{key.id}"), language=language)
        turn = Turn(key, call, connection)
        facts: dict[str, Any] = {"at": self._clock()}
        failure: Failure | None = None
        content: dict[str, Any] = {}
        try:
            turn = await self._admitted(turn, tool, arguments)
            given = {n: v for n, v in arguments.items() if n not in {HANDLE, APPROVAL} | OURS}
            content = _plain(await tool.run(turn, _params(tool, given)))
        except Failure as refused:
            failure = refused
        except (Unavailable, OutcomeUnknown):
            failure = Failure(FailureType.UPSTREAM_UNAVAILABLE, "the shop does not answer; try again soon")
        except Exception:
            log.exception("an agent's call failed")
            failure = Failure(FailureType.INTERNAL, "something went wrong on our side")
        outcome = failure.type.value if failure else "ok"
        millis = round((time.perf_counter() - started) * 1000, 1)
        facts |= {"outcome": outcome, "ms": millis, **_told(content if not failure else failure.data)}
        self._journal.note(turn, name, arguments, facts)
        if tool.acts:
            await self._journal.written()
        say(log, "info", "agent call", method=name, outcome=outcome, duration_ms=millis)
        return _refused(failure) if failure else Answer({"notice": NOTICE, "data": content})

    async def _admitted(self, turn: Turn, tool: Tool, arguments: Mapping[str, Any]) -> Turn:
        """With the conversation that the handle opens. Raises `Failure`: forbidden, notIdentified."""
        language = turn.call.language
        if tool.scope not in turn.key.scopes:
            raise Failure(
                FailureType.FORBIDDEN,
                TEXTS.say(language, "scope.missing", scope=tool.scope.value),
                scope=tool.scope.value,
            )
        if not tool.for_customer:
            return turn
        conversation = await self._customers.of_handle(turn.key, arguments.get(HANDLE))
        if conversation is None:
            raise Failure(FailureType.NOT_IDENTIFIED, TEXTS.say(language, "handle.unknown"))
        code = arguments.get(APPROVAL)
        call = replace(call_for(turn.key.channel_id, conversation.user_id), language=language)
        return replace(
            turn,
            call=call,
            conversation=conversation,
            approval_code=code if isinstance(code, str) else None,
        )

    async def _read(self, turn: Turn, named: tuple[str, Any]) -> Any:
        name, params = named
        return await self._functions[name].run(turn.call, params)

    async def _act(self, turn: Turn, named: tuple[str, Any]) -> Any:
        """Nothing is carried out before somebody who may allow it has."""
        name, params = named
        subjects = self._approvals.subjects
        if name in catalogue.APPROVED:
            receipt_id = str(getattr(params, "receipt_id", "") or getattr(params, "pending_id", ""))
            subject = await subjects.receipt(turn, receipt_id)
        else:
            subject = await subjects.plan(turn.call, shop_of(turn), params.plan_token)
            if subject is not None and subject.command != name.partition(".")[0]:
                subject = None
        turn.trace["plan"] = subject.key if subject else ""
        turn.trace["approval"] = "needed"
        turn.trace["approval"] = (await self._approvals.permit(turn, subject)).value
        return await self._functions[name].run(turn.call, params)


def _params(tool: Tool, given: Mapping[str, Any]) -> Any:
    try:
        return tool.params.model_validate(dict(given))
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(str(p) for p in e['loc']) or 'arguments'}: {e['msg']}" for e in error.errors()
        )
        raise Failure(FailureType.INVALID_PARAMS, where) from None


def _plain(result: Any) -> dict[str, Any]:
    if isinstance(result, bytes):
        ready: dict[str, Any] = orjson.loads(result)
        return ready
    if isinstance(result, BaseModel):
        return result.model_dump(mode="json", by_alias=True, exclude_none=True)
    return dict(result)


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit keeps of an answer: codes and ids."""
    decision = content.get("decision") or content.get("why")
    receipt = content.get("receipt")
    told: dict[str, Any] = {}
    if isinstance(decision, Mapping):
        told["verdict"] = decision.get("verdict", "")
        told["codes"] = " ".join(f["code"] for f in decision.get("findings", ()))
    if isinstance(receipt, Mapping):
        told |= {"receipt": receipt.get("receiptId", ""), "state": receipt.get("state", "")}
    if isinstance(token := content.get("planToken"), str):
        told["plan"] = f"plan:{_plan_id(token)}"
    return told


def _plan_id(token: str) -> str:
    """Of a token that we have just made; its body can be read by anybody."""
    return str(orjson.loads(decode(token.split(".")[3]))[1])


def _refused(failure: Failure) -> Answer:
    error: dict[str, Any] = {"type": failure.type.value, "message": failure.message}
    if failure.data:
        error["data"] = orjson.loads(orjson.dumps(failure.data, default=str))
    return Answer({"notice": NOTICE, "error": error}, failed=True)
