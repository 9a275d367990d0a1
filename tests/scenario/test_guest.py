"""A customer who is not logged in proves a phone number and sees the orders behind it (H53–H55)."""

import re

from tests.world import HandClock, Road

from .verbs import (
    GUEST_PHONE,
    STRANGER_PHONE,
    TWO_ACCOUNTS_PHONE,
    another_code,
    customer_asks_for_a_code,
    customer_verifies,
    guest_enters,
    newest_code,
    on_sqlite,
    orders_of,
    refused,
)


async def test_a_guest_from_the_command_to_the_orders(road: Road) -> None:
    """H53, H55: the command opens the phone screen; code, wrong code, right code, guest orders, the list."""
    guest = road.user("u-guest")
    opened = await road.customer_calls(guest, "orderList.open")
    assert opened["attributes"]["name"] == "identity"
    assert opened["attributes"]["wamArgs"]["nextCommand"] == "orderList"
    assert (await road.customer_calls(guest, "identity.get"))["state"] == "none"
    screen = await road.customer_calls(guest, "identity.screen", {"screen": "phone"})
    assert 'type="tel"' in screen["html"]

    sent = await road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE})
    assert (sent["expiresIn"], sent["resendAfter"]) == (180, 60)
    assert "2001" in sent["maskedPhone"]
    assert "0000" not in sent["maskedPhone"]
    assert road.outbox.messages[-1].to == "+821000002001"
    code = newest_code(road)
    assert code not in str(sent)

    tried = {"verificationId": sent["verificationId"], "code": another_code(code)}
    wrong = await refused(road.customer_calls(guest, "identity.verifyCode", tried))
    assert (wrong.code, wrong.kind, wrong.data) == (1, "wrongCode", {"left": 4})
    assert road.mall_calls == []

    offered = await road.customer_calls(guest, "identity.verifyCode", tried | {"code": code})
    assert offered == {"accounts": [], "guestOrders": True}
    assert (await refused(road.customer_calls(guest, "orderList.view"))).kind == "notIdentified"
    chosen = await road.customer_calls(guest, "identity.choose", {"guest": True})
    assert chosen["state"] == "guest"
    assert "2001" in chosen["label"]

    orders = await orders_of(road, guest)
    mall = road.world.malls["hanokmall"]
    assert len(orders) == 2
    assert {mall.orders[o].buyer.cellphone for o in orders} == {GUEST_PHONE}
    assert all(mall.orders[o].is_guest for o in orders)
    opened = await road.customer_calls(guest, "orderList.open")
    assert opened["attributes"]["name"] == "orderList"


async def test_two_accounts_on_one_number_and_the_customer_chooses(road: Road) -> None:
    """H54: both accounts are offered, masked, and the one that was chosen is seen."""
    visitor = road.user("u-visitor")
    offered = await customer_verifies(road, visitor, TWO_ACCOUNTS_PHONE)
    labels = [account["label"] for account in offered["accounts"]]
    assert len(set(labels)) == 2
    assert "sora" not in labels
    assert "sora2" not in labels
    assert "sora2" not in str(offered)
    seen = []
    for account in offered["accounts"]:
        chosen = await road.customer_calls(visitor, "identity.choose", {"accountRef": account["accountRef"]})
        assert chosen["state"] == "member"
        orders = (await road.customer_calls(visitor, "orderList.view"))["orders"]
        mall = road.world.malls["hanokmall"]
        seen.append({mall.orders[o["orderId"]].buyer.member_id for o in orders})
    assert {"sora"} in seen
    assert seen in ([{"sora"}, {"sora2"}], [{"sora2"}, {"sora"}], [{"sora"}, set()], [set(), {"sora"}])


@on_sqlite
async def test_an_account_ref_of_another_session_is_worth_nothing(road: Road) -> None:
    visitor, thief = road.user("u-visitor"), road.user("u-thief")
    offered = await customer_verifies(road, visitor, TWO_ACCOUNTS_PHONE)
    await customer_verifies(road, thief, STRANGER_PHONE)
    for ref in (offered["accounts"][0]["accountRef"], "sora", ""):
        failure = await refused(road.customer_calls(thief, "identity.choose", {"accountRef": ref}))
        assert failure.kind == "notIdentified"
    assert (await road.customer_calls(thief, "identity.get"))["state"] == "none"


