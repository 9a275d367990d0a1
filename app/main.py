"""The composition root: settings → adapters → Functions and routes → application."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial

from starlette.routing import BaseRoute

from app import http
from app.cafe24.connect import MallConnecting
from app.cafe24.oauth import REQUIRED_SCOPES
from app.channel.agent import AgentAnswers
from app.channel.client import ChannelClient
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
from app.console.routes import console_routes, console_sign_in
from app.errors import Misconfigured
from app.ids import new_id
from app.jobs.queue import JobQueue
from app.jobs.worker import Worker
from app.log import start_logging
from app.ops import Metrics, ops_routes
from app.ports import SmsSender
from app.postcodes.search import HttpPostcodes
from app.server import Application
from app.settings import Settings, read_settings
from app.shops.book import ConnectionBook
from app.shops.doctor import Checkup
from app.shops.functions import ShopFunctions
from app.shops.keeping import SettingsKeeper
from app.shops.settings import patched, shown
from app.sms.gateway import SmsGateway
from app.store.migrate import pending
from app.store.store import Store, open_store
from app.wam.functions import screen_functions
from app.wam.routes import wam_routes
from app.wiring.agent import agent_side
from app.wiring.console import console_work, desk_functions
from app.wiring.effects import effect_keeper, effect_work
from app.wiring.erasing import customer_erasing
from app.wiring.evidence import EVIDENCE_SWEEPS, evidence_side
from app.wiring.extensions import asks_in_chats, extension_side
from app.wiring.functions import channel_lifecycle, command_functions, shell_words
from app.wiring.jobs import RECURRING, job_handlers
from app.wiring.mall import cafe24_sources, install_side, mall_side
from app.wiring.people import managers_chat, operator_senders, people
from app.wiring.promises import and_hurry, promise_work
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
    client = client or http.new_client()
    metrics = Metrics()
    keys = settings.keys
    store = store or open_store(settings.database_url, keys, clock)
    jobs = JobQueue(store.database, keys, clock)
    book = ConnectionBook(store.connections, clock)
    mall = mall_side(settings, client, store, metrics, clock, seconds)
    senders = [outbox] if outbox else operator_senders(settings, client, clock)
    sms = SmsGateway(client, clock, senders, solapi_url=settings.solapi_api_url, nhn_url=settings.nhn_api_url)
    channel = ChannelClient(
        client,
        store.channel_tokens,
        clock,
        base_url=settings.channel_appstore_url,
        app_id=settings.channel_app_id,
        secret=settings.channel_app_secret.get_secret_value(),
        on_call=partial(metrics.outside, "channel"),
    )
    conversation = ChannelConversation(channel, clock, button_form=settings.channel_button_form)
    effects = effect_keeper(store, jobs, keys, store.connections.of_channel)
    evidence = evidence_side(settings, store, book.of_channel, clock)
    wms = warehouse_side(settings, client, store, mall, book, metrics, channel, clock)
    search_url = settings.postcode_search_url
    postcodes = HttpPostcodes(client, clock, url=search_url, on_call=metrics.outside) if search_url else None
    who = people(
        settings,
        store,
        mall,
        conversation,
        book,
        sms,
        effects,
        evidence.album,
        wms.gateway,
        postcodes,
        clock,
    )
    work = effect_work(
        COMMANDS,
        store,
        jobs,
        keys,
        who.ports,
        store.connections.of_channel,
        conversation,
        clock,
        effects,
        queue_url=f"{settings.public_url}/console/claims",
    )
    promises = promise_work(
        store.promises, store.chats, conversation, who.ports, store.connections.of_channel, clock
    )
    checkup = Checkup(
        COMMANDS,
        store.mall_tokens,
        rules=mall.rules,
        required_scopes=frozenset(REQUIRED_SCOPES),
        texts_can_be_sent=lambda connection: sms.of(connection) is not None,
        warehouse=wms.connection,
        surcharges=mall.surcharges,
    )
    connecting = MallConnecting(
        oauth=mall.oauth,
        probe=mall.probe,
        connections=store.connections,
        pairings=store.pairings,
        tokens=store.mall_tokens,
        once=store.once,
        audit=store.audit,
        clock=clock,
        forget=mall.tokens.forget,
    )
    keeper = SettingsKeeper(store.connections, store.audit, clock, forget=book.forget)
    managers = ManagerNames(conversation.names, clock)
    door = console_sign_in(
        keys=keys,
        clock=clock,
        once=store.once,
        connections=store.connections,
        public_url=settings.public_url,
        shown=shown,
        names=managers,
    )
    pages = console_routes(
        door=door,
        clock=clock,
        connections=store.connections,
        pairings=store.pairings,
        tokens=store.mall_tokens,
        audit=store.audit,
        connecting=connecting,
        findings=checkup.findings,
        shown=shown,
        patched=patched,
        forget=book.forget,
        required_scopes=tuple(REQUIRED_SCOPES),
        consent_hosts=cafe24_sources(settings),
    )
    work_pages = console_work(
        door,
        settings,
        store,
        mall,
        who.ports,
        work.pending,
        evidence.links,
        keeper,
        checkup,
        customer_erasing(
            store, keys, clock, {"photos": evidence.album.erase, "shipDates": store.promises.erase}
        ).erase,
        wms.connection,
        clock,
    )
    install = install_side(
        settings,
        store,
        mall,
        connecting,
        book,
        jobs,
        door.sign_in,
        conversation.names,
        clock,
        on_order=and_hurry(work.following.changed, store.promises, clock),
    )
    shops = ShopFunctions(
        keeper=keeper,
        connections=store.connections,
        pairings=store.pairings,
        tokens=store.mall_tokens,
        connecting=connecting,
        once=store.once,
        checkup=checkup,
        clock=clock,
        public_url=settings.public_url,
    )
    ask_of = asks_in_chats(who.asking, keys, clock)
    extensions = extension_side(
        COMMANDS,
        ask_of,
        book,
        keeper,
        work.pending,
        store.once,
        app_id=settings.channel_app_id,
        keys=keys,
        clock=clock,
    )
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
        chat_of=managers_chat(settings, clock),
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
        *shops.functions(),
        *desk_functions(work.pending, evidence.links, book.of_channel, managers, clock),
        *wms.functions.functions(),
        *extensions.functions(),
        *channel_lifecycle(store, who.sessions, book, conversation, extensions.config.saved, clock),
    ]
    agents = agent_side(settings, store, who, sms, functions, book, checkup, clock)
    worker = Worker(
        store.database,
        jobs,
        job_handlers(
            store,
            mall,
            connecting,
            install.webhooks,
            {**work.handlers, **evidence.handlers, **promises},
            metrics,
            clock,
        ),
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
        observe=metrics.call,
        ready=discovery_answers(functions),
    )

    async def ready() -> str | None:
        return None if await store.database.ping() else "the database does not answer"

    async def tell_channel(_stop: asyncio.Event | None = None) -> None:
        await register(channel)

    ops_token = settings.ops_token.get_secret_value() if settings.ops_token else None
    names = frozenset({"identity", CLAIMS.name, *(command.name for command in COMMANDS)})
    return Application(
        functions=endpoint,
        function_paths=PATHS,
        routes=[
            *agents.routes,
            *ops_routes(metrics, ready=ready, ops_token=ops_token),
            *wam_routes(
                names,
                shell_words(),
                frame_ancestors=settings.wam_frame_ancestors,
                pictures_from=cafe24_sources(settings),
            ),
            *evidence.routes(),
            *install.routes(),
            *pages,
            *work_pages,
            *routes,
        ],
        tasks=[worker.run_forever, *[tell_channel][: int(registers_itself)]],
        closers=[effects.close, agents.close, client.aclose, *mall.closers, store.close],
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
