"""Messages to a group of managers, with a way to where they act."""

import pytest

from app.channel.conversation import ChannelConversation
from app.errors import Rejected, Unauthorized

from .places import CHANNEL

GROUP = "group-orders"
LINK = ("승인 대기 열기", "https://jumun.example/console/claims")


@pytest.mark.parametrize("form", ["flat", "attributes"])
async def test_written_once_with_its_button(store, kept, form):
    conversation = ChannelConversation(store.client(kept), store.clock, button_form=form)
    for _ in range(2):
        await conversation.write_to_group(CHANNEL, GROUP, "새 신청\n<b>o1</b>", request_id="r1", link=LINK)
    (message,) = store.talk.chats[GROUP].messages
    assert [block["value"] for block in message.blocks] == ["새 신청", "&lt;b&gt;o1&lt;/b&gt;"]
    (button,) = message.buttons
    target = {"url": LINK[1]}
    assert button["action"] == {"type": "web"} | (target if form == "flat" else {"attributes": target})
    assert (button["title"], message.private) == (LINK[0], False)


async def test_a_group_that_is_gone(store, kept):
    conversation = ChannelConversation(store.client(kept), store.clock, button_form="flat")
    with pytest.raises(Rejected):
        await conversation.write_to_group(CHANNEL, "gone", "x", request_id="r1", link=LINK)


async def test_a_right_that_nobody_ticked(store, kept):
    store.talk.faults.inject("403_scope", path="writeGroupMessage")
    conversation = ChannelConversation(store.client(kept), store.clock, button_form="flat")
    with pytest.raises((Rejected, Unauthorized)):
        await conversation.write_to_group(CHANNEL, GROUP, "x", request_id="r1", link=LINK)
    assert store.talk.chats[GROUP].messages == []
