"""The identity Functions as other programs call them, and the screens as customers meet them."""

import logging
import re
from dataclasses import replace

import pytest
from pydantic import ValidationError

from app.identity import wire
from app.identity.functions import TEXTS
from app.identity.pages import wait_text
from app.ports import ConnectionState, SmsTrouble, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.screen import Close, Run, Show
from commands.kernel.who import ChannelId, Language

from .given import CHANNEL, E164, PHONE, accounts, call, wrong


async def run(world, name, given, who=None):
    function = next(one for one in world.functions.all() if one.name == name)
    assert function.surfaces == {Surface.USER}
    answer = await function.run(who or call(), function.params.model_validate(given))
    assert isinstance(answer, function.result)
    return answer.model_dump(mode="json", by_alias=True, exclude_none=True)


async def refused(world, name, given, who=None):
    with pytest.raises(Failure) as caught:
        await run(world, name, given, who)
    return caught.value.type, caught.value.data


async def test_the_whole_way(world):
    world.mall.members[E164] = accounts("mina", "sora")
    assert await run(world, "identity.get", {}) == {"state": "none"}
    await world.screens.screen(call(), "phone", {})
    sent = await run(world, "identity.sendCode", {"phone": PHONE, "unknown": 1})
    assert sent | {"verificationId": ""} == {
        "verificationId": "", "maskedPhone": "010****5678", "expiresIn": 180, "resendAfter": 60,
    }  # fmt: skip
    given = {"verificationId": sent["verificationId"], "code": world.phone.code}
    offer = await run(world, "identity.verifyCode", given)
    assert [one["label"] for one in offer["accounts"]] == ["mi***", "so***"]
    assert offer["guestOrders"] is True
    chosen = {"accountRef": offer["accounts"][0]["accountRef"], "guest": None}
    assert await run(world, "identity.choose", chosen) == {
        "state": "member", "label": "mi***", "expiresAt": "2026-11-22T12:30:00+09:00",
    }  # fmt: skip
    assert (await run(world, "identity.get", {}))["label"] == "mi***"
    assert await run(world, "identity.choose", {"guest": True}) == {
        "state": "guest", "label": "010****5678", "expiresAt": "2026-11-22T12:30:00+09:00",
    }  # fmt: skip
    assert await run(world, "identity.end", {}) == {"state": "none"}


async def test_refusals(world):
    kind, data = await refused(world, "identity.sendCode", {"phone": "02-123-4567"})
    assert (kind, data) == (FailureType.INVALID_PARAMS, {"member": "phone"})
    assert await refused(world, "identity.sendCode", {"phone": PHONE}) == (FailureType.NOT_IDENTIFIED, {})
    sent = await world.sends(call())
    assert await refused(world, "identity.sendCode", {"phone": PHONE}) == (
        FailureType.TOO_MANY, {"retryAfter": 60},
    )  # fmt: skip
    bad = {"verificationId": sent.verification_id, "code": wrong(world.phone.code)}
    assert await refused(world, "identity.verifyCode", bad) == (FailureType.WRONG_CODE, {"left": 4})
    short = {"verificationId": sent.verification_id, "code": "123"}
    assert await refused(world, "identity.verifyCode", short) == (
        FailureType.INVALID_PARAMS, {"member": "code"},
    )  # fmt: skip
    gone = {"verificationId": "x", "code": "123456"}
    assert await refused(world, "identity.verifyCode", gone) == (FailureType.EXPIRED_CODE, {})
    assert await refused(world, "identity.choose", {"guest": True}) == (FailureType.NOT_IDENTIFIED, {})
    world.phone.trouble = SmsTrouble.AUTH
    other = {"phone": "010-8888-0000"}
    assert await refused(world, "identity.sendCode", other) == (FailureType.UPSTREAM_UNAVAILABLE, {})
    world.is_offered = False
    assert await refused(world, "identity.sendCode", other) == (FailureType.NOT_IDENTIFIED, {})


async def test_all_too_many_answers_are_alike(world):
    """The same sentence and the same members, whichever limit it was."""
    seen = set()
    await world.sends(call())
    for who, number in ((call(), PHONE), (call("u2"), PHONE)):
        await world.verification.opened(who)
        with pytest.raises(Failure) as caught:
            await run(world, "identity.sendCode", {"phone": number}, who)
        seen.add((caught.value.message, *caught.value.data))
    assert len(seen) == 1


@pytest.mark.parametrize(
    "name", ["identity.get", "identity.sendCode", "identity.verifyCode", "identity.choose"]
)
async def test_without_a_connected_shop(world, name):
    given = {"phone": PHONE, "verificationId": "x", "code": "123456", "guest": True}
    world.connections[CHANNEL] = replace(world.connections[CHANNEL], state=ConnectionState.SUSPENDED)
    assert (await refused(world, name, given))[0] == FailureType.NOT_CONNECTED
    unknown = call(channel_id=ChannelId("none"))
    assert (await refused(world, name, given, unknown))[0] == FailureType.NOT_CONNECTED
    assert world.phone.texts == []


