"""The descriptions by which an agent chooses: within the platform's limits, and telling the commands apart."""

import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.channel.command_entries import entry
from commands.kernel.who import Language
from commands.registry import COMMANDS

from .baseline import choose, examples
from .score import Endpoint, ask_model, choice_of
from .sentences import NONE, Choice, entries, is_right, report, sentences

FLOOR = 60
"""Of the sentences, by likeness to the quoted examples alone; a change of a description must not fall below."""
MOST_HARM = 2
LIMITS = {"command.alf": 1500, "command.description": 100, "command.name": 30, "command.button": 30}
PARAM_LIMITS = {"name": 20, "description": 50}


def test_there_are_enough_sentences_of_every_kind() -> None:
    asked = sentences()
    assert len({s.say for s in asked}) == len(asked) >= 60
    for command in ("orderList", "cancel", "exchangeReturn", "addressChange", "shipDate"):
        assert sum(s.command == command for s in asked) >= 7
    assert sum(s.command == NONE for s in asked) >= 20
    assert sum(s.order_id is not None for s in asked) >= 6
    assert all(s.order_id is None or s.order_id in s.say for s in asked)
    assert all(s.reason is None or s.reason in s.say for s in asked)
    assert {s.command for s in asked} - {NONE} == {one.name for one in entries()}


def test_the_words_alone_tell_the_commands_apart() -> None:
    offered = entries()
    found = report({s.say: choose(s.say, offered) for s in sentences()})
    assert found["right"] >= FLOOR, found["wrong"]
    assert len(found["harm"]) <= MOST_HARM, found["harm"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
@pytest.mark.parametrize("language", Language)
def test_every_text_keeps_within_the_platform_s_limits(command: Any, language: Language) -> None:
    for key, most in LIMITS.items():
        assert 0 < len(command.texts.say(language, key)) <= most, key
    for param in ("orderId", "reason"):
        for part, most in PARAM_LIMITS.items():
            key = f"param.{param}.{part}"
            if command.texts.has(key):
                assert 0 < len(command.texts.say(language, key)) <= most, key


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_an_entry_says_when_and_when_not_in_two_languages(command: Any) -> None:
    told = entry(command, "desk")
    assert len(told.alf_description) <= 1500
    if command.recommended:
        korean, _, english = told.alf_description.partition("\n\n")
        assert "쓰지 않는 경우" in korean
        assert "Do not use" in english
        meant, not_meant = examples(told)
        assert len(meant) >= 6
        assert len(not_meant) >= 2
    for param in told.param_definitions:
        assert 20 < len(param.alf_description) <= 1500


def test_an_invented_order_number_is_wrong() -> None:
    sentence = next(s for s in sentences() if s.command == "cancel" and s.order_id is None)
    assert is_right(sentence, Choice("cancel"))
    assert not is_right(sentence, Choice("cancel", "20261118-0000102"))


@pytest.mark.parametrize("api", ["openai", "anthropic"])
async def test_the_scorer_asks_either_kind_of_endpoint(api: Any) -> None:
    """A model that always cancels is found out."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        body = json.loads(request.content)
        given = {"orderId": "", "reason": "늦어서"}
        if api == "anthropic":
            assert {t["name"] for t in body["tools"]} == {one.name for one in entries()}
            use = {"type": "tool_use", "name": "cancel", "input": given}
            return httpx.Response(200, json={"content": [{"type": "text", "text": "네"}, use]})
        assert all(t["function"]["parameters"]["type"] == "object" for t in body["tools"])
        call = {"function": {"name": "cancel", "arguments": json.dumps(given)}}
        return httpx.Response(200, json={"choices": [{"message": {"tool_calls": [call]}}]})

    endpoint = Endpoint(api=api, url="http://model.test/v1/", model="m", key=SecretStr("k"))
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        choices = await ask_model(endpoint, client)
    found = report(choices)
    expected = [s for s in sentences() if s.command == "cancel" and s.order_id is None]
    assert found["right"] == len(expected)
    assert len(found["harm"]) == sum(s.command != "cancel" for s in sentences())
    assert len(seen) == len(sentences())
    assert seen[0].url.path == ("/v1/messages" if api == "anthropic" else "/v1/chat/completions")


def test_words_without_a_call_are_none() -> None:
    assert choice_of("anthropic", {"content": [{"type": "text", "text": "네"}]}) == Choice(NONE)
    assert choice_of("openai", {"choices": [{"message": {"content": "네"}}]}) == Choice(NONE)
