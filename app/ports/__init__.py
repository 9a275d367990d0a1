"""What parts of the app need of one another. Adapters meet these Protocols in `main.py` only."""

from commands.kernel.plan import Interrupted, Steps

from .claims import ClaimPage, KeptClaim, KeptClaims, PendingClaim, PendingClaims, PhotoLinks
from .connections import BindOutcome, Connection, Connections, ConnectionState
from .database import Database, Row, Statements
from .effects import Also, Decided, Intent, Intents, KeptPlan, Looks, Plans, Reach, Verdict, Waits
from .functions import Asking, Call, ChatUser, Function, Surface
from .jobs import GivenUp, Job, JobHandler, Jobs, OnGiveUp
from .mall import MallTokens, RateStore, TokenPair
from .pairing import Connecting, Consent, Pairing, Pairings
from .people import Account, Conversation, Members, SmsError, SmsSender, SmsTrouble
from .phone import (
    KeptCode,
    NewVerification,
    PastSend,
    PhoneSession,
    PhoneSessions,
    SendHistory,
    SendRefusal,
    SendStop,
    TryAnswer,
    Verifications,
)
from .records import (
    Audit,
    AuditLine,
    AuditPage,
    AuditWanted,
    ChannelTokens,
    Chats,
    Deliveries,
    KeptToken,
    Once,
)
from .shop_orders import FoundOrder, ShopOrders

__all__ = [
    "Account",
    "Also",
    "Asking",
    "Audit",
    "AuditLine",
    "AuditPage",
    "AuditWanted",
    "BindOutcome",
    "Call",
    "ChannelTokens",
    "ChatUser",
    "Chats",
    "ClaimPage",
    "Connecting",
    "Connection",
    "ConnectionState",
    "Connections",
    "Consent",
    "Conversation",
    "Database",
    "Decided",
    "Deliveries",
    "FoundOrder",
    "Function",
    "GivenUp",
    "Intent",
    "Intents",
    "Interrupted",
    "Job",
    "JobHandler",
    "Jobs",
    "KeptClaim",
    "KeptClaims",
    "KeptCode",
    "KeptPlan",
    "KeptToken",
    "Looks",
    "MallTokens",
    "Members",
    "NewVerification",
    "OnGiveUp",
    "Once",
    "Pairing",
    "Pairings",
    "PastSend",
    "PendingClaim",
    "PendingClaims",
    "PhoneSession",
    "PhoneSessions",
    "PhotoLinks",
    "Plans",
    "RateStore",
    "Reach",
    "Row",
    "SendHistory",
    "SendRefusal",
    "SendStop",
    "ShopOrders",
    "SmsError",
    "SmsSender",
    "SmsTrouble",
    "Statements",
    "Steps",
    "Surface",
    "TokenPair",
    "TryAnswer",
    "Verdict",
    "Verifications",
    "Waits",
]
