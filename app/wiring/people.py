"""The people's side of the composition: text messages, phone codes, sessions, and who is asking."""

from dataclasses import dataclass

from app import http
from app.channel.chat_token import chat_of
from app.channel.conversation import ChannelConversation
from app.clock import Clock
from app.identity.asking import AskingPeople, ChatOf
from app.identity.desk import ChatCustomers
from app.identity.functions import IdentityFunctions
from app.identity.orderer import SessionNames
from app.identity.screens import IdentityScreens
from app.identity.sessions import Sessions
from app.identity.strangers import OrdersOfKnownMembers
from app.identity.verification import Verification
from app.ports import Call, Connection, SmsSender, Surface
from app.postcodes.search import HttpPostcodes
from app.promises.keeper import PromiseKeeper
from app.settings import Settings
from app.shops.settings import choices_of
from app.sms.gateway import SmsGateway
from app.sms.nhn import NhnCloud
from app.sms.solapi import Solapi
from app.store.phone import VerificationStore
from app.store.phone_sessions import PhoneSessionStore
from app.wiring.base import Base
from app.wiring.mall import MallSide
from commands.kernel.ports import Evidence, PostcodeSearch
from commands.kernel.spec import Effects, Ports
from commands.kernel.warehouse import Warehouse
from commands.kernel.who import Customer
from commands.registry import RegisteredOffers, RegisteredShipDates


def operator_senders(settings: Settings, client: http.Client, clock: Clock) -> list[SmsSender]:
    """The senders of whoever runs jumun, the chosen one first."""
    made: dict[str, SmsSender] = {}
    if settings.solapi_api_key and settings.solapi_api_secret:
        made["solapi"] = Solapi(
            client,
            clock,
            api_key=settings.solapi_api_key.get_secret_value(),
            api_secret=settings.solapi_api_secret.get_secret_value(),
            sender=settings.sms_sender,
            base_url=settings.solapi_api_url,
        )
    if settings.nhn_app_key and settings.nhn_secret_key:
        made["nhn"] = NhnCloud(
            client,
            app_key=settings.nhn_app_key.get_secret_value(),
            secret_key=settings.nhn_secret_key.get_secret_value(),
            sender=settings.sms_sender,
            base_url=settings.nhn_api_url,
        )
    return sorted(made.values(), key=lambda sender: sender.name != settings.sms_provider)


def sms_gateway(base: Base, outbox: SmsSender | None) -> SmsGateway:
    """`outbox`: the sandbox's, in place of everybody's senders."""
    settings = base.settings
    senders = [outbox] if outbox else operator_senders(settings, base.client, base.clock)
    return SmsGateway(
        base.client, base.clock, senders, solapi_url=settings.solapi_api_url, nhn_url=settings.nhn_api_url
    )


@dataclass(frozen=True, slots=True)
class People:
    """Who is asking: phone codes, sessions, and the question that comes of a call."""

    verification: Verification
    sessions: Sessions
    functions: IdentityFunctions
    screens: IdentityScreens
    asking: AskingPeople
    ports: Ports


def people(
    base: Base,
    mall: MallSide,
    conversation: ChannelConversation,
    sms: SmsGateway,
    effects: Effects,
    evidence: Evidence,
    warehouse: Warehouse,
) -> People:
    store, keys, clock, connection_of = base.store, base.keys, base.clock, base.book.of_channel
    phone_sessions = PhoneSessionStore(store.database)
    sessions = Sessions(phone_sessions, mall.members, conversation, store.audit, keys, clock)
    verification = Verification(
        VerificationStore(store.database),
        store.once,
        store.chats,
        store.audit,
        keys,
        clock,
        sms.of,
        app_daily_budget=base.settings.sms_daily_budget,
    )
    functions = IdentityFunctions(verification, sessions, connection_of)
    desk = ChatCustomers(sessions, phone_sessions, conversation, clock)
    known = OrdersOfKnownMembers(mall.orders, mall.members, clock)

    async def customer_of(call: Call, connection: Connection) -> Customer | None:
        customer = await sessions.customer_of(call, connection)
        unknown = known.is_unknown(connection.shop, customer)
        return await sessions.phone_customer_of(call) if unknown else customer

    async def customer_of_chat(connection: Connection, chat_id: str) -> Customer | None:
        customer = await desk.customer_of_chat(connection, chat_id)
        unknown = known.is_unknown(connection.shop, customer)
        return await desk.customer_of_chat(connection, chat_id, by_phone_only=True) if unknown else customer

    ports = Ports(
        orders=known,
        pictures=mall.pictures,
        rules=mall.rules,
        claims=mall.claims,
        names=SessionNames(phone_sessions),
        effects=effects,
        offers=RegisteredOffers(),
        ship_dates=RegisteredShipDates(),
        promises=PromiseKeeper(store.promises),
        receivers=mall.receivers,
        surcharges=mall.surcharges,
        variants=mall.variants,
        evidence=evidence,
        warehouse=warehouse,
        postcodes=_postcodes(base),
    )
    return People(
        verification=verification,
        sessions=sessions,
        functions=functions,
        screens=IdentityScreens(verification, sessions, functions, connection_of, clock),
        asking=AskingPeople(
            connection_of=connection_of,
            customer_of=customer_of,
            customer_of_chat=customer_of_chat,
            chat_of=managers_chat(base),
            choices_of=choices_of,
            ports=ports,
            clock=clock,
        ),
        ports=ports,
    )


def _postcodes(base: Base) -> PostcodeSearch | None:
    url = base.settings.postcode_search_url
    return HttpPostcodes(base.client, base.clock, url=url, on_call=base.metrics.outside) if url else None


def managers_chat(base: Base) -> ChatOf:
    """The chat that a manager's token stands for; a customer's token stands for none."""

    def of(call: Call, token: str | None) -> str | None:
        if not token or call.surface is not Surface.MANAGER:
            return None
        return chat_of(
            base.keys, token, channel_id=call.channel_id, manager_id=call.caller_id, now=base.clock()
        )

    return of
