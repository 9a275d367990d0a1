"""The native calls of a channel: what each needs, changes and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.sandbox.channel.errors import absent, invalid
from app.sandbox.channel.message import Message, check, check_option
from app.sandbox.channel.people import CHAT_STATES, Chat
from app.sandbox.channel.state import ChannelTalk

Params = dict[str, Any]
Answer = dict[str, Any]
Handler = Callable[[ChannelTalk, Params], Answer]


def answer(talk: ChannelTalk, method: str, params: Params) -> Answer:
    """The result of a call that was allowed already."""
    return _HANDLERS[method](talk, params)


def _write_as_app(talk: ChannelTalk, params: Params) -> Answer:
    dto = check(params.get("dto"))
    name = dto.get("botName") or "주문 도우미"
    return _written(_add(talk, _user_chat(talk, params), dto, "bot", None, name))


def _write_as_manager(talk: ChannelTalk, params: Params) -> Answer:
    dto = check(params.get("dto"))
    manager = talk.managers.get(dto.get("managerId", ""))
    if manager is None:
        raise invalid("dto.managerId is required")
    return _written(_add(talk, _user_chat(talk, params), dto, "manager", manager.id, manager.name))


def _write_as_user(talk: ChannelTalk, params: Params) -> Answer:
    dto = check(params.get("dto"))
    chat = _user_chat(talk, params)
    if chat.user_id is None or dto.get("userId") != chat.user_id:
        raise invalid("dto.userId must be the customer of the chat")
    return _written(_add(talk, chat, dto, "user", chat.user_id, talk.user(chat.user_id).name))


def _write_group(talk: ChannelTalk, params: Params) -> Answer:
    dto = check(params.get("dto"))
    chat = talk.chat(_need(params, "groupId"), "group")
    return _written(_add(talk, chat, dto, "bot", None, dto.get("botName") or "주문 도우미"))


def _patch_message(talk: ChannelTalk, params: Params) -> Answer:
    chat = talk.chat(_need(params, "chatId"), _need(params, "chatType"))
    wanted = _need(params, "messageId")
    message = next((message for message in chat.messages if message.id == wanted), None)
    if message is None:
        raise absent("message")
    body = params.get("body")
    mask = params.get("updateMask")
    paths = (
        mask.get("paths") if isinstance(mask, dict) else mask.split(",") if isinstance(mask, str) else mask
    )
    if not isinstance(body, dict) or not isinstance(paths, list) or set(paths) - {"options", "state"}:
        raise invalid("updateMask: options and state may be changed")
    if "options" in paths:
        options = body.get("options") or []
        for option in options:
            check_option(option)
        message.options = list(options)
        talk.version += 1
    return _written(message)


def _get_user_chat(talk: ChannelTalk, params: Params) -> Answer:
    return {"userChat": _user_chat(talk, params).wire(talk.channel_id)}


def _manage_user_chat(talk: ChannelTalk, params: Params) -> Answer:
    """Puts the chat back on the desk."""
    chat = _user_chat(talk, params)
    chat.state = CHAT_STATES[0]
    talk.version += 1
    return {"userChat": chat.wire(talk.channel_id)}


def _update_state(talk: ChannelTalk, params: Params) -> Answer:
    chat = _user_chat(talk, params)
    state = str(_need(params, "state")).upper().removeprefix("USER_CHAT_STATE_")
    _need(params, "botName")
    if f"USER_CHAT_STATE_{state}" not in CHAT_STATES:
        raise invalid("state: opened, closed or snoozed")
    chat.state = f"USER_CHAT_STATE_{state}"
    talk.version += 1
    return {"userChat": chat.wire(talk.channel_id)}


def _get_user(talk: ChannelTalk, params: Params) -> Answer:
    return {"user": talk.user(_need(params, "userId")).wire(talk.channel_id)}


def _search_user(talk: ChannelTalk, params: Params) -> Answer:
    wanted = _need(params, "memberId")
    user = next((user for user in talk.users.values() if user.member_id == wanted), None)
    if user is None:
        raise absent("user")
    return {"user": user.wire(talk.channel_id)}


def _get_manager(talk: ChannelTalk, params: Params) -> Answer:
    manager = talk.managers.get(_need(params, "managerId"))
    if manager is None:
        raise absent("manager")
    return {"manager": manager.wire(talk.channel_id)}


def _get_channel(talk: ChannelTalk, _params: Params) -> Answer:
    return {"channel": {"id": talk.channel_id, "name": talk.channel_name, "language": "ko"}}


def _get_group(talk: ChannelTalk, params: Params) -> Answer:
    chat = talk.chat(_need(params, "groupId"), "group")
    return {"group": {"id": chat.id, "channelId": talk.channel_id, "name": chat.title}}


_HANDLERS: dict[str, Handler] = {
    "writeUserChatMessage": _write_as_app,
    "writeUserChatMessageAsManager": _write_as_manager,
    "writeUserChatMessageAsUser": _write_as_user,
    "writeGroupMessage": _write_group,
    "patchMessage": _patch_message,
    "getUserChat": _get_user_chat,
    "manageUserChat": _manage_user_chat,
    "updateUserChatState": _update_state,
    "getUser": _get_user,
    "searchUser": _search_user,
    "getManager": _get_manager,
    "getChannel": _get_channel,
    "getGroup": _get_group,
}


def _need(params: Params, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"{name} is required")
    return value


def _user_chat(talk: ChannelTalk, params: Params) -> Chat:
    return talk.chat(_need(params, "userChatId"), "userChat")


def _add(
    talk: ChannelTalk, chat: Chat, dto: Params, person_type: str, person_id: str | None, name: str
) -> Message:
    return talk.write(chat, dto, person_type=person_type, person_id=person_id, name=name)


def _written(message: Message) -> Answer:
    return {"message": message.wire()}
