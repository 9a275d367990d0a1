"""AI 에이전트: an admin makes a key, an agent asks, a manager says yes, and the conversation can be read afterwards."""

import re
from typing import Any

import httpx2
import orjson
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from playwright.async_api import expect

from .stage import Visitor
from .test_console import console, goes_to, looks_right

MINJI = "010-0000-1001"
CODE = re.compile(r"\[(\d{6})\]")


class Agent:
    """A model's hands: the official client with the key that the console showed."""

    def __init__(self, visitor: Visitor, client: Client) -> None:
        self._outbox = visitor.stage.sandbox.outbox
        self._client = client
        self._handle = ""

    async def calls(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a model reads: the text."""
        given = {"customerHandle": self._handle, **arguments} if self._handle else arguments
        answer = await self._client.call_tool(tool, given)
        said: dict[str, Any] = orjson.loads(answer.content[0].text)  # type: ignore[union-attr]
        return said["error"] if answer.is_error else said["data"]

    async def meets_minji(self) -> None:
        sent = await self.calls("identity_send_code", phone=MINJI)
        code = CODE.search(self._outbox.messages[-1].text)
        assert code
        told = {"verificationId": sent["verificationId"], "code": code[1]}
        met = await self.calls("identity_verify_code", **told)
        self._handle = met["customerHandle"]
        account = met["offered"]["accounts"][0]["accountRef"]
        await self.calls("identity_choose_account", accountRef=account)

    async def plans_to_cancel(self) -> str:
        (order, *_) = (await self.calls("cancel_candidates"))["orders"]
        items = [{"orderItemCode": i["orderItemCode"], "quantity": i["quantity"]} for i in order["items"]]
        wish = {"orderId": order["orderId"], "items": items, "reason": {"type": "changeOfMind"}}
        return str((await self.calls("cancel_preview", **wish))["planToken"])


async def test_an_agent_cancels_when_a_manager_says_yes(visitor: Visitor) -> None:
    await visitor.stage.settings(mode="live")
    page = await console(visitor)
    await goes_to(page, "AI 에이전트")
    await page.get_by_label("이름").fill("쇼핑 도우미")
    for name in ("미리보기", "확정"):
        await page.get_by_role("checkbox", name=name).check()
    await page.get_by_role("button", name="키 만들기").click()
    secret = (
        await page.get_by_role("region", name="새 키")
        .or_(page.locator(".secret"))
        .locator("code")
        .inner_text()
    )
    await looks_right(visitor, "new-key", page)

    headers = {"authorization": f"Bearer {secret}"}
    async with httpx2.AsyncClient(headers=headers, timeout=20, trust_env=False) as carrier:
        transport = streamable_http_client(f"{visitor.stage.origin}/mcp", http_client=carrier)
        async with Client(transport) as client:
            agent = Agent(visitor, client)
            await agent.meets_minji()
            plan = await agent.plans_to_cancel()
            assert (await agent.calls("cancel_confirm", planToken=plan))["type"] == "forbidden"
            await agent.calls("approval_request", planToken=plan, by="manager")
            await goes_to(page, "AI 에이전트")
            await expect(page.get_by_role("heading", level=3, name="주문취소")).to_be_visible()
            await looks_right(visitor, "approval", page)
            await page.get_by_role("button", name="승인", exact=True).click()
            await expect(page.get_by_role("status")).to_contain_text("승인했습니다")
            done = await agent.calls("cancel_confirm", planToken=plan)
            assert done["receipt"]["state"] == "done"

            await goes_to(page, "AI 에이전트")
            await page.get_by_role("listitem").filter(has_text="호출").get_by_role("link").click()
            await expect(page.get_by_role("cell", name="취소 확정")).to_have_count(2)
            await expect(page.get_by_role("cell", name="허용되지 않음")).to_be_visible()
            await looks_right(visitor, "replay", page)
            await goes_to(page, "감사 기록")
            await expect(page.get_by_role("cell", name="에이전트: 취소 확정")).to_have_count(2)
            await looks_right(visitor, "audit", page)

            await goes_to(page, "AI 에이전트")
            await page.get_by_text("폐기", exact=True).click()
            await looks_right(visitor, "revoking", page)
            await page.get_by_role("button", name="‘쇼핑 도우미’ 키 폐기").click()
            await expect(page.get_by_role("status")).to_contain_text("키를 폐기했습니다")
    visitor.stage.clock.forward(seconds=3)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    refused = await visitor.stage.sandbox.world.client.post(
        f"{visitor.stage.origin}/mcp", json=body, headers=headers
    )
    assert refused.status_code == 401
