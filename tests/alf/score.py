"""`python -m tests.alf.score`: lets a model choose among the descriptions, and counts.

Settings: `ALF_API` (`openai` for anything of that form, or `anthropic`), `ALF_URL`, `ALF_MODEL`, `ALF_KEY`.
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.channel.command_entries import CommandEntry

from .baseline import choose
from .sentences import NONE, Choice, entries, report, sentences

URLS = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com/v1"}
TASK = (
    "당신은 쇼핑몰 채팅 상담원입니다. 고객의 말에 맞는 커맨드가 있으면 하나만 호출하고, "
    "없으면 호출하지 말고 짧게 답하세요. 고객이 말하지 않은 값은 넣지 마세요."
)
AT_ONCE = 4
LONGEST_ANSWER = 300
Json = dict[str, Any]


class Endpoint(BaseSettings):
    """Where a model answers. Without a model only the baseline is counted."""

    model_config = SettingsConfigDict(env_prefix="ALF_")

    api: Literal["openai", "anthropic"] = "openai"
    url: str = ""
    model: str = ""
    key: SecretStr | None = None


def parameters(entry: CommandEntry) -> Json:
    members = {p.name: {"type": "string", "description": p.alf_description} for p in entry.param_definitions}
    return {"type": "object", "properties": members, "additionalProperties": False}


def request_of(
    endpoint: Endpoint, said: str, offered: Sequence[CommandEntry]
) -> tuple[str, Json, dict[str, str]]:
    """Path, body and headers."""
    key = endpoint.key.get_secret_value() if endpoint.key else ""
    spoken = {"role": "user", "content": said}
    if endpoint.api == "anthropic":
        tools = [
            {"name": e.name, "description": e.alf_description, "input_schema": parameters(e)} for e in offered
        ]
        body: Json = {"max_tokens": LONGEST_ANSWER, "system": TASK, "messages": [spoken], "tools": tools}
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
        return "/messages", body | {"model": endpoint.model}, headers
    functions = [
        {"name": e.name, "description": e.alf_description, "parameters": parameters(e)} for e in offered
    ]
    body = {"messages": [{"role": "system", "content": TASK}, spoken], "tool_choice": "auto"}
    body |= {"model": endpoint.model, "tools": [{"type": "function", "function": f} for f in functions]}
    return "/chat/completions", body, {"authorization": f"Bearer {key}"}


def choice_of(api: str, answer: Mapping[str, Any]) -> Choice:
    """The first call of the answer; words without a call are none."""
    if api == "anthropic":
        calls = [(c["name"], c["input"]) for c in answer["content"] if c["type"] == "tool_use"]
    else:
        made = answer["choices"][0]["message"].get("tool_calls") or []
        calls = [(c["function"]["name"], json.loads(c["function"]["arguments"] or "{}")) for c in made]
    if not calls:
        return Choice(NONE)
    name, given = calls[0]
    return Choice(name, given.get("orderId") or None, given.get("reason") or None)


async def ask_model(endpoint: Endpoint, client: httpx.AsyncClient) -> dict[str, Choice]:
    offered, room = entries(), asyncio.Semaphore(AT_ONCE)
    base = (endpoint.url or URLS[endpoint.api]).rstrip("/")

    async def one(said: str) -> tuple[str, Choice]:
        path, body, headers = request_of(endpoint, said, offered)
        async with room:
            response = await client.post(base + path, json=body, headers=headers)
        response.raise_for_status()
        return said, choice_of(endpoint.api, response.json())

    return dict(await asyncio.gather(*(one(sentence.say) for sentence in sentences())))


def tell(name: str, found: Mapping[str, Any]) -> None:
    print(f"{name}: {found['right']}/{found['sentences']} right, reasons {found['reasons']}")
    for said, wanted, chosen, order_id in found["wrong"]:
        print(f"  {said} → {chosen} {order_id or ''} (expected {wanted})")
    for said in found["harm"]:
        print(f"  would have begun a change that nobody asked for: {said}")


async def main() -> int:
    offered = entries()
    tell("baseline", report({s.say: choose(s.say, offered) for s in sentences()}))
    endpoint = Endpoint()
    if not endpoint.model or (endpoint.key is None and not endpoint.url):
        print("no model was asked: set ALF_MODEL and ALF_KEY (ALF_API, ALF_URL for another endpoint)")
        return 0
    async with httpx.AsyncClient(timeout=60) as client:
        tell(endpoint.model, report(await ask_model(endpoint, client)))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
