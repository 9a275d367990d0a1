"""Tokens of the AppStore: who gets one, for how long, how often, and what it opens."""

from .stub_app import APP_ID
from .world import SECRET, World


def kind(answer: dict) -> str:
    return answer["error"]["type"]


async def test_a_pair_has_three_sane_members_and_looks_like_a_jwt(world: World):
    pair = (await world.native("issueToken", {"secret": SECRET}))["result"]
    assert pair.keys() == {"accessToken", "refreshToken", "expiresIn"}
    assert pair["expiresIn"] == 1800
    assert pair["accessToken"].count(".") == pair["refreshToken"].count(".") == 2
    assert pair["accessToken"] != pair["refreshToken"]


async def test_wrong_secret_and_foreign_channel_are_refused(world: World):
    assert kind(await world.native("issueToken", {"secret": "other"})) == "unauthorized"
    assert kind(await world.native("issueToken", {"secret": None})) == "unauthorized"
    assert kind(await world.native("issueToken", {"secret": SECRET, "channelId": "ch-other"})) == "forbidden"


async def test_the_eleventh_call_of_a_window_is_refused_until_the_window_is_over(world: World):
    refresh = (await world.native("issueToken", {"secret": SECRET}))["result"]["refreshToken"]
    for _ in range(8):
        await world.native("issueToken", {"secret": SECRET})
    world.clock.forward(minutes=29, seconds=59)
    assert "result" in await world.native("refreshToken", {"refreshToken": refresh})
    assert kind(await world.native("issueToken", {"secret": SECRET})) == "tooManyRequests"
    world.clock.forward(seconds=1)
    assert "result" in await world.native("issueToken", {"secret": SECRET})


async def test_refusals_count_too(world: World):
    for _ in range(10):
        await world.native("issueToken", {"secret": "wrong"})
    assert kind(await world.native("issueToken", {"secret": SECRET})) == "tooManyRequests"


async def test_a_refresh_token_works_once_and_keeps_the_channel(world: World):
    params = {"secret": SECRET, "channelId": world.talk.channel_id}
    first = (await world.native("issueToken", params))["result"]
    second = (await world.native("refreshToken", {"refreshToken": first["refreshToken"]}))["result"]
    assert kind(await world.native("refreshToken", {"refreshToken": first["refreshToken"]})) == "unauthorized"
    channel = {"channelId": world.talk.channel_id}
    for token in (first["accessToken"], second["accessToken"]):  # the old one lives to its own end
        answer = await world.native("getChannel", channel, token)
        assert answer["result"]["channel"]["id"] == world.talk.channel_id


async def test_an_access_token_ends_after_thirty_minutes(world: World):
    token = await world.channel_token()
    channel = {"channelId": world.talk.channel_id}
    world.clock.forward(seconds=1799)
    assert "result" in await world.native("getChannel", channel, token)
    world.clock.forward(seconds=1)
    assert kind(await world.native("getChannel", channel, token)) == "unauthorized"


async def test_each_token_opens_only_its_own_calls(world: World):
    app, channel = await world.app_token(), await world.channel_token()
    register = {"appId": APP_ID, "systemVersion": "v1", "extensionName": "command"}
    here = {"channelId": world.talk.channel_id}
    assert kind(await world.native("registerExtension", register, channel)) == "forbidden"
    assert kind(await world.native("getChannel", here, app)) == "forbidden"
    assert kind(await world.native("getChannel", {"channelId": "ch-other"}, channel)) == "forbidden"
    assert kind(await world.native("getChannel", here)) == "unauthorized"
    assert kind(await world.native("getChannel", here, "made.up.token")) == "unauthorized"


async def test_uninstalling_ends_the_channel_s_tokens_but_not_the_app_s(world: World):
    app, channel = await world.app_token(), await world.channel_token()
    await world.talk.uninstall()
    here = {"channelId": world.talk.channel_id}
    assert kind(await world.native("getChannel", here, channel)) == "unauthorized"
    assert kind(await world.native("issueToken", {"secret": SECRET} | here)) == "forbidden"
    register = {"appId": APP_ID, "systemVersion": "v1", "extensionName": "command"}
    assert (await world.native("registerExtension", register, app))["result"]["success"]
