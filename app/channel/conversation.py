"""What we say into chats and read about their people: the `Conversation` port over native calls."""

import logging
from datetime import datetime, timedelta
from typing import Any

from app.clock import Clock
from app.errors import OffContract, Rejected, Unauthorized, Unavailable
from app.log import say
from app.ports import ChatUser
from commands.kernel.who import ChannelId

from .client import ChannelClient
from .messages import ButtonForm, CommandButton, LinkButton, message
from .wire import chat_user

log = logging.getLogger(__name__)
BOT_NAME = "주문 도우미"
USER_LIFE = timedelta(minutes=5)
MOST_USERS = 10_000


class ChannelConversation:
    def __init__(self, client: ChannelClient, clock: Clock, *, button_form: ButtonForm) -> None:
        self._client = client
        self._clock = clock
        self._form = button_form
        self._users: dict[tuple[str, str], tuple[datetime, ChatUser | None]] = {}

    async def user(self, channel_id: ChannelId, user_id: str) -> ChatUser | None:
        key, now = (channel_id, user_id), self._clock()
        known = self._users.get(key)
        if known and now < known[0]:
            return known[1]
        found = chat_user((await self._read(channel_id, "getUser", userId=user_id)).get("user"))
        if len(self._users) >= MOST_USERS:
            self._users.clear()
        self._users[key] = (now + USER_LIFE, found)
        return found

    def forget(self, channel_id: ChannelId) -> None:
        self._client.forget(channel_id)
        for key in [key for key in self._users if key[0] == channel_id]:
            del self._users[key]

    async def customer_of_chat(self, channel_id: ChannelId, user_chat_id: str) -> ChatUser | None:
        chat = (await self._read(channel_id, "getUserChat", userChatId=user_chat_id)).get("userChat")
        user_id = chat.get("userId") if isinstance(chat, dict) else None
        return await self.user(channel_id, user_id) if isinstance(user_id, str) and user_id else None

    async def names(self, channel_id: ChannelId, manager_id: str) -> tuple[str, str]:
        """Of the channel and of a manager, as people know them; the ids where Channel does not say."""
        return (
            await self._name(channel_id, "channel", channel_id, "getChannel"),
            await self._name(channel_id, "manager", manager_id, "getManager", managerId=manager_id),
        )

    async def _name(
        self, channel_id: ChannelId, member: str, otherwise: str, method: str, **params: str
    ) -> str:
        try:
            named = (await self._read(channel_id, method, **params)).get(member)
        except Unavailable:
            return otherwise
        name = named.get("name") if isinstance(named, dict) else None
        return name if isinstance(name, str) and name else otherwise

    async def _read(self, channel_id: ChannelId, method: str, **params: str) -> dict[str, Any]:
        """Empty where there is no such thing, or we may not look: then nobody is known. Raises `Unavailable`."""
        try:
            return await self._client.call(channel_id, method, channelId=channel_id, **params)
        except Rejected as error:
            if error.wire_code != "notFound":
                say(log, "warning", "channel refused a read", operation=method, code=error.wire_code)
            return {}
        except (Unauthorized, OffContract) as error:
            say(log, "error", "channel refused a read", operation=method, error=type(error).__name__)
            raise Unavailable("channel", method, note="refused") from error

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
        buttons = (CommandButton(command[0], self._client.app_id, command[1]),) if command else ()
        dto = message(
            text, request_id=request_id, bot_name=BOT_NAME, buttons=buttons, private=private, form=self._form
        )
        await self._client.call(
            channel_id, "writeUserChatMessage", channelId=channel_id, userChatId=user_chat_id, dto=dto
        )

    async def write_to_group(
        self, channel_id: ChannelId, group_id: str, text: str, *, request_id: str, link: tuple[str, str]
    ) -> None:
        dto = message(
            text, request_id=request_id, bot_name=BOT_NAME, buttons=(LinkButton(*link),), form=self._form
        )
        await self._client.call(
            channel_id, "writeGroupMessage", channelId=channel_id, groupId=group_id, dto=dto
        )

    async def open_for_team(self, channel_id: ChannelId, user_chat_id: str) -> None:
        await self._client.call(
            channel_id,
            "updateUserChatState",
            channelId=channel_id,
            userChatId=user_chat_id,
            state="USER_CHAT_STATE_OPENED",
            botName=BOT_NAME,
        )
