"""The phone: what arrives, and what the gateway can do wrong."""

import pytest

from app.ports import SmsError, SmsTrouble
from app.sandbox.faults import Faults
from app.sandbox.phone.inbox import local_number
from app.sandbox.phone.sender import TroubledSender

from .world import World


async def test_the_newest_message_is_on_top_with_its_code(world: World):
    world.letters.append({"to": "+821023456789", "text": "[한옥] 인증번호 482913", "at": world.clock()})
    world.clock.forward(minutes=1)
    world.letters.append(
        {"to": "01000001001", "text": "주문이 접수되었습니다", "at": world.clock().isoformat()}
    )
    messages = (await world.client.get("/sandbox/api/phone")).json()["messages"]
    assert [(m["to"], m["code"]) for m in messages] == [("010-0000-1001", None), ("010-2345-6789", "482913")]


@pytest.mark.parametrize(
    ("number", "want"),
    [
        ("+821012345678", "010-1234-5678"),
        ("01012345678", "010-1234-5678"),
        ("010-1234-5678", "010-1234-5678"),
        ("0111234567", "011-123-4567"),
        ("+14155550100", "+14155550100"),
    ],
)
def test_numbers_read_as_people_write_them(number, want):
    assert local_number(number) == want


class Outbox:
    name = "outbox"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.checks = 0

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        self.sent.append(text)
        return ref

    async def check(self) -> None:
        self.checks += 1


@pytest.mark.parametrize(
    ("fault", "trouble", "arrived"),
    [
        ("503", SmsTrouble.UNAVAILABLE, []),
        ("timeout_after_effect", SmsTrouble.UNCERTAIN, ["x"]),
        ("429", SmsTrouble.REJECTED, []),
        ("401_expired", SmsTrouble.AUTH, []),
    ],
)
async def test_a_planted_fault_troubles_one_message(fault, trouble, arrived):
    outbox, faults = Outbox(), Faults()
    sender = TroubledSender(outbox, faults)
    faults.inject(fault)
    with pytest.raises(SmsError) as caught:
        await sender.send(to_e164="+821012345678", text="x", ref="r")
    assert (caught.value.trouble, outbox.sent) == (trouble, arrived)
    assert await sender.send(to_e164="+821012345678", text="y", ref="r2") == "r2"
    await sender.check()
    assert (outbox.sent, outbox.checks, sender.name) == ([*arrived, "y"], 1, "outbox")
