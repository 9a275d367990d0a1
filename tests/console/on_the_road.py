"""A browser at the console of the whole application: in by the desk's link, over the simulated Channel and mall."""

import html
import re

import httpx

from tests.world import ORIGIN, Road

OURS = {"origin": "null", "sec-fetch-site": "same-origin"}


class Desk:
    """Keeps its cookies; follows nothing by itself."""

    def __init__(self, road: Road) -> None:
        self.road = road
        transport = httpx.ASGITransport(road.application)
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def enters(self, manager: str = "mgr-jiwoo") -> "Desk":
        link = await self.road.manager_calls("console.link", manager=manager)
        page = await self.http.get(link["url"])
        answer = await self.http.post("/console/enter", data=_hidden(page.text), headers=OURS)
        assert answer.status_code == 303, answer.text
        return self

    async def opens(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def sends(self, page: str, path: str, **fields: str) -> httpx.Response:
        csrf = _hidden((await self.opens(page)).text)["csrf"]
        return await self.http.post(path, data={"csrf": csrf} | fields, headers=OURS)


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def plain(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())