@on_sqlite
async def test_known_and_unknown_numbers_look_alike_and_cost_no_mall_call(road: Road) -> None:
    """DESIGN §4.2: nothing before the right code tells whether the mall knows a number."""
    answers, screens = [], []
    for name, phone in (("known", GUEST_PHONE), ("unknown", STRANGER_PHONE), ("two", TWO_ACCOUNTS_PHONE)):
        user = road.user(f"u-{name}")
        answers.append(await customer_asks_for_a_code(road, user, phone))
        wrong = {"verificationId": answers[-1]["verificationId"], "code": another_code(newest_code(road))}
        failure = await refused(road.customer_calls(user, "identity.verifyCode", wrong))
        screens.append((failure.kind, failure.message, failure.data))
    assert {tuple(a) for a in answers} == {("verificationId", "maskedPhone", "expiresIn", "resendAfter")}
    assert len({(a["expiresIn"], a["resendAfter"], len(a["maskedPhone"])) for a in answers}) == 1
    assert len({str(s) for s in screens}) == 1
    assert len(road.outbox.messages) == 3
    assert road.mall_calls == []


@on_sqlite
async def test_a_number_without_orders_learns_why(road: Road) -> None:
    stranger = road.user("u-stranger")
    await guest_enters(road, stranger, STRANGER_PHONE)
    answer = await road.customer_calls(stranger, "orderList.view")
    assert answer["orders"] == []
    assert [f["code"] for f in answer["why"]["findings"]] == ["no_guest_orders_in_three_months"]


@on_sqlite
async def test_a_session_ends_after_half_an_hour_without_use(road: Road, clock: HandClock) -> None:
    guest = road.user("u-guest")
    await guest_enters(road, guest)
    for _ in range(3):
        clock.forward(minutes=29)
        assert len(await orders_of(road, guest)) == 2
    clock.forward(minutes=30)
    assert (await refused(road.customer_calls(guest, "orderList.view"))).kind == "notIdentified"
    assert (await road.customer_calls(guest, "identity.get")) == {"state": "none"}


@on_sqlite
async def test_a_session_ends_after_twelve_hours_however_busy(road: Road, clock: HandClock) -> None:
    guest = road.user("u-guest")
    await guest_enters(road, guest)
    for _ in range(12 * 3 - 1):
        clock.forward(minutes=20)
        assert (await road.customer_calls(guest, "identity.get"))["state"] == "guest"
    clock.forward(minutes=20)
    assert (await road.customer_calls(guest, "identity.get"))["state"] == "none"


async def test_a_session_and_a_code_belong_to_one_chat_user(road: Road) -> None:
    """DESIGN §1.5: neither the session nor the code of somebody else opens anything."""
    guest, thief = road.user("u-guest"), road.user("u-thief")
    sent = await customer_asks_for_a_code(road, guest, GUEST_PHONE)
    right = {"verificationId": sent["verificationId"], "code": newest_code(road)}
    assert (await refused(road.customer_calls(thief, "identity.verifyCode", right))).kind == "expiredCode"
    await road.customer_calls(guest, "identity.verifyCode", right)
    await road.customer_calls(guest, "identity.choose", {"guest": True})
    assert len(await orders_of(road, guest)) == 2
    assert (await refused(road.customer_calls(thief, "orderList.view"))).kind == "notIdentified"
    assert (
        await refused(road.customer_calls(thief, "identity.choose", {"guest": True}))
    ).kind == "notIdentified"
    foreign = (await orders_of(road, guest))[0]
    await guest_enters(road, thief, STRANGER_PHONE)
    failure = await refused(road.customer_calls(thief, "orderList.detail", {"orderId": foreign}))
    assert (failure.code, failure.kind) == (3, "notFound")


@on_sqlite
async def test_ending_the_session_on_demand(road: Road) -> None:
    guest = road.user("u-guest")
    await guest_enters(road, guest)
    assert (await road.customer_calls(guest, "identity.end"))["state"] == "none"
    assert (await refused(road.customer_calls(guest, "orderList.view"))).kind == "notIdentified"


