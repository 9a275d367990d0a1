"""The shop's policy in plain words: what customers may do here, and what stands in the way right now."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from app.ports import Connection
from commands.kernel.mall import Choices
from commands.kernel.who import Language
from commands.shapes import FindingShape

from .customers import TEXTS

POLICY = "jumun://policy"
COMMANDS = ("orderList", "cancel", "exchangeReturn", "addressChange", "shipDate")
Findings = Callable[[Connection, Language], Awaitable[Mapping[str, Sequence[FindingShape]]]]


@dataclass(frozen=True, slots=True)
class Resource:
    """`command` None: the whole policy."""

    uri: str
    title: str
    description: str
    command: str | None = None


RESOURCES: tuple[Resource, ...] = (
    Resource(
        POLICY, "Order policy", "What customers may do in this shop, when, and why not. No customer needed."
    ),
    *(
        Resource(f"{POLICY}/{name}", f"Policy: {name}", "The part of the policy about this command.", name)
        for name in COMMANDS
    ),
)
BY_URI = {resource.uri: resource for resource in RESOURCES}


@dataclass(frozen=True, slots=True)
class PolicyPage:
    findings: Findings
    choices_of: Callable[[Connection], Choices]

    async def text(self, connection: Connection, language: Language, command: str | None = None) -> str:
        """Markdown. Sentences are ours; the shop's name stands in the title alone."""
        choices = self.choices_of(connection)
        found = await self.findings(connection, language)
        parts = [command] if command else list(COMMANDS)
        lines = [f"# {TEXTS.say(language, 'policy.title', shop=_one_line(connection.shop.name))}", ""]
        lines += [TEXTS.say(language, "policy.lead"), ""]
        if connection.settings.get("mode") != "live":
            lines += [TEXTS.say(language, "policy.trial"), ""]
        for name in parts:
            lines += _command(name, choices, found.get(name, ()), language)
        return "\n".join([*lines, *_agents(choices, language)]).rstrip() + "\n"


def _command(name: str, choices: Choices, findings: Sequence[FindingShape], language: Language) -> list[str]:
    state = "on" if name in choices.commands_on else "off"
    lines = [
        f"## {TEXTS.say(language, f'command.{name}')} – {TEXTS.say(language, f'policy.{state}')}",
        "",
        TEXTS.say(language, _mode_key(name, choices), months=choices.lookback_months),
        "",
    ]
    if findings:
        lines += [f"### {TEXTS.say(language, 'policy.findings')}", ""]
        lines += [f"- {_one_line(f.manager_text or f.customer_text)} (`{f.code}`)" for f in findings]
        lines.append("")
    return lines


def _mode_key(name: str, choices: Choices) -> str:
    match name:
        case "cancel":
            return f"policy.cancel.{choices.cancel.mode}"
        case "exchangeReturn":
            return f"policy.exchangeReturn.{choices.exchange_return.seller_fault}"
        case _:
            return f"policy.{name}"


def _agents(choices: Choices, language: Language) -> list[str]:
    lines = [TEXTS.say(language, "policy.approval")]
    alone = choices.agent
    if alone.confirm and alone.up_to is not None:
        names = ", ".join(TEXTS.say(language, f"command.{name}") for name in sorted(alone.confirm))
        amount = f"{alone.up_to:,}"
        lines.append(TEXTS.say(language, "policy.alone", amount=amount, commands=names))
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split())
