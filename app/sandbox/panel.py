"""실험실: what a visitor of the sandbox may switch, plant, send and see. One act, one sentence of answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from app.sandbox.cafe24.back_office import ActImpossible
from app.sandbox.cafe24.launch import launch_query
from app.sandbox.cafe24.ledger import Act
from app.sandbox.cafe24.state import Mall, Malls
from app.sandbox.cafe24.webhooks import USUAL_CODES, Webhook
from app.sandbox.channel.people import Chat, Manager
from app.sandbox.channel.routes import CHANNEL_FAULTS
from app.sandbox.channel.state import ChannelTalk
from app.sandbox.faults import FAULTS, Faults
from app.sandbox.mall_settings import SettingRefused, change
from app.sandbox.personas import Persona, personas_of
from app.sandbox.phone.inbox import Phone
from app.sandbox.phone.sender import SMS_FAULTS
from app.sandbox.wms.levers import LeverStuck, Warehouse
from app.sandbox.wms.meeting import WMS_FAULTS

LANGUAGES = {"ko": "한국어", "en": "English", "ja": "日本語"}
SHOP_NO = 1  # the panel shows the main shop
REJECTED_BECAUSE = "이미 포장을 마쳤습니다."
BACK_OFFICE = {
    "accept": "{}신청을 접수했습니다.",
    "reject": "{}신청을 거절했습니다.",
    "ship": "발송했습니다.",
    "deliver": "배송을 마쳤습니다.",
    "collect": "상품을 수거했습니다.",
    "complete": "환불 또는 교환을 마쳤습니다.",
}
CLAIM_WORDS = {90026: "취소 ", 90027: "반품 ", 90028: "교환 "}
Body = dict[str, Any]


class ActRefused(Exception):
    """The panel cannot do this; the text is for the visitor."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of the product are. Paths stay on this origin; `webhooks` is a full address."""

    webhooks: str
    webhook_key: str
    launch: str = "/cafe24/launch"
    console: str = "/console"
    wam: str = "/wam"


