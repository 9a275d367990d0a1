"""What we say into chats and read about their people: the `Conversation` port over native calls."""

from datetime import datetime, timedelta

from app.clock import Clock
from app.errors import Rejected
from app.ports import ChatUser
from commands.kernel.who import ChannelId

from .client import ChannelClient
from .messages import ButtonForm, CommandButton, message
from .wire import chat_user

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
        try:
            answer = await self._client.call(channel_id, "getUser", channelId=channel_id, userId=user_id)
        except Rejected:
            answer = {}
        found = chat_user(answer.get("user"))
        if len(self._users) >= MOST_USERS:
            self._users.clear()
        self._users[key] = (now + USER_LIFE, found)
        return found

    def forget(self, channel_id: ChannelId) -> None:
        for key in [key for key in self._users if key[0] == channel_id]:
            del self._users[key]

    async def customer_of_chat(self, channel_id: ChannelId, user_chat_id: str) -> ChatUser | None:
        try:
            answer = await self._client.call(
                channel_id, "getUserChat", channelId=channel_id, userChatId=user_chat_id
            )
        except Rejected:
            return None
        user_id = (answer.get("userChat") or {}).get("userId")
        return await self.user(channel_id, user_id) if isinstance(user_id, str) and user_id else None

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

    async def open_for_team(self, channel_id: ChannelId, user_chat_id: str) -> None:
        await self._client.call(
            channel_id,
            "updateUserChatState",
            channelId=channel_id,
            userChatId=user_chat_id,
            state="USER_CHAT_STATE_OPENED",
            botName=BOT_NAME,
        )
