"""OAuth of the simulated mall: consent, tokens, their ends."""

import base64
import hashlib
from datetime import datetime, timedelta

import httpx
import pytest

AUTHORIZE = "/hanokmall/api/v2/oauth/authorize"
TOKEN = "/hanokmall/api/v2/oauth/token"
REVOKE = "/hanokmall/api/v2/oauth/revoke"
CALLBACK = "https://app.example/cafe24/callback"
CLIENT = ("demo-client", "demo-secret")
ASKED = {
    "response_type": "code",
    "client_id": "demo-client",
    "state": "abc",
    "redirect_uri": CALLBACK,
    "scope": "mall.read_order,mall.read_store",
}


async def operator_decides(http, operator="hanokmall", decision="agree", **asked):
    form = {"operator": operator, "decision": decision}
    answer = await http.post(AUTHORIZE, params=ASKED | asked, data=form)
    assert answer.status_code == 302
    return httpx.URL(answer.headers["location"])


async def exchange(http, code, **form):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | form
    return await http.post(TOKEN, data=form, auth=CLIENT)


async def refresh(http, token):
    return await http.post(TOKEN, data={"grant_type": "refresh_token", "refresh_token": token}, auth=CLIENT)


async def connected(http):
    location = await operator_decides(http)
    return (await exchange(http, location.params["code"])).json()


async def asks_shops(http, access_token):
    return await http.get(
        "/hanokmall/api/v2/admin/shops", headers={"Authorization": f"Bearer {access_token}"}
    )


async def test_the_consent_page_names_the_shop_its_operators_and_the_scopes(http):
    """The operator sees what is asked, and that none of it is real."""
    page = (await http.get(AUTHORIZE, params=ASKED)).text
    for word in (
        "한옥상점",
        "정다은",
        "대표운영자",
        "부운영자",
        "동의함",
        "주문 읽기",
        "시뮬레이션",
        'lang="ko"',
        "width=device-width",
    ):
        assert word in page


async def test_a_bare_look_tells_whether_a_mall_exists(http):
    """A probe without parameters: 200 for a mall, 404 for a typing error."""
    assert (await http.get(AUTHORIZE)).status_code == 200
    assert (await http.get("/nomall/api/v2/oauth/authorize")).status_code == 404
    assert (await http.get("/nomall/api/v2/oauth/authorize", params=ASKED)).status_code == 404


async def test_agreeing_sends_back_a_code_and_the_state(http):
    location = await operator_decides(http, state="a b&c")
    assert str(location).startswith(CALLBACK)
    assert location.params["state"] == "a b&c"
    assert location.params["code"]


@pytest.mark.parametrize(
    ("operator", "decision"), [("hanokcs", "agree"), ("hanokmall", "cancel"), ("nobody", "agree")]
)
async def test_only_the_representative_may_consent(http, operator, decision):
    """A sub-operator, a cancelling owner and a stranger all end as access_denied with a trace id."""
    location = await operator_decides(http, operator, decision)
    assert location.params["error"] == "access_denied"
    assert location.params["state"] == "abc"
    assert location.params["trace_id"]
    assert "code" not in location.params


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "other"}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "mall.read_order,mall.read_mileage"}, "invalid_scope"),
        ({"scope": "mall.read_order mall.read_store"}, "invalid_scope"),
    ],
)
async def test_wrong_parameters_go_back_to_the_app(http, wrong, error):
    """Errors of the request travel in the redirect; a blank is no separator of scopes."""
    answer = await http.get(AUTHORIZE, params=ASKED | wrong)
    location = httpx.URL(answer.headers["location"])
    assert (answer.status_code, location.params["error"]) == (302, error)
    assert location.params["trace_id"]


async def test_an_unregistered_redirect_never_leaves_the_mall(http):
    answer = await http.get(AUTHORIZE, params=ASKED | {"redirect_uri": "https://evil.example/"})
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_the_token_answer_has_every_field_in_korean_time_without_offset(http, clock):
    """Reading the stamps as UTC would make the token look nine hours younger."""
    answer = await connected(http)
    assert set(answer) == {
        "access_token", "expires_at", "refresh_token", "refresh_token_expires_at", "client_id", "mall_id",
        "user_id", "scopes", "issued_at", "shop_no", "token_type",
    }  # fmt: skip
    assert answer["shop_no"] == "1"
    assert answer["user_id"] == "hanokmall"
    assert answer["scopes"] == ["mall.read_order", "mall.read_store"]
    assert answer["issued_at"] == "2026-11-21T14:00:00.000"
    assert answer["expires_at"] == "2026-11-21T16:00:00.000"
    assert answer["refresh_token_expires_at"] == "2026-12-05T14:00:00.000"
    assert datetime.fromisoformat(answer["expires_at"]).tzinfo is None


