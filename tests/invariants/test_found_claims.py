"""The smallest stories of claims that led to a fault, kept."""

import pytest

from app.sandbox.channel.people import User
from tests.scenario.conftest import clock, road
from tests.scenario.test_claims_day import NO, decides, said
from tests.scenario.test_exchange_return import confirmed, defect, is_told, minji
from tests.scenario.verbs import on_sqlite
from tests.world import Road

__all__ = ["clock", "minji", "road"]


@on_sqlite
@pytest.mark.parametrize(
    ("action", "words", "says"), [("reject", NO, NO), ("approve", None, "승인되어 신청되었어요")]
)
async def test_a_decision_that_comes_before_the_news_that_it_waits(
    road: Road, minji: User, action: str, words: str | None, says: str
) -> None:
    """The chat was slow: the message that the claim waits said the rejection, which was then said twice."""
    receipt = await confirmed(road, minji, await defect(road, minji))
    await decides(road, receipt, action, words)
    await is_told(road, says)
    await road.drain_jobs()
    assert len(said(road, says)) == 1
    assert said(road, "요청을 받았어요") == []
