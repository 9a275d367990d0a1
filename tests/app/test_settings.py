"""Process settings: what is missing is named, values never are, and README tells the same."""

import base64
import re
from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.settings import Settings, read_settings
from tests.world import SECRET_KEY

README = Path(__file__).parents[2] / "README.md"
GOOD = {
    "secret_key": SECRET_KEY,
    "public_url": "https://jumun.example/",
    "channel_app_id": "app",
    "channel_app_secret": "channel-secret-value",
    "channel_signing_key": "0123456789abcdef" * 4,
    "cafe24_client_id": "client",
    "cafe24_client_secret": "cafe24-secret-value",
}


def reading(**different: object) -> Settings:
    given = {k: v for k, v in (GOOD | different).items() if v is not None}
    return read_settings(_env_file=None, **given)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("JUMUN_")]:  # noqa: TID251
        monkeypatch.delenv(name)


def test_enough_is_enough() -> None:
    settings = reading()
    assert settings.public_url == "https://jumun.example"
    assert settings.cafe24_redirect_uri == "https://jumun.example/cafe24/callback"
    assert settings.is_sqlite


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(Misconfigured) as caught:
        read_settings(_env_file=None)
    for name in GOOD:
        assert f"JUMUN_{name.upper()}: is missing" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("channel_signing_key", "not-hex-secret-value"),
        ("channel_signing_key", "abc"),
        ("channel_signing_key", ""),
        ("channel_signing_key", "00" * 15),
        ("secret_key", "not base64 secret value!"),
        ("secret_key", base64.b64encode(b"short-secret-value").decode()),
        ("secret_key", ""),
        ("secret_key", f"{SECRET_KEY},{base64.b64encode(b'short-secret').decode()}"),
        ("public_url", "jumun.example-wrong-value"),
        ("sms_provider", "pigeon-wrong-value"),
        ("max_body_bytes", "wrong-value"),
        ("max_body_bytes", "0"),
        ("channel_button_form", "round-wrong-value"),
    ],
)
def test_what_is_wrong_is_named_and_its_value_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        reading(**{name: value})
    text = str(caught.value)
    assert f"JUMUN_{name.upper()}" in text
    assert len(value) < 6 or value not in text
    for secret in (GOOD["channel_app_secret"], GOOD["cafe24_client_secret"], SECRET_KEY):
        assert secret not in text


def test_secrets_do_not_show_in_a_printed_settings_object() -> None:
    shown = repr(reading(ops_token="ops-secret-value", nhn_secret_key="nhn-secret-value"))
    for secret in ("channel-secret-value", "cafe24-secret-value", SECRET_KEY, "ops-secret", "nhn-secret"):
        assert secret not in shown


def test_the_environment_and_a_file_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("".join(f"JUMUN_{k.upper()}={v}\n" for k, v in GOOD.items()))
    monkeypatch.setenv("JUMUN_CAFE24_WEBHOOK_KEYS", " one , two,,")
    settings = read_settings(_env_file=file)
    assert settings.cafe24_webhook_keys == ("one", "two")
    assert settings.channel_app_id == "app"


def test_a_new_key_is_put_before_the_old() -> None:
    new = base64.b64encode(bytes(range(32, 64))).decode()
    keys = reading(secret_key=f"{new},{SECRET_KEY}").keys
    assert len(keys.key_ids) == 2
    assert keys.newest == reading(secret_key=new).keys.newest


def test_the_readme_tells_of_every_setting_with_its_default_and_meaning() -> None:
    rows = {
        name: (default, meaning)
        for name, default, meaning in re.findall(
            r"^\| `(JUMUN_\w+)` \| (.+?) \| (.+?) \|$", README.read_text(), re.MULTILINE
        )
    }
    fields = {f"JUMUN_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert rows.keys() == fields.keys()
    for name, field in fields.items():
        default, meaning = rows[name]
        assert meaning == field.description, name
        if field.is_required():
            assert default == "required", name
        elif field.default in (None, "", ()):
            assert default == "–", name
        else:
            assert default == f"`{field.default}`", name
