"""What parts of the app need of one another. Adapters meet these Protocols in `main.py` only."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from starlette.responses import Response

from commands.kernel.spec import Ask, CommandSpec
from commands.kernel.who import CallerKind, ChannelId, Language, MallId, Shop

Row = Mapping[str, Any]


# ── the database ────────────────────────────────────────────────────────────────────────────────────────────
class Statements(Protocol):
    async def run(self, sql: str, **params: object) -> list[Row]:
        """One statement with `:named` parameters; the rows it returns, if any."""
        ...


class Database(Protocol):
    """SQLite or PostgreSQL. `write` is one statement in its own transaction; `transaction` holds several."""

    async def read(self, sql: str, **params: object) -> list[Row]: ...

    async def write(self, sql: str, **params: object) -> list[Row]: ...

    def transaction(self) -> AbstractAsyncContextManager[Statements]: ...


# ── Functions ───────────────────────────────────────────────────────────────────────────────────────────────
class Surface(StrEnum):
    """Who stands behind a call, as the signed context says."""

    USER = CallerKind.USER.value
    MANAGER = CallerKind.MANAGER.value
    SYSTEM = "system"
    APP = "app"


@dataclass(frozen=True, slots=True)
class ChatUser:
    """A customer as Channel knows them. `member_id`: set only where the shop's site identified the customer."""

    id: str
    member: bool = False
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A Function call whose signature was right. Nothing here comes from `params`."""

    surface: Surface
    caller_id: str
    channel_id: ChannelId
    language: Language
    user: ChatUser | None = None
    user_chat_id: str | None = None
    language_given: bool = False
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A Function that we serve. `params` is a pydantic model; `run` answers a model, or JSON bytes made already."""

    name: str
    params: type[Any]
    result: type[Any]
    run: Callable[[Call, Any], Awaitable[Any]]
    surfaces: frozenset[Surface]
    description: str = ""


class Asking(Protocol):
    """Turns a call into a question: which shop, which customer, on whose behalf."""

    async def ask(self, call: Call, command: CommandSpec, chat_token: str | None) -> Ask:
        """Raises `Failure`: notConnected, commandOff, notIdentified."""
        ...


# ── connections and their settings ──────────────────────────────────────────────────────────────────────────
class ConnectionState(StrEnum):
    """DESIGN §3. `none` and `connecting` have no row in `connection`."""

    NONE = "none"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECT = "reconnect"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Connection:
    """One shop of one mall, bound to one channel. `settings` holds only what differs from the defaults."""

    shop: Shop
    state: ConnectionState
    operator: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    connected_at: datetime | None = None


class BindOutcome(StrEnum):
    BOUND = "bound"
    SHOP_TAKEN = "shop_taken"
    CHANNEL_TAKEN = "channel_taken"


class Connections(Protocol):
    """Both (mall, shop) and channel are unique."""

    async def of_channel(self, channel_id: ChannelId) -> Connection | None: ...

    async def of_mall(self, mall_id: MallId) -> list[Connection]: ...

    async def bind(self, connection: Connection, at: datetime) -> BindOutcome:
        """Inserts, or renews a connection of the same three; refuses when either side is taken."""
        ...

    async def set_state(
        self, mall_id: MallId, shop_no: int | None, state: ConnectionState
    ) -> list[ChannelId]:
        """All shops of the mall for None. Returns the channels whose state changed."""
        ...

    async def change_settings(
        self, channel_id: ChannelId, *, seen: int, settings: Mapping[str, Any], secrets: Mapping[str, str]
    ) -> int | None:
        """The new version, or None when the version is no longer the one `seen`."""
        ...

    async def remove(self, channel_id: ChannelId) -> Connection | None:
        """The connection that was removed, with all that was kept for it."""
        ...


# ── Cafe24 tokens ───────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class TokenPair:
    """Times are ours (`received_at` + lifetime), never the vendor's KST stamps. `generation` grows per refresh."""

    access: str
    refresh: str
    expires_at: datetime
    refresh_expires_at: datetime
    scopes: frozenset[str]
    operator: str
    generation: int = 0


