"""Gathers what the doctors of the commands look at, and puts their findings into words."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.ports import Connection, ConnectionState, MallTokens
from commands.explain import findings_shape
from commands.kernel.doctor import ShopFacts
from commands.kernel.mall import MallRules
from commands.kernel.ports import Rules, Unavailable
from commands.kernel.spec import CommandSpec
from commands.kernel.who import Language
from commands.shapes import FindingShape

from .settings import choices_of, settings_of

WHOLE_NUMBER_SCOPE = "mall.read_privacy"


class Checkup:
    """`texts_can_be_sent(connection)`: is there a provider and a sender for this shop's codes?"""

    def __init__(
        self,
        commands: Sequence[CommandSpec],
        tokens: MallTokens,
        *,
        rules: Rules,
        required_scopes: frozenset[str],
        texts_can_be_sent: Callable[[Connection], bool],
    ) -> None:
        self._commands = commands
        self._tokens = tokens
        self._rules = rules
        self._required = required_scopes
        self._texts_can_be_sent = texts_can_be_sent

    async def findings(self, connection: Connection, language: Language) -> list[FindingShape]:
        facts = await self._facts(connection)
        switches = settings_of(connection).commands.model_dump(by_alias=True)
        found: list[FindingShape] = []
        for command in self._commands:
            if command.doctor:
                seen = replace(facts, command_on=switches.get(command.name, True))
                found += findings_shape(tuple(command.doctor(seen)), command.texts, language)
        return found

    async def _facts(self, connection: Connection) -> ShopFacts:
        tokens = await self._tokens.get(connection.shop.mall_id)
        settings = settings_of(connection)
        granted = tokens.scopes if tokens else frozenset[str]()
        return ShopFacts(
            connected=connection.state is ConnectionState.CONNECTED,
            reconnect_needed=tokens is None or connection.state is ConnectionState.RECONNECT,
            suspended=connection.state is ConnectionState.SUSPENDED,
            missing_scopes=tuple(sorted(self._required - granted)) if tokens else (),
            member_trust=settings.identity.member_trust,
            member_hash_confirmed=settings.identity.member_hash_confirmed,
            texts_can_be_sent=self._texts_can_be_sent(connection),
            whole_number_checked=WHOLE_NUMBER_SCOPE in granted,
            trial=settings.mode == "trial",
            cancel=choices_of(connection).cancel,
            mall=await self._mall(connection) if tokens else None,
        )

    async def _mall(self, connection: Connection) -> MallRules | None:
        """None when the mall does not answer: the doctor speaks of the rest."""
        try:
            return await self._rules.rules(connection.shop, fresh=False)
        except Unavailable:
            return None
