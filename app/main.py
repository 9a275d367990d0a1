"""The composition root: settings → adapters → Functions and routes → application."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial

from starlette.routing import BaseRoute

from app import http
from app.channel.agent import AgentAnswers
from app.channel.commands import CommandExtension
from app.channel.conversation import ChannelConversation
from app.channel.discovery import discovery_answers
from app.channel.functions import PATHS, FunctionsEndpoint
from app.channel.registration import register
from app.channel.suggestions import suggestion_function
from app.channel.team import Team
from app.clock import Clock, system_clock
from app.console.desk import SPEC as CLAIMS
from app.console.names import ManagerNames
from app.errors import Misconfigured
from app.ids import new_id
from app.jobs.queue import JobQueue
from app.jobs.worker import Worker
from app.log import start_logging
from app.ops import Metrics, ops_routes
from app.ports import SmsSender
from app.server import Application
from app.settings import Settings, read_settings
from app.shops.book import ConnectionBook
from app.store.migrate import pending
from app.store.store import Store, open_store
from app.wam.functions import screen_functions
from app.wam.routes import wam_routes
from app.wiring.agent import agent_side
from app.wiring.base import Base
from app.wiring.console import console_side, desk_functions
from app.wiring.effects import effect_keeper, effect_work
from app.wiring.erasing import customer_erasing
from app.wiring.evidence import EVIDENCE_SWEEPS, evidence_side
from app.wiring.extensions import asks_in_chats, extension_side
from app.wiring.functions import channel_client, channel_lifecycle, command_functions, shell_words
from app.wiring.jobs import RECURRING, job_handlers
from app.wiring.mall import cafe24_sources, install_side, mall_side
from app.wiring.people import managers_chat, people, sms_gateway
from app.wiring.promises import and_hurry, promise_work
from app.wiring.shops import shop_side
from app.wiring.wms import warehouse_side
from commands.registry import COMMANDS

log = logging.getLogger(__name__)


def build(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    client: http.Client | None = None,
    store: Store | None = None,
    outbox: SmsSender | None = None,
    routes: Sequence[BaseRoute] = (),
    registers_itself: bool = True,
    seconds: Callable[[], float] = time.time,
) -> Application:
    """Everything, wired. `outbox` and `routes` are the sandbox's; `client`, `store` and `seconds` (what the limiter
    counts by) a test's.
    """
    keys = settings.keys
    store = store or open_store(settings.database_url, keys, clock)
    base = Base(
        settings,
        clock,
        client or http.new_client(),
        store,
        JobQueue(store.database, keys, clock),
        ConnectionBook(store.connections, clock),
        Metrics(),
    )
    book, connection_of = base.book, store.connections.of_channel
    mall = mall_side(base, seconds)
    sms = sms_gateway(base, outbox)
    channel = channel_client(base)
    conversation = ChannelConversation(channel, clock, button_form=settings.channel_button_form)
    effects = effect_keeper(store, base.jobs, keys, connection_of)
    evidence = evidence_side(settings, store, book.of_channel, clock)
    wms = warehouse_side(base, mall, channel)
    who = people(base, mall, conversation, sms, effects, evidence.album, wms.gateway)
    work = effect_work(
        COMMANDS,
        store,
        base.jobs,
        keys,
        who.ports,
        connection_of,
        conversation,
        clock,
        effects,
        queue_url=f"{settings.public_url}/console/claims",
    )
    promises = promise_work(store.promises, store.chats, conversation, who.ports, connection_of, clock)
    shops = shop_side(base, mall, sms, wms.connection)
    names = ManagerNames(conversation.names, clock)
    erasing = customer_erasing(base, {"photos": evidence.album.erase, "shipDates": store.promises.erase})
    console = console_side(
        base, mall, shops, names, who.ports, work.pending, evidence.links, wms.connection, erasing.erase
    )
    install = install_side(
        base,
        mall,
        shops.connecting,
        console.door.sign_in,
        conversation.names,
        and_hurry(work.following.changed, store.promises, clock),
    )
    ask_of = asks_in_chats(who.asking, keys, clock)
    extensions = extension_side(base, COMMANDS, ask_of, shops.keeper, work.pending)
    extension = CommandExtension(
        (*COMMANDS, CLAIMS),
        app_id=settings.channel_app_id,
        keys=keys,
        clock=clock,
        chats=store.chats,
        connection_of=book.of_channel,
        require=who.asking.require,
        is_identified=who.asking.is_identified,
        customer_of_chat=conversation.customer_of_chat,
        agent=AgentAnswers(ask_of, app_id=settings.channel_app_id, keys=keys, clock=clock),
    )
    team = Team(
        conversation,
        store.chats,
        store.once,
        clock,
        chat_of=managers_chat(base),
        texts={command.name: command.texts for command in COMMANDS},
        asking=who.asking,
    )
    functions = [
        *extension.functions(),
        suggestion_function(ask_of),
        *command_functions(COMMANDS, who.asking),
        *screen_functions(COMMANDS, who.asking, who.screens.screen),
        *who.functions.all(),
        *evidence.functions(COMMANDS, who.asking),
        *team.functions(),
        *shops.functions.functions(),
        *desk_functions(work.pending, evidence.links, book.of_channel, names, clock),
        *wms.functions.functions(),
        *extensions.functions(),
        *channel_lifecycle(base, who.sessions, conversation, extensions.config.saved),
    ]
    agents = agent_side(base, who, sms, functions, shops.checkup)
    handlers = {**work.handlers, **evidence.handlers, **promises}
    worker = Worker(
        store.database,
        base.jobs,
        job_handlers(base, mall, shops.connecting, install.webhooks, handlers),
        clock,
        worker_id=new_id(clock()),
        on_give_up=work.on_give_up,
    )
    effects.runs_by(worker.run_once)
    for kind, interval in {**RECURRING, **EVIDENCE_SWEEPS}.items():
        worker.every(kind, interval)
    endpoint = FunctionsEndpoint(
        functions,
        signing_key=settings.signing_key,
        max_body=settings.max_body_bytes,
        new_id=partial(secrets.token_hex, 8),
        observe=base.metrics.call,
        ready=discovery_answers(functions),
    )

    async def ready() -> str | None:
        return None if await store.database.ping() else "the database does not answer"

    async def tell_channel(_stop: asyncio.Event | None = None) -> None:
        await register(channel)

    ops_token = settings.ops_token.get_secret_value() if settings.ops_token else None
    screens = frozenset({"identity", CLAIMS.name, *(command.name for command in COMMANDS)})
    return Application(
        doors={**dict.fromkeys(PATHS, endpoint), **agents.doors},
        routes=[
            *agents.routes,
            *ops_routes(base.metrics, ready=ready, ops_token=ops_token),
            *wam_routes(
                screens,
                shell_words(),
                frame_ancestors=settings.wam_frame_ancestors,
                pictures_from=cafe24_sources(settings),
            ),
            *evidence.routes(),
            *install.routes(),
            *console.routes,
            *routes,
        ],
        tasks=[worker.run_forever, *[tell_channel][: int(registers_itself)]],
        closers=[effects.close, agents.close, base.client.aclose, *mall.closers, store.close],
        register=tell_channel,
        drain=worker.run_once,
    )


def application() -> Application:
    """What the server's workers call."""
    start_logging()
    settings = read_settings()
    if not settings.cafe24_webhook_keys:
        log.warning("no JUMUN_CAFE24_WEBHOOK_KEYS: webhooks are answered with 403")
    if pending(settings.database_url):
        raise Misconfigured("the database is not at this version's schema; run `jumun migrate` first")
    return build(settings)