class MallTokens(Protocol):
    """One pair per mall, encrypted. Refreshing is marked before the call, so that a crash is seen afterwards."""

    async def get(self, mall_id: MallId) -> TokenPair | None:
        """None when there is none or it is dead."""
        ...

    async def put(self, mall_id: MallId, pair: TokenPair) -> None:
        """A first pair, or a new one after a new consent: lifts `dead`."""
        ...

    async def take_refresh(self, mall_id: MallId, generation: int, until: datetime, now: datetime) -> int:
        """Compare-and-set of the one refresher's lease. 0: somebody else holds it or has rotated already;
        n: taken, and it is the n-th attempt on this generation (an earlier holder vanished without an answer).
        """
        ...

    async def rotate(self, mall_id: MallId, seen: int, pair: TokenPair) -> bool:
        """Stores the new pair if the generation is still the one `seen`."""
        ...

    async def release_refresh(self, mall_id: MallId, generation: int) -> None:
        """Gives the lease back after an answer that surely changed nothing."""
        ...

    async def kill(self, mall_id: MallId, generation: int | None = None) -> None:
        """The pair is dead: wiped; only a new consent helps."""
        ...

    async def idle_since(self, moment: datetime) -> list[MallId]:
        """Malls whose refresh token was issued before `moment`: due for a refresh although idle."""
        ...


# ── the rate limit of a mall ────────────────────────────────────────────────────────────────────────────────
class RateStore(Protocol):
    """One GCRA row per key: the instant at which its bucket will be empty. Seconds are relative to `now`."""

    async def take(self, key: str, *, now: float, interval: float, tolerance: float) -> float:
        """Takes one place and returns 0, or takes nothing and returns the seconds until there is one."""
        ...

    async def fill(self, key: str, *, now: float, ahead: float) -> None:
        """The bucket will not be empty for `ahead` seconds; never shortens."""
        ...


# ── connecting a mall ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Pairing:
    """A connection on its way: asked for by a manager, then consented to, then confirmed (DESIGN §7)."""

    id: str
    mall_id: MallId
    shop_no: int | None
    channel_id: ChannelId
    manager_id: str
    language: Language
    expires_at: datetime
    tokens: TokenPair | None = None
    shops: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the representative operator consents. `notice` is a sentence when the mall could not be probed."""

    authorize_url: str
    notice: str | None = None


class Connecting(Protocol):
    """Connecting a mall: every rule of DESIGN §7 and of the connection stands behind these two."""

    async def start(
        self,
        *,
        channel_id: ChannelId,
        manager_id: str,
        mall_id: str | None,
        pairing_code: str | None,
        shop_no: int | None,
        language: Language,
    ) -> Consent:
        """Raises `Failure(invalidParams | conflict | notFound)` with a sentence for the manager."""
        ...

    async def remove(self, channel_id: ChannelId, by: str) -> bool:
        """Revokes and wipes. False when there was nothing to remove."""
        ...


class ConsoleSignIn(Protocol):
    """Lets an operator of a mall into the console, after a verified Cafe24 launch (PLATFORM.md a.6)."""

    async def sign_in(
        self, *, operator: str, mall_id: MallId, shop_no: int, role: str, name: str
    ) -> Response:
        """`role` is `admin` for the representative operator, else `manager`."""
        ...


class Pairings(Protocol):
    async def start(self, pairing: Pairing, state: str) -> None:
        """Keeps the state's hash; earlier unfinished ones of this channel end."""
        ...

    async def consume_state(self, state: str, now: datetime) -> Pairing | None:
        """Once only. None: unknown, used, or expired."""
        ...

    async def hold(
        self,
        pairing_id: str,
        tokens: TokenPair,
        shops: Sequence[Mapping[str, Any]],
        ticket: str,
        expires_at: datetime,
    ) -> None:
        """Keeps the unbound tokens until the second yes, under the ticket of the one form."""
        ...

    async def see(self, ticket: str, now: datetime) -> Pairing | None:
        """The held pairing, without ending it."""
        ...

    async def finish(self, ticket: str, now: datetime) -> Pairing | None:
        """The second yes, once only."""
        ...

    async def of_channel(self, channel_id: ChannelId, now: datetime) -> Pairing | None:
        """The unfinished one, for `connecting`."""
        ...

    async def lapsed(self, now: datetime) -> list[Pairing]:
        """Ends and returns those whose tokens were never bound: to be revoked."""
        ...


# ── small stores ────────────────────────────────────────────────────────────────────────────────────────────
class Once(Protocol):
    """Things that may happen once within their life: nonces, replayed launches, duplicates."""

    async def first(self, purpose: str, key: str, now: datetime, until: datetime, value: str = "") -> bool:
        """True for the first, False for every repeat until `until`. The key is kept as a hash."""
        ...

    async def peek(self, purpose: str, key: str, now: datetime) -> str | None:
        """The value kept with it, if it is alive."""
        ...

    async def take(self, purpose: str, key: str, now: datetime) -> str | None:
        """The value, and ends it: exactly one taker."""
        ...


