"""AI 에이전트 in the console: keys made and revoked by admins, a manager's yes or no, conversations replayed."""

import re

from tests.console.on_the_road import Desk, plain
from tests.scenario.verbs import on_sqlite

from .talk import ORDER, Agent, audit_of, side_of

PAGE = "/console/agents"


def body(number: int, method: str = "tools/list") -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": method}


@on_sqlite
async def test_a_key_is_shown_once_and_dies_when_revoked(road, clock):
    desk = await Desk(road).enters()
    wrong = await desk.sends(PAGE, f"{PAGE}/keys", **{"scope-read": "1"})
    assert wrong.status_code == 422
    assert "이름을 적어 주세요" in plain(wrong.text)
    assert (await desk.sends(PAGE, f"{PAGE}/keys", name="x")).status_code == 422
    made = await desk.sends(
        PAGE, f"{PAGE}/keys", name="챗봇 <b>", **{"scope-read": "1", "scope-preview": "1"}
    )
    (secret,) = re.findall(r"jumun_[A-Za-z0-9_-]{43}", made.text)
    again = (await desk.opens(PAGE)).text
    assert secret not in again
    assert secret[:12] in again
    assert "<b>" not in again
    headers = {"authorization": f"Bearer {secret}", "accept": "application/json, text/event-stream"}
    answer = await road.client.post("/mcp", json=body(1), headers=headers)
    names = {tool["name"] for tool in answer.json()["result"]["tools"]}
    assert "cancel_preview" in names
    assert "cancel_confirm" not in names
    (key,) = await side_of(road).face.doorkeeper.store.of_channel(road.world.talk.channel_id)
    assert (await desk.sends(PAGE, f"{PAGE}/keys/revoke", id="nobody")).status_code == 404
    assert (await desk.sends(PAGE, f"{PAGE}/keys/revoke", id=key.id)).status_code == 200
    clock.forward(seconds=2)
    assert (await road.client.post("/mcp", json=body(2), headers=headers)).status_code == 401
    rows = await audit_of(road)._database.read("SELECT * FROM agent_key")
    assert secret not in str([dict(row) for row in rows])
    acts = [line.act for line in await audit_of(road).newest(key.channel_id, 5)]
    assert acts[:2] == ["agents.keyRevoked", "agents.keyCreated"]


@on_sqlite
async def test_only_admins_make_keys(road):
    desk = await Desk(road).enters("mgr-sumin")
    page = await desk.opens(PAGE)
    assert page.status_code == 200
    assert f'action="{PAGE}/keys"' not in page.text
    assert (await desk.sends(PAGE, f"{PAGE}/keys", name="x", **{"scope-read": "1"})).status_code == 403


@on_sqlite
async def test_a_managers_yes_lets_the_agent_do_just_that(road, agent: Agent):
    await agent.meets()
    token = (await agent.previews())["planToken"]
    await agent.calls("approval_request", planToken=token, by="manager")
    desk = await Desk(road).enters("mgr-sumin")
    page = (await desk.opens(PAGE)).text
    assert f"주문취소 {ORDER}" in plain(page)
    assert "100,000원" in page
    (id_,) = re.findall(
        r'name="id" value="([0-9a-f-]{36})">\s*<button[^>]*name="action" value="approve"', page
    )
    approved = await desk.sends(PAGE, f"{PAGE}/approvals", id=id_, action="approve")
    assert "승인했습니다" in plain(approved.text)
    late = await desk.sends(PAGE, f"{PAGE}/approvals", id=id_, action="refuse")
    assert late.status_code == 409
    assert (await agent.calls("cancel_confirm", planToken=token))["receipt"]["state"] == "done"
    lines = await audit_of(road).newest(agent.key.channel_id, 30)
    yes = next(line for line in lines if line.act == "agents.approved")
    assert (yes.by, yes.subject) == ("manager:mgr-sumin", ORDER)
    (conversation,) = {line.subject for line in lines if line.act == "agent.cancel_confirm"}
    replay = plain((await desk.opens(f"{PAGE}/calls?conversation={conversation}")).text)
    steps = ("인증번호 발송", "인증번호 확인", "계정 선택", "취소 미리보기", "승인 요청", "취소 확정")
    places = [replay.index(step) for step in steps]
    assert places == sorted(places)
    assert f"conversation={conversation}" in (await desk.opens(PAGE)).text
    assert "기록을 찾지 못했습니다" in (await desk.opens(f"{PAGE}/calls?conversation=other")).text