async def test_codes_wear_out(road: Road, clock: HandClock) -> None:
    """Five tries, three minutes, one use: then absent, expired, used and exhausted are one answer."""
    guest = road.user("u-guest")
    sent = await customer_asks_for_a_code(road, guest, GUEST_PHONE)
    code = newest_code(road)
    tried = {"verificationId": sent["verificationId"], "code": another_code(code)}
    left = [(await refused(road.customer_calls(guest, "identity.verifyCode", tried))).data for _ in range(5)]
    assert left == [{"left": n} for n in (4, 3, 2, 1, 0)]
    answers = [await refused(road.customer_calls(guest, "identity.verifyCode", tried | {"code": code}))]
    clock.forward(seconds=61)
    sent = await customer_asks_for_a_code(road, guest, GUEST_PHONE)
    clock.forward(seconds=180)
    late = {"verificationId": sent["verificationId"], "code": newest_code(road)}
    answers.append(await refused(road.customer_calls(guest, "identity.verifyCode", late)))
    unknown = {"verificationId": "00000000-0000-4000-8000-000000000000", "code": code}
    answers.append(await refused(road.customer_calls(guest, "identity.verifyCode", unknown)))
    answers.append(
        await refused(road.customer_calls(guest, "identity.verifyCode", unknown | {"verificationId": "x"}))
    )
    sent = await customer_asks_for_a_code(road, guest, GUEST_PHONE)
    right = {"verificationId": sent["verificationId"], "code": newest_code(road)}
    await road.customer_calls(guest, "identity.verifyCode", right)
    answers.append(await refused(road.customer_calls(guest, "identity.verifyCode", right)))
    assert {(a.code, a.kind, a.message, str(a.data)) for a in answers} == {
        (1, "expiredCode", answers[0].message, "None")
    }


@on_sqlite
async def test_asking_too_often_is_told_with_the_seconds_to_wait(road: Road, clock: HandClock) -> None:
    guest = road.user("u-guest")
    await customer_asks_for_a_code(road, guest, GUEST_PHONE)
    clock.forward(seconds=20)
    failure = await refused(road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE}))
    assert (failure.code, failure.kind, failure.data) == (1, "tooMany", {"retryAfter": 40})
    clock.forward(seconds=40)
    await road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE})
    clock.forward(seconds=60)
    await road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE})
    clock.forward(seconds=60)
    failure = await refused(road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE}))
    assert failure.kind == "tooMany"
    assert failure.data["retryAfter"] == 600 - 180
    assert len(road.outbox.messages) == 3


@on_sqlite
async def test_no_code_without_the_screen(road: Road, clock: HandClock) -> None:
    """The nonce is set by the screen, on our side, for ten minutes."""
    guest = road.user("u-guest")
    failure = await refused(road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE}))
    assert failure.kind == "notIdentified"
    await road.customer_calls(guest, "identity.screen", {"screen": "phone"})
    clock.forward(minutes=10)
    assert (await refused(road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE}))).kind == (
        "notIdentified"
    )
    assert list(road.outbox.messages) == []


@on_sqlite
async def test_only_korean_mobile_numbers(road: Road) -> None:
    guest = road.user("u-guest")
    await road.customer_calls(guest, "identity.screen", {"screen": "phone"})
    for phone in ("02-123-4567", "+1 202 555 0100", "010-12", "０１０-0000-2001x", "", "<b>"):
        failure = await refused(road.customer_calls(guest, "identity.sendCode", {"phone": phone}))
        assert (failure.code, failure.kind, failure.data) == (2, "invalidParams", {"member": "phone"}), phone
    assert list(road.outbox.messages) == []


@on_sqlite
async def test_the_whole_way_on_screens_only(road: Road) -> None:
    """As the WAM goes it: each step is one call of identity.screen."""
    guest = road.user("u-guest")

    async def shown(screen: str, **given: object) -> str:
        params = {"screen": screen, "input": {"nextCommand": "orderList", "nextScreen": "list", **given}}
        html: str = (await road.customer_calls(guest, "identity.screen", params))["html"]
        return html

    await shown("phone")
    html = await shown("send", phone=GUEST_PHONE)
    assert "one-time-code" in html
    carried = re.search(r'"verificationId": "([0-9a-f-]{36})"', html)
    assert carried
    verification_id = carried[1]
    html = await shown("verify", phone=GUEST_PHONE, verificationId=verification_id, code=newest_code(road))
    assert "비회원 주문보기" in html
    html = await shown("choose", guest=True)
    assert "orderList" in html
    assert len(await orders_of(road, guest)) == 2