async def test_a_code_works_once_and_for_a_minute(http, clock):
    code = (await operator_decides(http)).params["code"]
    clock.waits(seconds=59)
    assert (await exchange(http, code)).status_code == 200
    again = await exchange(http, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    late = (await operator_decides(http)).params["code"]
    clock.waits(seconds=60)
    assert (await exchange(http, late)).json()["error"] == "invalid_grant"


async def test_the_redirect_address_must_be_the_one_of_the_authorize_step(http):
    code = (await operator_decides(http)).params["code"]
    answer = await exchange(http, code, redirect_uri=f"{CALLBACK}/other")
    assert answer.json()["error"] == "invalid_grant"


async def test_pkce_is_checked_when_it_was_started(http):
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    code = (await operator_decides(http, code_challenge=challenge, code_challenge_method="S256")).params[
        "code"
    ]
    assert (await exchange(http, code, code_verifier="w" * 64)).json()["error"] == "invalid_grant"
    code = (await operator_decides(http, code_challenge=challenge, code_challenge_method="S256")).params[
        "code"
    ]
    assert (await exchange(http, code, code_verifier=verifier)).status_code == 200


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        ({"grant_type": "password"}, CLIENT, 400, "unsupported_grant_type"),
        ({}, CLIENT, 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, CLIENT, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, CLIENT, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, ("demo-client", "no"), 401, "invalid_client"),
        ({"client_id": "demo-client", "client_secret": "demo-secret"}, None, 401, "invalid_client"),
    ],
)  # fmt: skip
async def test_token_errors(http, form, auth, status, error):
    """Wrong grants are 400, a client that is not in the Basic header is 401."""
    answer = await http.post(TOKEN, data=form, auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


async def test_the_token_endpoint_reads_forms_only(http):
    answer = await http.post(TOKEN, json={"grant_type": "refresh_token"}, auth=CLIENT)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_refresh_kills_the_token_that_was_sent_and_spares_the_old_access(http):
    """Rotation: two workers that refresh with one token break each other, as in the real mall."""
    first = await connected(http)
    second = (await refresh(http, first["refresh_token"])).json()
    assert second["scopes"] == first["scopes"]
    again = await refresh(http, first["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await asks_shops(http, first["access_token"])).status_code == 200
    assert (await asks_shops(http, second["access_token"])).status_code == 200


@pytest.mark.parametrize(
    ("wait", "access", "refreshing"),
    [
        (timedelta(hours=2) - timedelta(seconds=1), 200, 200),
        (timedelta(hours=2), 401, 200),
        (timedelta(days=14) - timedelta(seconds=1), 401, 200),
        (timedelta(days=14), 401, 400),
    ],
)
async def test_lifetimes(http, clock, wait, access, refreshing):
    """Access lives two hours, refresh fourteen days."""
    tokens = await connected(http)
    clock.at += wait
    assert (await asks_shops(http, tokens["access_token"])).status_code == access
    assert (await refresh(http, tokens["refresh_token"])).status_code == refreshing


async def test_the_sixteenth_access_token_pushes_the_oldest_out(http, mall):
    grants = [mall.tokens.issue("hanokmall", ("mall.read_store",)) for _ in range(16)]
    assert (await asks_shops(http, grants[0].access_token)).status_code == 401
    assert (await asks_shops(http, grants[1].access_token)).status_code == 200


async def test_revoking_an_access_token_ends_its_refresh_token_too(http):
    tokens = await connected(http)
    gone = await http.post(REVOKE, data={"token": tokens["access_token"]}, auth=CLIENT)
    assert (gone.status_code, gone.content) == (200, b"")
    assert (await asks_shops(http, tokens["access_token"])).status_code == 401
    assert (await refresh(http, tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await http.post(REVOKE, data={"token": "x"}, auth=("demo-client", "no"))).status_code == 401


async def test_a_removed_app_is_shut_out_until_the_next_consent(http, mall):
    """After 90077 every call is 403 and every refresh 400; a new consent brings the app back."""
    tokens = await connected(http)
    mall.remove_app()
    assert (await asks_shops(http, tokens["access_token"])).status_code == 403
    assert (await refresh(http, tokens["refresh_token"])).json()["error"] == "invalid_grant"
    back = await connected(http)
    assert (await asks_shops(http, back["access_token"])).status_code == 200
    assert (await asks_shops(http, tokens["access_token"])).status_code == 401