class Chats(Protocol):
    """Where to write to a customer: the chat of their last command (DESIGN §3 Managers)."""

    async def remember(
        self, channel_id: ChannelId, user_id: str, user_chat_id: str, at: datetime
    ) -> None: ...

    async def of_user(self, channel_id: ChannelId, user_id: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to what, without personal data. `facts` are flat scalars."""

    channel_id: ChannelId
    act: str
    by: str
    subject: str
    at: datetime
    mall_id: MallId | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Audit(Protocol):
    async def add(self, line: AuditLine) -> None: ...

    async def newest(self, channel_id: ChannelId, limit: int) -> list[AuditLine]: ...


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A Channel token pair; `channel_id` is empty for the app's own."""

    access: str
    refresh: str
    expires_at: datetime


class ChannelTokens(Protocol):
    async def get(self, channel_id: str) -> KeptToken | None: ...

    async def take(self, channel_id: str, now: datetime, until: datetime) -> bool:
        """The one refresher's lease."""
        ...

    async def put(self, channel_id: str, token: KeptToken) -> None:
        """Stores and gives the lease back."""
        ...

    async def release(self, channel_id: str) -> None: ...

    async def drop(self, channel_id: str) -> None: ...


class Deliveries(Protocol):
    """Webhook deliveries, kept sealed before they are answered. After `keep` always put a job with a `unique` of
    the same key, first or not: a crash between the two must not lose the delivery.
    """

    async def keep(self, mall_id: MallId, dedupe_key: str, body: bytes, at: datetime) -> bool:
        """True for the first, False for a repeat."""
        ...

    async def open_body(self, mall_id: MallId, dedupe_key: str) -> bytes | None:
        """None when it is unknown or settled."""
        ...

    async def settle(self, mall_id: MallId, dedupe_key: str, at: datetime) -> None: ...


# ── jobs ────────────────────────────────────────────────────────────────────────────────────────────────────
class Interrupted(Exception):
    """A marked call began before a crash and its answer was never recorded: read the mall, then settle or forget."""

    def __init__(self, step: str) -> None:
        self.step = step
        super().__init__(step)


class Steps(Protocol):
    """The durable steps of a running job, by name. Answers are JSON values."""

    async def __call__(self, name: str, work: Callable[[], Awaitable[Any]], *, mark: bool = False) -> Any:
        """Runs `work` once and records its answer; after a crash returns the recorded one. With `mark` the call
        is marked before it begins; a mark without an answer raises `Interrupted` instead of calling again.
        """
        ...

    async def settle(self, name: str, answer: Any) -> None:
        """Reconciled: the interrupted call did take effect, and this is its answer."""
        ...

    async def forget(self, name: str) -> None:
        """Reconciled: the interrupted call surely had no effect and may be made again."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of durable work. `attempt` is 1 at first; await `step(name, fn)` for what must run once."""

    id: str
    mall_id: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    step: Steps = field(repr=False)


class Jobs(Protocol):
    """Work that survives us. Jobs of one mall run one after the other, in order of `due_at`."""

    async def put(
        self,
        mall_id: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        due_at: datetime | None = None,
        unique: str | None = None,
    ) -> str | None:
        """The job's id; None when a job with this `unique` key exists already."""
        ...


JobHandler = Callable[[Job], Awaitable[None]]


# ── text messages ───────────────────────────────────────────────────────────────────────────────────────────
class SmsSender(Protocol):
    """Sends one text message. Errors: see `app/sms/errors`-like tree declared in `ports.SmsError`."""

    name: str

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        """The provider's reference. Raises `SmsError`."""
        ...

    async def check(self) -> None:
        """Credentials and sender are right; sends nothing. Raises `SmsError`."""
        ...


class SmsTrouble(StrEnum):
    AUTH = "auth"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    UNCERTAIN = "uncertain"


class SmsError(Exception):
    """`trouble` says whether the message may have been sent (`uncertain`) or surely was not (the others)."""

    def __init__(self, trouble: SmsTrouble, provider: str, code: str) -> None:
        self.trouble = trouble
        self.provider = provider
        self.code = code
        super().__init__(f"{provider} {trouble} {code}")


# ── what identity needs of the mall ─────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Account:
    """A member found by cellphone. `full_match`: the whole number was compared (scope read_privacy)."""

    member_id: str
    full_match: bool


class Members(Protocol):
    async def by_cellphone(self, shop: Shop, e164: str) -> list[Account]:
        """Exact matches only. Raises `Unavailable`."""
        ...

    async def exists(self, shop: Shop, member_id: str) -> bool:
        """Cached 10 minutes. Raises `Unavailable`."""
        ...


class Conversation(Protocol):
    """Channel's native calls, with a channel token. Raises `Unavailable`."""

    async def user(self, channel_id: ChannelId, user_id: str) -> ChatUser | None:
        """Cached 5 minutes."""
        ...

    async def customer_of_chat(self, channel_id: ChannelId, user_chat_id: str) -> ChatUser | None: ...

    async def write(
        self,
        channel_id: ChannelId,
        user_chat_id: str,
        text: str,
        *,
        private: bool = False,
        request_id: str,
        command: tuple[str, str] | None = None,
    ) -> None:
        """One message, escaped here; `command`: (button label, command name). `request_id` makes it idempotent."""
        ...

    async def open_for_team(self, channel_id: ChannelId, user_chat_id: str) -> None: ...


SmsVia = Literal["operator", "solapi", "nhn", "off"]


# ── phone verification ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class NewVerification:
    """A code about to be sent. Hashes are keyed; `phone_enc` is sealed; `address` is a real client's, if known."""

    id: str
    channel_id: ChannelId
    chat_user_id: str
    purpose: str
    phone_hash: str
    block_hash: str
    phone_enc: bytes
    code_hash: str
    key_id: str
    max_attempts: int
    created_at: datetime
    expires_at: datetime
    resend_after: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True)
