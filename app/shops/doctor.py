"""Gathers what the doctors of the commands look at, and puts their findings into words."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from app.ports import Connection, ConnectionState, MallTokens
from commands.explain import findings_shape
from commands.kernel.doctor import ShopFacts
from commands.kernel.mall import MallRules
from commands.kernel.ports import Rules, Surcharges, Unavailable
from commands.kernel.spec import CommandSpec
from commands.kernel.warehouse import Capability
from commands.kernel.who import Language
from commands.shapes import FindingShape

from .settings import choices_of, settings_of
from .warehouse import GROUP


class WarehouseStanding(Protocol):
    async def standing(
        self, connection: Connection, language: Language
    ) -> tuple[frozenset[Capability] | None, Sequence[FindingShape]]:
        """What the shop's warehouse can do (None without one), and what keeps it from more. Asks nobody outside."""
        ...


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
        warehouse: WarehouseStanding | None = None,
        surcharges: Surcharges | None = None,
    ) -> None:
        self._commands = commands
        self._tokens = tokens
        self._rules = rules
        self._required = required_scopes
        self._texts_can_be_sent = texts_can_be_sent
        self._warehouse = warehouse
        self._surcharges = surcharges

    async def findings(self, connection: Connection, language: Language) -> list[FindingShape]:
        found = await self.by_command(connection, language)
        return [finding for findings in found.values() for finding in findings]

    async def by_command(self, connection: Connection, language: Language) -> dict[str, list[FindingShape]]:
        served, of_warehouse = await self._of_warehouse(connection, language)
        facts = replace(await self._facts(connection), has_wms=served is not None, warehouse=served)
        switches = settings_of(connection).commands.model_dump(by_alias=True)
        found: dict[str, list[FindingShape]] = {}
        for command in self._commands:
            if command.doctor:
                seen = replace(facts, command_on=switches.get(command.name, True))
                found[command.name] = findings_shape(tuple(command.doctor(seen)), command.texts, language)
        return found | ({GROUP: list(of_warehouse)} if of_warehouse else {})

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
            shipping=choices_of(connection).shipping,
            exchange_return=choices_of(connection).exchange_return,
            mall=await self._mall(connection) if tokens else None,
            fee_by_supplier=bool(tokens) and await self._fee_by_supplier(connection),
        )

    async def _of_warehouse(
        self, connection: Connection, language: Language
    ) -> tuple[frozenset[Capability] | None, Sequence[FindingShape]]:
        return (await self._warehouse.standing(connection, language)) if self._warehouse else (None, ())

    async def _mall(self, connection: Connection) -> MallRules | None:
        """None when the mall does not answer: the doctor speaks of the rest."""
        try:
            return await self._rules.rules(connection.shop, fresh=False)
        except Unavailable:
            return None

    async def _fee_by_supplier(self, connection: Connection) -> bool:
        """Said only of what the mall has answered."""
        if self._surcharges is None:
            return False
        try:
            return (await self._surcharges.surcharges(connection.shop, fresh=False)).by_supplier is True
        except Unavailable:
            return False
