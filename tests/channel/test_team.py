"""A customer wants a person: what the team reads, once in ten minutes."""

import pytest

from app.channel.team import CallManagerParams, Team, reason_text
from app.ports import Call, Surface
from commands.explain import WORDS
from commands.kernel.texts import Texts
from commands.kernel.who import ChannelId, Language
from commands.registry import COMMANDS
from tests.world import HandClock

TEXTS_OF = {command.name: command.texts for command in COMMANDS}
TEXTS = list(TEXTS_OF.values())
DOCTORS_ONLY = {"period_from_order", "scopes_missing"}
"""Findings about a shop's settings: no customer meets them."""
CODES = sorted(
    {
        key.rpartition(".")[0]
        for texts in (WORDS, *TEXTS)
        for key in texts.keys(Language.KO)
        if key.endswith(".customer")
    }
    - DOCTORS_ONLY
)


class Room:
    """The chat, the chats and the marks of a team: what was written, and whether Channel is away."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.opened = 0
        self.away = False
        self._marks: set[tuple[str, str]] = set()

    async def write(self, _channel: ChannelId, _chat: str, text: str, **_more: object) -> None:
        if self.away:
            raise ConnectionError
        self.notes.append(text)

    async def open_for_team(self, _channel: ChannelId, _chat: str) -> None:
        self.opened += 1

    async def of_user(self, _channel: ChannelId, user_id: str) -> str | None:
        return "chat-minji" if user_id == "u-minji" else None

    async def first(self, purpose: str, key: str, _at: object, _until: object) -> bool:
        new = (purpose, key) not in self._marks
        self._marks.add((purpose, key))
        return new

    async def take(self, purpose: str, key: str, _at: object) -> None:
        self._marks.discard((purpose, key))


@pytest.fixture
def room() -> Room:
    return Room()


async def calls(room: Room, code: str, order_id: str | None = None, command: str | None = None) -> None:
    chat_of = {"chat_of": lambda _call, _token: None}
    team = Team(room, room, room, HandClock(), **chat_of, texts=TEXTS_OF, asking=None)  # type: ignore[arg-type]
    call = Call(Surface.USER, "u-minji", ChannelId("ch-hanok"), Language.JA)
    asked = {"code": code, "orderId": order_id, "command": command}
    await team.call_manager(call, CallManagerParams.model_validate(asked))


async def test_a_note_says_which_order_and_why_in_words(room: Room):
    await calls(room, "claims_switched_off", "20261122-0000101")
    (note,) = room.notes
    assert note == (
        "고객이 상담을 요청했습니다.\n"
        "주문번호: 20261122-0000101\n"
        "사유: 몰에서 취소/교환/반품 신청을 '사용안함'으로 두었습니다. 주문 후 설정에서 '사용함'으로 바꾸면 "
        "고객이 취소할 수 있습니다.\n"
        "코드: claims_switched_off\n"
        "모든 이유는 /진단에서 볼 수 있습니다."
    )
    assert room.opened == 1


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("cancel", "고객이 취소할 수 있습니다."),
        ("exchangeReturn", "고객이 교환·반품을 신청할 수 있습니다."),
        (None, "고객이 취소할 수 있습니다."),
        ("somebodyElses", "고객이 취소할 수 있습니다."),
    ],
)
async def test_a_code_that_two_commands_share_is_said_by_the_one_that_was_asked(
    room: Room, command: str | None, says: str
):
    await calls(room, "claims_switched_off", command=command)
    assert says in room.notes[0]


REASONS = [
    ("words of its own", "order_detail", "주문 상세를 보다가 문의했습니다."),
    (
        "a finding whose sentence for managers needs facts: what the customer read",
        "already_shipped",
        "고객에게 보인 안내 “이미 발송되어 취소할 수 없어요. 받으신 뒤 교환이나 반품을 신청해 주세요.”",
    ),
    ("a failed effect", "connection_lost", "카페24 연결이 끊겨 처리하지 않았습니다."),
    ("a failure", "commandOff", "고객에게 보인 안내 “지금은 이 기능을 사용하지 않고 있어요."),
    ("no code of ours", "hello_there", "고객이 화면에서 상담 버튼을 눌렀습니다."),
    ("the name of another sentence", "talk", "고객이 화면에서 상담 버튼을 눌렀습니다."),
]


@pytest.mark.parametrize(("_case", "code", "begins"), REASONS)
def test_a_reason_in_words(_case: str, code: str, begins: str):
    assert reason_text(code, (WORDS, *TEXTS), Language.KO).startswith(begins)


@pytest.mark.parametrize("code", CODES)
def test_every_finding_that_a_customer_may_meet_has_words(code: str):
    texts: tuple[Texts, ...] = (WORDS, *TEXTS)
    for language in Language:
        said = reason_text(code, texts, language)
        assert said != WORDS.say(language, "manager.reason.other")
        assert "{" not in said
        assert code not in said


async def test_one_note_in_ten_minutes_unless_it_could_not_be_written(room: Room):
    room.away = True
    with pytest.raises(ConnectionError):
        await calls(room, "order_list")
    room.away = False
    await calls(room, "order_list")
    await calls(room, "order_detail")
    assert [note.splitlines()[1:] for note in room.notes] == [
        ["주문번호: 선택 안 함", "사유: 주문 목록을 보다가 문의했습니다.", "코드: order_list"]
    ]


def test_customers_call_and_managers_invite():
    assert {
        f.name: f.surfaces for f in Team(*[None] * 4, chat_of=None, texts={}, asking=None).functions()
    } == {  # type: ignore[arg-type]
        "manager.call": frozenset({Surface.USER}),
        "identity.invite": frozenset({Surface.MANAGER}),
    }