async def test_the_mall_away_after_the_code(world):
    world.mall.away = True
    sent = await world.sends(call())
    given = {"verificationId": sent.verification_id, "code": world.phone.code}
    assert (await refused(world, "identity.verifyCode", given))[0] == FailureType.UPSTREAM_UNAVAILABLE
    screen = await world.screens.screen(call(), "accounts", {})
    world.mall.away = False
    assert screen.buttons[0].action == Show("identity", "accounts", {})
    assert (await world.screens.screen(call(), "accounts", {})).fields


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (wire.SendCodeParams, {}),
        (wire.SendCodeParams, {"phone": None}),
        (wire.SendCodeParams, {"phone": 1012345678}),
        (wire.SendCodeParams, {"phone": "0" * 65}),
        (wire.VerifyCodeParams, {"verificationId": "x", "code": 123456}),
        (wire.VerifyCodeParams, {"code": "123456"}),
        (wire.ChooseParams, {}),
        (wire.ChooseParams, {"guest": False}),
        (wire.ChooseParams, {"guest": "true"}),
        (wire.ChooseParams, {"accountRef": "x", "guest": True}),
        (wire.ChooseParams, {"accountRef": ["x"]}),
        (wire.GetParams, "text"),
    ],
)
def test_bad_params(model, given):
    with pytest.raises(ValidationError):
        model.model_validate(given)


# ── screens ─────────────────────────────────────────────────────────────────────────────────────────────────
WANTED = {"nextCommand": "orderList", "nextScreen": "detail", "orderId": "20261122-0000001"}


async def press(world, button, **typed):
    assert isinstance(button.action, Show)
    assert button.action.command == "identity"
    return await world.screens.screen(call(), button.action.screen, {**button.action.input, **typed})


async def test_a_customer_walks_through(world):
    """Number, code, account, and on to the order that was asked for."""
    world.mall.members[E164] = accounts("mina")
    phone = await world.screens.screen(call(), None, WANTED)
    assert phone.fields[0].kind == "tel"
    code = await press(world, phone.submit, phone=PHONE)
    assert code.fields[0].kind == "code"
    assert (code.expires_in, code.buttons[0].available_in) == (180, 60)
    assert "010****5678" in code.lead
    world.clock.pass_(seconds=20)
    again = await press(world, code.submit, code=wrong(world.phone.code))
    assert "4번" in again.fields[0].error
    assert (again.expires_in, again.buttons[0].available_in) == (160, 40)
    shorter = await press(world, again.submit, code="12")
    assert "6자리" in shorter.fields[0].error
    choice = await press(world, shorter.submit, code=world.phone.code)
    assert [one.label for one in choice.fields[0].choices] == ["mi***", "비회원 주문보기"]
    done = await press(world, choice.submit, accountRef=choice.fields[0].choices[0].value)
    assert done.buttons[0].action == Show("orderList", "detail", {"orderId": "20261122-0000001"})


async def test_guest_orders_by_screen(world):
    await world.verifies(call())
    choice = await world.screens.screen(call(), "accounts", {})
    assert choice.fields[0].value == "guest"
    done = await press(world, choice.submit, accountRef="guest")
    assert "010****5678" in done.lead
    assert done.buttons[0].action == Close()


@pytest.mark.parametrize("typed", [{}, {"accountRef": ""}, {"accountRef": "mina"}, {"accountRef": 7}])
async def test_no_choice_asks_again(world, typed):
    world.mall.members[E164] = accounts("mina")
    await world.verifies(call())
    again = await world.screens.screen(call(), "choose", typed)
    assert again.fields[0].error == TEXTS.say(Language.KO, "accounts.pick")
    assert await world.sessions.phone_customer_of(call()) is None


async def test_a_choice_after_the_session_starts_over(world):
    await world.verifies(call())
    world.clock.pass_(minutes=30)
    screen = await world.screens.screen(call(), "choose", {"guest": True})
    assert screen.fields[0].name == "phone"
    assert screen.notices[0].text == TEXTS.say(Language.KO, "error.notIdentified")


async def test_errors_stand_on_the_screen(world):
    phone = await world.screens.screen(call(), "phone", {})
    bad = await press(world, phone.submit, phone="011-123-4567")
    assert bad.fields[0].error == TEXTS.say(Language.KO, "error.invalidNumber")
    assert bad.fields[0].value == "011-123-4567"
    await press(world, phone.submit, phone=PHONE)
    wait = await press(world, phone.submit, phone=PHONE)
    assert "1분" in wait.notices[0].text
    assert any(isinstance(b.action, Run) and b.action.function == "manager.call" for b in wait.buttons)
    gone = await world.screens.screen(
        call(), "verify", {"verificationId": "x", "code": "123456", "phone": PHONE}
    )
    assert gone.notices[0].text == TEXTS.say(Language.KO, "error.expiredCode")
    world.phone.trouble = SmsTrouble.UNAVAILABLE
    failed = await press(world, phone.submit, phone="010-8888-0000")
    assert failed.notices[0].text == TEXTS.say(Language.KO, "error.notSent")