class PastSend:
    at: datetime
    phone_hash: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class SendHistory:
    """What was sent before, newest first. Sure failures count for the user and the address only."""

    of_number: Sequence[datetime] = ()
    wrong_tries: Sequence[datetime] = ()
    of_user: Sequence[PastSend] = ()
    of_address: Sequence[datetime] = ()
    channel_minute: Sequence[datetime] = ()
    of_channel: Sequence[PastSend] = ()
    of_block: Sequence[PastSend] = ()
    channel_stopped_at: datetime | None = None
    block_stopped_at: datetime | None = None
    channel_day: int = 0
    channel_day_since: datetime | None = None
    app_day: int = 0
    app_day_since: datetime | None = None


class SendStop(StrEnum):
    """A breaker that opened just now: recorded, so that it closes by itself later."""

    CHANNEL = "stop_channel"
    BLOCK = "stop_block"


@dataclass(frozen=True, slots=True)
class SendRefusal:
    limit: str
    retry_after: int
    stops: frozenset[SendStop] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A live code whose try has been counted already."""

    id: str
    code_hash: str
    key_id: str
    phone_enc: bytes
    phone_hash: str


@dataclass(frozen=True, slots=True)
class PhoneSession:
    """A number that was proven by a code, for one (channel, chat user). `chosen`: an account's ref, or `guest`."""

    id: str
    channel_id: ChannelId
    chat_user_id: str
    phone_enc: bytes
    phone_hash: str
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    user_chat_id: str | None = None
    accounts_enc: bytes | None = None
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class TryAnswer:
    """`session`: the code was right and the session stands. `left` None: no such live code."""

    session: PhoneSession | None = None
    left: int | None = None


class Verifications(Protocol):
    """Codes that were sent. Each method is one atomic step, also between processes."""

    async def reserve(
        self, new: NewVerification, decide: Callable[[SendHistory], SendRefusal | None]
    ) -> tuple[SendRefusal | None, SendHistory]:
        """Counts, decides, ends the user's earlier code and keeps the new one; or records the refusal's stops."""
        ...

    async def settle(
        self, verification_id: str, *, provider: str, ref: str | None, outcome: str, failed: bool
    ) -> None:
        """What the provider said. `failed`: surely not sent, so the code ends and the number is not counted."""
        ...

    async def attempt(
        self,
        verification_id: str,
        channel_id: ChannelId,
        chat_user_id: str,
        purpose: str,
        now: datetime,
        judge: Callable[[KeptCode], PhoneSession | None],
    ) -> TryAnswer:
        """Counts the try, then judges it; a session that the judge returns is kept and the code is used up."""
        ...

    async def purge(self, now: datetime) -> None:
        """Wipes the codes that ended by themselves, and after two days the addresses."""
        ...


class PhoneSessions(Protocol):
    async def of_user(self, channel_id: ChannelId, chat_user_id: str) -> PhoneSession | None:
        """As kept; whether it is still alive is the caller's to say."""
        ...

    async def of_chat(self, channel_id: ChannelId, user_chat_id: str) -> list[PhoneSession]: ...

    async def keep_accounts(self, session_id: str, accounts_enc: bytes) -> None: ...

    async def choose(self, session_id: str, chosen: str, next_id: str, now: datetime) -> bool:
        """Another choice than before is another session: it takes `next_id`. False: no such session any more."""
        ...

    async def touch(self, session_id: str, now: datetime) -> None: ...

    async def end(self, channel_id: ChannelId, chat_user_id: str) -> None:
        """The session and the code on its way."""
        ...

    async def end_all(self, channel_id: ChannelId) -> None: ...
