"""Which sender a shop gets, and when the next one is asked."""

from dataclasses import replace

import pytest

from app.ports import Connection, ConnectionState, SmsError, SmsTrouble
from app.sms.gateway import FirstThatTakesIt, SmsGateway
from app.sms.outbox import Message, Outbox
from commands.kernel.who import ChannelId, MallId, Shop

from .given import AT, E164, TEXT, Provider, clock

SHOP = Connection(
    Shop(MallId("mall"), 1, ChannelId("c1"), name="단추가게"), ConnectionState.CONNECTED, "owner"
)
KEYS = {"sms.apiKey": "KEY", "sms.apiSecret": "SECRET"}


class Broken:
    name = "broken"

    def __init__(self, trouble: SmsTrouble) -> None:
        self.trouble = trouble
        self.asked = 0

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        self.asked += 1
        raise SmsError(self.trouble, self.name, "told_to")

    async def check(self) -> None:
        raise SmsError(self.trouble, self.name, "told_to")


def shop(provider=None, secrets=KEYS, sender="02-1234-5678", version=1):
    sms = {"sender": sender} | ({"provider": provider} if provider else {})
    return replace(SHOP, settings={"sms": sms}, secrets=secrets, version=version)


async def send(sender):
    return await sender.send(to_e164=E164, text=TEXT, ref="v1")


async def test_the_outbox_is_a_phone():
    outbox = Outbox(clock)
    await outbox.check()
    assert await send(outbox) == "outbox-1"
    assert list(outbox.messages) == [Message(E164, TEXT, AT)]
    for _ in range(300):
        await send(outbox)
    assert len(outbox.messages) == 200


@pytest.mark.parametrize(
    ("trouble", "goes_on"),
    [
        (SmsTrouble.UNAVAILABLE, True),
        (SmsTrouble.AUTH, True),
        (SmsTrouble.REJECTED, False),
        (SmsTrouble.UNCERTAIN, False),
    ],
)
async def test_the_next_is_asked_only_when_nothing_was_sent(trouble, goes_on):
    broken, outbox = Broken(trouble), Outbox(clock)
    both = FirstThatTakesIt([broken, outbox])
    if goes_on:
        assert await send(both) == "outbox-1"
    else:
        with pytest.raises(SmsError):
            await send(both)
    assert (broken.asked, len(outbox.messages)) == (1, int(goes_on))


async def test_the_last_ones_trouble_is_the_answer():
    both = FirstThatTakesIt([Broken(SmsTrouble.UNAVAILABLE), Broken(SmsTrouble.UNCERTAIN)])
    with pytest.raises(SmsError) as caught:
        await send(both)
    assert caught.value.trouble == SmsTrouble.UNCERTAIN


@pytest.mark.parametrize(
    ("_case", "connection", "name"),
    [
        ("default", SHOP, "outbox"),
        ("operator", shop("operator"), "outbox"),
        ("off", shop("off"), None),
        ("unknown", shop("pigeon"), None),
        ("own solapi", shop("solapi"), "solapi"),
        ("own nhn", shop("nhn"), "nhn"),
        ("own, no keys", shop("solapi", secrets={}), None),
        ("own, no sender", shop("solapi", sender=""), None),
        ("own, a key that cannot be", shop("nhn", secrets=KEYS | {"sms.apiKey": "../x"}), None),
        ("settings that are none", replace(SHOP, settings={"sms": None}), "outbox"),
    ],
)
async def test_who_sends(_case, connection, name):
    provider = Provider()
    async with provider.client() as client:
        sender = SmsGateway(client, clock, [Outbox(clock)]).of(connection)
    assert (sender and sender.name) == name


async def test_an_operator_without_a_sender():
    async with Provider().client() as client:
        assert SmsGateway(client, clock, []).of(SHOP) is None


async def test_a_shops_own_contract_is_used_and_never_the_operators():
    provider, outbox = Provider(503), Outbox(clock)
    async with provider.client() as client:
        gateway = SmsGateway(client, clock, [outbox], solapi_url="http://127.0.0.1:9")
        with pytest.raises(SmsError):
            await send(gateway.of(shop("solapi")))
    assert provider.asked[0]["json"]["message"]["from"] == "0212345678"
    assert len(outbox.messages) == 0


async def test_three_refusals_of_its_keys_rest_a_shop_until_its_settings_change():
    provider = Provider(401, {})
    async with provider.client() as client:
        gateway = SmsGateway(client, clock, [Outbox(clock)])
        for _ in range(3):
            with pytest.raises(SmsError):
                await send(gateway.of(shop("solapi")))
        assert gateway.of(shop("solapi")) is None
        other = replace(shop("solapi"), shop=replace(SHOP.shop, channel_id=ChannelId("c2")))
        assert gateway.of(other) is not None
        assert gateway.of(shop("solapi", version=2)) is not None
        assert gateway.of(shop("solapi", secrets=KEYS | {"sms.apiSecret": "NEW"})) is not None


async def test_other_troubles_do_not_rest_a_shop():
    provider = Provider(400, {})
    async with provider.client() as client:
        gateway = SmsGateway(client, clock, [])
        for _ in range(5):
            with pytest.raises(SmsError):
                await send(gateway.of(shop("solapi")))
        assert gateway.of(shop("solapi")) is not None
