"""Who lets an agent confirm: each row of policy.md, and that the sets of rows are the same."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.agent import rules
from app.agent.rules import RULES, Case, Permission, Subject, decide_permission
from app.ports.agents import AgentApproval, ApprovalState
from commands.kernel.mall import AgentChoices
from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, MallId

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
PLAN = Subject("plan:p", "cancel", "cancel", OrderId("20261120-0000101"), LATER, Decimal(10_000))
CHOICES = AgentChoices(frozenset({"cancel"}), Decimal(10_000))
NONE = AgentChoices()


def approval(state, *, subject="plan:p", expires_at=LATER):
    ids = (MallId("m"), ChannelId("c"), "key", "conversation")
    return AgentApproval("a", *ids, subject, "cancel", OrderId("o"), None, NOW, expires_at, state)


WAITING, YES, NO = (
    approval(s) for s in (ApprovalState.WAITING, ApprovalState.APPROVED, ApprovalState.REFUSED)
)
ROWS = [
    ("A1 이미 확정된 계획", replace(PLAN, done=True), None, NONE, Permission.ALREADY),
    ("A1 거절된 뒤에도 이미 확정된 영수증은 보인다", replace(PLAN, done=True), NO, NONE, Permission.ALREADY),
    ("A2 매니저가 거절", PLAN, NO, NONE, Permission.REFUSED),
    ("A2 설정이 허용해도 거절이 먼저", PLAN, NO, CHOICES, Permission.REFUSED),
    ("A3 승인", PLAN, YES, NONE, Permission.APPROVED),
    ("A3 시간이 지난 승인", PLAN, approval(ApprovalState.APPROVED, expires_at=NOW), NONE, Permission.NEEDED),
    ("A3 다른 일의 승인", PLAN, approval(ApprovalState.APPROVED, subject="plan:q"), NONE, Permission.NEEDED),
    ("A4 한도와 같은 금액", PLAN, None, CHOICES, Permission.SETTING),
    ("A4 1원 초과", replace(PLAN, total=Decimal("10000.01")), None, CHOICES, Permission.NEEDED),
    ("A4 금액 불명", replace(PLAN, total=None), None, CHOICES, Permission.NEEDED),
    ("A4 다른 통화", replace(PLAN, currency="USD"), None, CHOICES, Permission.NEEDED),
    ("A4 음수", replace(PLAN, total=Decimal(-1)), None, CHOICES, Permission.NEEDED),
    ("A4 고르지 않은 명령", replace(PLAN, command="exchangeReturn"), None, CHOICES, Permission.NEEDED),
    ("A4 한도가 비어 있음", PLAN, None, AgentChoices(frozenset({"cancel"})), Permission.NEEDED),
    ("A4 되돌리기는 계획이 아님", replace(PLAN, is_plan=False), None, CHOICES, Permission.NEEDED),
    ("A5 기다리는 중", PLAN, WAITING, NONE, Permission.NEEDED),
    ("A5 아무것도 없음", PLAN, None, NONE, Permission.NEEDED),
]


@pytest.mark.parametrize(("_case", "subject", "given", "choices", "wanted"), ROWS, ids=[r[0] for r in ROWS])
def test_permission(_case, subject, given, choices, wanted):
    assert decide_permission(Case(subject, given, choices, "KRW", NOW)) is wanted


def test_policy_rules_and_table_hold_the_same_rows():
    policy = (Path(rules.__file__).parent / "policy.md").read_text()
    written = re.findall(r"^\| (A\d) \|.*\| `(\w+)` \|", policy, re.MULTILINE)
    ruled = [(row, permission.value) for row, _rule, permission in RULES] + [("A5", "needed")]
    assert written == ruled
    assert {row[0].split()[0] for row in ROWS} == {row for row, _ in written}
    for row, rule, _ in RULES:
        assert rule.__doc__.startswith(f"{row} ")
