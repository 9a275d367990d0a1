"""Planted faults: each has its own face, and each is used up."""

import pytest

from app.sandbox.faults import FAULTS, Faults


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("500", 500, "application/json"),
        ("503", 503, "application/json"),
        ("429", 429, "application/json"),
        ("quota", 429, "application/json"),
        ("html_error", 502, "text/html"),
        ("timeout_after_effect", 504, "text/html"),
        ("401_expired", 401, "application/json"),
        ("403_scope", 403, "application/json"),
    ],
)
async def test_a_fault_meets_one_call_and_is_gone(get, malls, fault, status, kind):
    malls.faults.inject(fault)
    answer = await get("/shops")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["x-trace-id"]
    assert malls.faults.active() == []
    assert (await get("/shops")).status_code == 200


async def test_a_spent_quota_tells_how_long_to_wait(get, malls):
    malls.faults.inject("quota")
    headers = (await get("/shops")).headers
    assert float(headers["x-cafe24-call-usage"]) > 100
    assert (headers["x-cafe24-call-remain"], headers["x-cafe24-time-remain"]) == ("32", "7")


async def test_slow_really_waits(get, malls):
    """The delay is an attribute, so that tests need not sit through it."""
    assert malls.faults.slow_seconds == 3.5
    malls.faults.slow_seconds = 0.01
    malls.faults.inject("slow")
    assert (await get("/shops")).status_code == 200


async def test_a_timeout_comes_after_the_effect(http, mall, malls):
    """The refresh took place, the old token is dead, and nobody was told the new one."""
    grant = mall.tokens.issue("hanokmall", ("mall.read_store",))
    malls.faults.inject("timeout_after_effect", path="/oauth/token")
    form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    auth = ("demo-client", "demo-secret")
    assert (await http.post("/hanokmall/api/v2/oauth/token", data=form, auth=auth)).status_code == 504
    again = await http.post("/hanokmall/api/v2/oauth/token", data=form, auth=auth)
    assert again.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("fault", "field"), [("drop_field", "order_status"), ("drop_field:member_id", "member_id")]
)
async def test_a_field_can_go_missing_everywhere(get, malls, fault, field):
    malls.faults.inject(fault)
    assert f'"{field}"' not in (await get("/orders", member_id="minji", embed="items,buyer")).text
    assert f'"{field}"' in (await get("/orders", member_id="minji", embed="items,buyer", limit=11)).text


async def test_a_fault_waits_for_its_path_and_counts_down(get, malls):
    malls.faults.inject("503", path="/admin/orders", times=2)
    assert (await get("/shops")).status_code == 200
    assert (await get("/orders")).status_code == 503
    assert malls.faults.active() == [{"fault": "503", "path": "/admin/orders", "left": 1}]
    assert (await get("/orders/setting")).status_code == 503
    assert (await get("/orders")).status_code == 200


def test_faults_queue_up_and_clear():
    faults = Faults()
    faults.inject("500")
    faults.inject("503", times=3)
    assert faults.take("/x") == "500"
    assert faults.take("/x") == "503"
    faults.clear()
    assert faults.take("/x") is None


@pytest.mark.parametrize(("fault", "times"), [("501", 1), ("", 1), ("500", 0)])
def test_nonsense_is_refused(fault, times):
    with pytest.raises(ValueError):
        Faults().inject(fault, times=times)


def test_every_fault_says_what_it_does():
    assert all(FAULTS.values())
