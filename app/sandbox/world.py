"""The outside systems, simulated, on one origin: what `jumun sandbox` and the scenarios stand in.

Everything is reached over HTTP as in the real world; nothing here knows the application but its address.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.routing import BaseRoute, Mount

from app.sandbox.cafe24.routes import cafe24_app
from app.sandbox.cafe24.state import Malls, load_shop
from app.sandbox.channel.functions import AppEndpoint, Caller
from app.sandbox.channel.routes import channel_app
from app.sandbox.channel.state import ChannelTalk, Portal
from app.sandbox.channel.wms_app import WmsApp
from app.sandbox.faults import Faults
from app.sandbox.page import sandbox_routes
from app.sandbox.panel import Panel, Places
from app.sandbox.phone.inbox import Phone
from app.sandbox.postcodes import postcodes_app
from app.sandbox.wms.levers import NO_KEYS, WMS_APP, Warehouse, WarehouseKeys

SHOPS = Path(__file__).parents[2] / "fixtures" / "shops"
DEMO_SHOPS = ("hanok", "empty")
MALL_MOUNT, CHANNEL_MOUNT = "/simulated/cafe24", "/simulated/channel"
SELLMATE_MOUNT, FASSTO_MOUNT = "/simulated/sellmate", "/simulated/fassto"
POSTCODES_MOUNT = "/simulated/postcodes"
SELLMATE_ASSUMED = ("orders", "packages", "hold", "cancel", "return", "exchange", "restore", "changeAddress")
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
_ACTION = re.compile(r'<form[^>]*action="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made anew at each start; none of them opens anything real."""

    app_id: str = "sandbox-app"
    app_secret: str = ""
    signing_key: str = ""
    client_id: str = "sandbox-client"
    client_secret: str = ""
    webhook_key: str = ""
    warehouse: WarehouseKeys = NO_KEYS

    @classmethod
    def new(cls, signing_key: str | None = None) -> "Secrets":
        return cls(
            app_secret=secrets.token_hex(16),
            signing_key=signing_key or secrets.token_hex(32),
            client_secret=secrets.token_hex(16),
            webhook_key=secrets.token_hex(16),
            warehouse=WarehouseKeys(secrets.token_hex(16), secrets.token_hex(16)),
        )


class World:
    """`origin`: where the application and the simulators answer. `letters`: the text messages sent so far."""

    def __init__(
        self,
        origin: str,
        *,
        now: Callable[[], datetime],
        scopes: Sequence[str],
        letters: Callable[[], Sequence[Mapping[str, Any]]],
        client: httpx.AsyncClient,
        shops: Sequence[str] = DEMO_SHOPS,
        signing_key: str | None = None,
    ) -> None:
        self.origin = origin
        self.secrets = Secrets.new(signing_key)
        self.client = client
        self.malls = Malls(
            [load_shop(SHOPS / name, now) for name in shops],
            now=now,
            client_id=self.secrets.client_id,
            client_secret=self.secrets.client_secret,
            scopes=frozenset(scopes),
            redirect_uris=(f"{origin}/cafe24/callback",),
        )
        endpoint = AppEndpoint(client, f"{origin}/functions", self.secrets.signing_key)
        portal = Portal(self.secrets.app_id, self.secrets.app_secret)
        self.talk = ChannelTalk(portal, endpoint, now=now)
        self.sms_faults = Faults()
        demo = next(iter(self.malls))
        self.warehouse = Warehouse(self.malls[demo], self.talk, self.secrets.warehouse, now=now)
        self.wms_app = WmsApp(self.warehouse.depot)
        self.talk.other_apps[WMS_APP] = self.wms_app.answer
        places = Places(webhooks=f"{origin}/cafe24/webhooks", webhook_key=self.secrets.webhook_key)
        self.panel = Panel(
            self.talk,
            self.malls,
            Phone(letters),
            places,
            http=client,
            now=now,
            mall_id=demo,
            sms_faults=self.sms_faults,
            warehouse=self.warehouse,
        )

    def routes(self) -> list[BaseRoute]:
        return [
            *sandbox_routes(self.panel),
            Mount(MALL_MOUNT, cafe24_app(self.malls)),
            Mount(CHANNEL_MOUNT, channel_app(self.talk)),
            Mount(SELLMATE_MOUNT, self.warehouse.sellmate.app()),
            Mount(FASSTO_MOUNT, self.warehouse.fassto.app()),
            Mount(POSTCODES_MOUNT, postcodes_app(self.malls.values())),
        ]

    def settings(self) -> dict[str, object]:
        """The process settings that put the simulators in the place of the real systems."""
        keys = self.secrets
        return {
            "public_url": self.origin,
            "channel_app_id": keys.app_id,
            "channel_app_secret": keys.app_secret,
            "channel_signing_key": keys.signing_key,
            "channel_appstore_url": self.origin + CHANNEL_MOUNT,
            "wam_frame_ancestors": "'self'",
            "cafe24_client_id": keys.client_id,
            "cafe24_client_secret": keys.client_secret,
            "cafe24_webhook_keys": (keys.webhook_key,),
            "cafe24_api_url": self.origin + MALL_MOUNT + "/{mall_id}",
            "sms_provider": "outbox",
            "sellmate_api_url": self.origin + SELLMATE_MOUNT + "/external/{domain}",
            "sellmate_client_id": "partner",
            "sellmate_client_secret": keys.warehouse.partner_secret,
            "sellmate_assumed": SELLMATE_ASSUMED,
            "fassto_api_url": self.origin + FASSTO_MOUNT,
            "postcode_search_url": f"{self.origin}{POSTCODES_MOUNT}/places",
        }

    async def goes_live(self) -> None:
        """The manager has looked at everything and lets customers confirm: cancels are completed."""
        cancel = {"mode": "complete", "completeScope": ["N10", "N20", "N21", "N22"]}
        patch = {"mode": "live", "identity": {"memberHashConfirmed": True}, "cancel": cancel}
        manager = Caller("manager", next(iter(self.talk.managers)))
        await self.talk.call_function("settings.update", {"patch": patch}, caller=manager)

    async def connect(self, mall_id: str, *, manager_id: str | None = None) -> httpx.Response:
        """Connects as people would: a manager starts, the operator consents, the manager says yes again."""
        manager = manager_id or next(iter(self.talk.managers))
        started = await self.talk.call_function(
            "connection.start", {"mallId": mall_id}, caller=Caller("manager", manager)
        )
        operator = next(o["user_id"] for o in self.malls[mall_id].operators if o["admin_type"] == "P")
        consent = {"operator": operator, "decision": "agree"}
        back = await self.client.post(started["authorizeUrl"], data=consent)
        page = await self.client.get(back.headers["location"])
        action = _ACTION.search(page.text)
        path = unescape(action[1]) if action else urlsplit(back.headers["location"]).path
        fields = _hidden_fields(page.text) | {"answer": "yes"}
        return await self.client.post(self.origin + path, data=fields, headers={"origin": self.origin})


def _hidden_fields(page: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in _HIDDEN.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if "name" in attributes:
            found[unescape(attributes["name"])] = unescape(attributes.get("value", ""))
    return found
