"""The `customtab` extension: a tab of the desk with the customer's orders, and one with the claims that wait."""

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from app.ports import Call, Function, Surface
from commands.kernel.who import Language
from commands.shapes import Params, Shape

from .commerce_wire import NoParams
from .words import WORDS

GET_TABS = "extension.customtab.metadata.getCustomTabs"
ChatToken = Callable[[Call, str], str]
ORDERS_TAB, CLAIMS_TAB = "jumun-orders", "jumun-claims"
ORDERS_SCREEN, CLAIMS_SCREEN = "orderList", "claims"


class TabName(Shape):
    name: str = Field(min_length=1, max_length=30)


class Tab(Shape):
    name: str = Field(min_length=1, max_length=30, pattern=r"^[a-zA-Z_-]*$")
    action_function_name: str = Field(min_length=1)
    system_version: str = "v1"
    name_i18n_map: dict[Language, TabName] = Field(alias="nameI18nMap")


class TabList(Shape):
    custom_tabs: list[Tab] = Field(max_length=5)


class TabParams(Params):
    language: str | None = None
    wam_args: dict[str, Any] | None = None


class TabAction(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    type: str = Field(min_length=1)
    attributes: dict[str, Any]


class CustomTabs:
    """`chat_token(call, chat_id)` lets the manager act for the customer of that chat."""

    def __init__(self, app_id: str, chat_token: ChatToken) -> None:
        self._app_id = app_id
        self._chat_token = chat_token

    def functions(self) -> list[Function]:
        desk = frozenset({Surface.MANAGER})
        return [
            Function(GET_TABS, NoParams, TabList, self.tabs, frozenset(Surface)),
            Function("customtab.orders", TabParams, TabAction, self.orders, desk),
            Function("customtab.claims", TabParams, TabAction, self.claims, desk),
        ]

    async def tabs(self, _call: Call, _params: NoParams) -> TabList:
        return TabList(
            custom_tabs=[_tab(ORDERS_TAB, "customtab.orders"), _tab(CLAIMS_TAB, "customtab.claims")]
        )

    async def orders(self, call: Call, params: TabParams) -> TabAction:
        """Without a chat there is no customer: then the claims that wait."""
        given = (params.wam_args or {}).get("chatId")
        chat_id = call.user_chat_id or (given if isinstance(given, str) and len(given) <= 200 else None)
        if not chat_id:
            return self._wam(CLAIMS_SCREEN, call)
        return self._wam(ORDERS_SCREEN, call, chatToken=self._chat_token(call, chat_id))

    async def claims(self, call: Call, _params: TabParams) -> TabAction:
        return self._wam(CLAIMS_SCREEN, call)

    def _wam(self, name: str, call: Call, **more: str) -> TabAction:
        arguments = {"language": call.language.value, **more}
        return TabAction(type="wam", attributes={"appId": self._app_id, "name": name, "wamArgs": arguments})


def _tab(name: str, function: str) -> Tab:
    names = {language: TabName(name=WORDS.say(language, f"tab.{name}")) for language in Language}
    return Tab(name=name, action_function_name=function, name_i18n_map=names)