class Panel:
    """The visitor's choices, and the levers of all simulated systems."""

    def __init__(
        self,
        talk: ChannelTalk,
        malls: Malls,
        phone: Phone,
        places: Places,
        *,
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
        mall_id: str | None = None,
        sms_faults: Faults | None = None,
        warehouse: Warehouse | None = None,
    ) -> None:
        self.talk = talk
        self.malls = malls
        self.mall: Mall = malls[mall_id or next(iter(malls))]
        self.phone = phone
        self.places = places
        self.now = now
        self._http = http
        self.personas = {persona.key: persona for persona in personas_of(self.mall)}
        self.persona: Persona = next(iter(self.personas.values()))
        self.manager: Manager = next(iter(talk.managers.values()))
        self.language = "ko"
        self.appearance = "light"
        self.version = 0
        self.faults = {"mall": malls.faults, "channel": talk.faults, "sms": sms_faults or Faults()}
        self.known_faults = {"mall": tuple(FAULTS), "channel": CHANNEL_FAULTS, "sms": tuple(SMS_FAULTS)}
        self._acts: dict[str, Callable[[Body], Awaitable[str]]] = {
            "persona": self._be,
            "language": self._speak,
            "appearance": self._dress,
            "manager": self._sit_down,
            "setting": self._set,
            "fault": self._plant,
            "clearFaults": self._mend,
            "resetCalls": self._forget_calls,
            "switch": self._switch,
            "toggle": self._toggle,
            "install": self._install,
            "uninstall": self._uninstall,
            "webhook": self._send_webhook,
            "backOffice": self._do_in_back_office,
        }
        self.warehouse = warehouse
        if warehouse:
            self._acts |= warehouse.acts()
            self.faults["wms"], self.known_faults["wms"] = warehouse.faults, WMS_FAULTS

    def front_chat(self) -> Chat:
        """The chat of the customer that the visitor is now."""
        user = self.talk.users.setdefault(self.persona.user.id, self.persona.user)
        chat_id = f"chat-{user.id.removeprefix('user-')}"
        known = self.talk.chats.get(chat_id)
        if known is not None:
            return known
        chat = Chat(chat_id, "userChat", self.persona.label, user.id)
        return self.talk.open_chat(chat)

    async def act(self, body: Body) -> str:
        """Does one thing; the sentence for the visitor, or `ActRefused`."""
        doing = self._acts.get(str(body.get("act")))
        if doing is None:
            raise ActRefused("모르는 동작입니다.")
        try:
            said = await doing(body)
        except LeverStuck as stuck:
            raise ActRefused(str(stuck)) from stuck
        self.version += 1
        return said

    def launch_url(self, user_id: str) -> str:
        """「앱 열기」 of the simulated back office, signed now."""
        operator = next((row for row in self.mall.operators if row["user_id"] == user_id), None)
        if operator is None:
            raise ActRefused("이 몰에 없는 운영자입니다.")
        kind = operator["admin_type"]
        query = launch_query(self.mall, self.malls.client_secret, self.now, user_id, kind)
        return f"{self.places.launch}?{query}"

    async def _be(self, body: Body) -> str:
        persona = self.personas.get(str(body.get("key")))
        if persona is None:
            raise ActRefused("모르는 고객입니다.")
        self.persona = persona
        return f"이제 {persona.label}입니다."

    async def _speak(self, body: Body) -> str:
        if body.get("value") not in LANGUAGES:
            raise ActRefused("모르는 언어입니다.")
        self.language = body["value"]
        return f"언어: {LANGUAGES[self.language]}"

    async def _dress(self, body: Body) -> str:
        self.appearance = "dark" if body.get("value") == "dark" else "light"
        return "화면 모드를 바꾸었습니다."

    async def _sit_down(self, body: Body) -> str:
        manager = self.talk.managers.get(str(body.get("id")))
        if manager is None:
            raise ActRefused("모르는 매니저입니다.")
        self.manager = manager
        return f"이제 {manager.name} 매니저입니다."

    async def _set(self, body: Body) -> str:
        try:
            change(self.mall, SHOP_NO, str(body.get("name")), body.get("value"))
        except SettingRefused as refused:
            raise ActRefused(str(refused)) from refused
        return "몰 설정을 바꾸었습니다. 이미 읽은 설정은 몇 분 뒤에 바뀔 수 있습니다."

    async def _plant(self, body: Body) -> str:
        system, fault = str(body.get("system")), str(body.get("fault"))
        if fault.partition(":")[0] not in self.known_faults.get(system, ()):
            raise ActRefused("모르는 고장입니다.")
        self.faults[system].inject(fault)
        return f"다음 호출에 고장을 심었습니다: {fault}"

    async def _mend(self, _body: Body) -> str:
        for faults in self.faults.values():
            faults.clear()
        return "심은 고장을 모두 지웠습니다."

    async def _forget_calls(self, _body: Body) -> str:
        self.mall.reset_calls()
        self.talk.endpoint.sent.clear()
        return "호출 기록을 지웠습니다."

    async def _switch(self, body: Body) -> str:
        on = body.get("on") is True
        if body.get("name") == "contextNamesUser":
            self.talk.context_names_user = on
        elif body.get("name") == "deliverTwice":
            self.talk.endpoint.deliver_twice = on
        elif body.get("name") == "versionless":
            self.talk.endpoint.versionless = on
        elif body.get("name") == "autoPickup":
            self.mall.auto_pickup = on
        else:
            raise ActRefused("모르는 스위치입니다.")
        return "켰습니다." if on else "껐습니다."

    async def _toggle(self, body: Body) -> str:
        key = (str(body.get("scope")), str(body.get("name")))
        if all((row["scope"], row["name"]) != key for row in self.talk.registered.commands):
            raise ActRefused("모르는 명령입니다.")
        return _heard(await self.talk.toggle(*key, shown=body.get("shown") is True))

    async def _install(self, _body: Body) -> str:
        return _heard(await self.talk.install())

    async def _uninstall(self, _body: Body) -> str:
        return _heard(await self.talk.uninstall())

    async def _send_webhook(self, body: Body) -> str:
        event_no, order_id = body.get("eventNo"), body.get("orderId")
        if event_no not in USUAL_CODES or order_id not in self.mall.orders:
            raise ActRefused("이벤트와 주문을 골라 주세요.")
        status = await self._post(self.mall.order_webhook(event_no, order_id, self.places.webhook_key))
        return f"웹훅 {event_no}을 보냈고, 앱은 HTTP {status}로 답했습니다."

    async def _do_in_back_office(self, body: Body) -> str:
        """What an operator does with an order, and the webhook that follows."""
        doing, order_id = str(body.get("do")), str(body.get("orderId"))
        if doing not in BACK_OFFICE or order_id not in self.mall.orders:
            raise ActRefused("할 일과 주문을 골라 주세요.")
        try:
            act = self._in_mall(doing, order_id)
        except ActImpossible as impossible:
            raise ActRefused("이 주문에는 그렇게 할 수 있는 품목이 없습니다.") from impossible
        status = await self._post(self.mall.act_webhook(act, self.places.webhook_key))
        said = BACK_OFFICE[doing].format(CLAIM_WORDS.get(act.event_no, ""))
        return f"{said} 웹훅 {act.event_no}에 앱은 HTTP {status}로 답했습니다."

    def _in_mall(self, doing: str, order_id: str) -> Act:
        if doing == "accept":
            return self.mall.accept_request(order_id)
        if doing == "reject":
            return self.mall.reject_request(order_id, reason=REJECTED_BECAUSE)
        doings: dict[str, Callable[[str], Act]] = {
            "deliver": self.mall.deliver,
            "collect": self.mall.collect,
            "complete": self.mall.complete,
        }
        return doings.get(doing, self.mall.ship)(order_id)

    async def _post(self, webhook: Webhook) -> int:
        try:
            answer = await self._http.post(
                self.places.webhooks, content=webhook.body, headers=webhook.headers
            )
        except httpx.HTTPError as error:
            raise ActRefused("앱에 닿지 못했습니다.") from error
        return answer.status_code


def _heard(trouble: str | None) -> str:
    """What came of a hook."""
    if trouble is None:
        return "앱에 알렸고, 앱이 받았습니다."
    return (
        "앱이 이 훅을 등록하지 않아 알리지 못했습니다."
        if trouble == "notRegistered"
        else f"앱의 답: {trouble}"
    )