async def test_resending_from_the_code_screen(world):
    phone = await world.screens.screen(call(), "phone", WANTED)
    code = await press(world, phone.submit, phone=PHONE)
    world.clock.pass_(seconds=60)
    again = await press(world, code.buttons[0])
    assert again.expires_in == 180
    assert len(world.phone.texts) == 2
    world.clock.pass_(minutes=10)
    late = await press(world, again.buttons[0])
    assert late.fields[0].name == "phone"
    assert late.fields[0].value == PHONE
    assert len(world.phone.texts) == 2


async def test_five_wrong_codes_lead_back_to_the_number(world):
    phone = await world.screens.screen(call(), "phone", {})
    screen = await press(world, phone.submit, phone=PHONE)
    for _ in range(5):
        screen = await press(world, screen.submit, code=wrong(world.phone.code))
    assert screen.fields[0].name == "phone"
    assert screen.notices[0].text == TEXTS.say(Language.KO, "error.noTriesLeft")


async def test_a_press_that_arrives_twice_is_no_error(world):
    phone = await world.screens.screen(call(), "phone", {})
    code = await press(world, phone.submit, phone=PHONE)
    await press(world, code.submit, code=world.phone.code)
    twice = await press(world, code.submit, code=world.phone.code)
    assert twice.fields[0].name == "accountRef"


async def test_no_texts_no_form(world):
    world.is_offered = False
    screen = await world.screens.screen(call(), None, {})
    assert screen.fields == ()
    assert screen.submit is None
    assert isinstance(screen.buttons[0].action, Run)


async def test_a_forged_next_goes_nowhere(world):
    await world.verifies(call())
    forged = {"nextCommand": "javascript:x", "nextScreen": "<b>", "extra": {"a": 1}, "long": "x" * 500}
    screen = await world.screens.screen(call(), "choose", {**forged, "guest": True})
    assert screen.buttons[0].action == Close()


async def test_an_unknown_screen(world):
    with pytest.raises(Failure) as caught:
        await world.screens.screen(call(), "../x", {})
    assert caught.value.type == FailureType.INVALID_PARAMS


async def test_the_shops_language_speaks_where_channel_names_none(world):
    world.connections[CHANNEL] = replace(world.connections[CHANNEL], settings={"language": "en"})
    assert (await world.screens.screen(call(), "phone", {})).title == "Verify your phone number"
    japanese = call(language=Language.JA, language_given=True)
    assert (await world.screens.screen(japanese, "phone", {})).title == "携帯電話番号の認証"


def test_waits():
    assert [wait_text(Language.KO, n) for n in (0, 1, 59, 60, 61, 3599, 3600, 86400)] == [
        "1초", "1초", "59초", "1분", "2분", "60분", "1시간", "24시간",
    ]  # fmt: skip


def test_texts_have_the_same_keys_and_never_promise_an_identity_check():
    keys = TEXTS.keys(Language.KO)
    assert keys == TEXTS.keys(Language.EN) == TEXTS.keys(Language.JA)
    for language in Language:
        for key in keys:
            assert "본인" not in TEXTS.say(language, key)


# ── leaks ───────────────────────────────────────────────────────────────────────────────────────────────────
async def test_logs_and_database_hold_no_number_and_no_code(world, caplog):
    caplog.set_level(logging.DEBUG)
    world.mall.members[E164] = accounts("mina")
    phone = await world.screens.screen(call(), "phone", {})
    code = await press(world, phone.submit, phone=PHONE)
    await press(world, phone.submit, phone=PHONE)
    await press(world, code.submit, code=wrong(world.phone.code))
    secrets = {
        "01012345678",
        "1012345678",
        "821012345678",
        "10-1234-5678",
        "12345678",
        world.phone.code,
        "mina",
    }
    kept = await dump(world)
    choice = await press(world, code.submit, code=world.phone.code)
    await press(world, choice.submit, accountRef=choice.fields[0].choices[0].value)
    world.phone.trouble = SmsTrouble.UNCERTAIN
    await world.sends(call("u2"), "010-8888-0000")
    kept += await dump(world)
    written = kept + caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "sms_event" in kept
    # bounded, since a hash may hold any six digits
    found = [one for one in (*secrets, "88880000") if re.search(rf"(?<![0-9a-f]){one}(?![0-9a-f])", written)]
    assert found == []


async def dump(world):
    kept = ""
    for table in ("sms_verification", "sms_event", "phone_session", "audit_line", "once", "chat_of_user"):
        rows = await world.database.read(f"SELECT * FROM {table}")
        kept += f"{table} {[dict(row) for row in rows]}"
    return kept
