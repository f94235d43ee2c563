"""Settings: one class, three sources, one-line errors."""

import pytest

from server.settings import SettingsError, load_settings

TOKEN = "a-token-of-sixteen-characters"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PORT", "HOST", "TOKEN", "CAMERAS", "ORIGINS"):
        monkeypatch.delenv(f"RIDEALONG_{name}", raising=False)


def test_the_defaults_are_for_this_machine_only() -> None:
    settings = load_settings()
    assert settings.loopback
    assert settings.token is None


def test_environment_file_and_command_line_in_this_order(monkeypatch, tmp_path) -> None:
    (tmp_path / ".env").write_text("RIDEALONG_PORT=1001\nRIDEALONG_SCENARIO=from_file\n")
    monkeypatch.setenv("RIDEALONG_SCENARIO", "from_environment")
    settings = load_settings(seed=7)
    assert (settings.port, settings.scenario, settings.seed) == (1001, "from_environment", 7)
    assert load_settings(port=1002, scenario=None).port == 1002


def test_another_address_needs_a_token(monkeypatch) -> None:
    with pytest.raises(SettingsError, match="RIDEALONG_TOKEN"):
        load_settings(host="0.0.0.0")
    monkeypatch.setenv("RIDEALONG_TOKEN", TOKEN)
    assert not load_settings(host="0.0.0.0").loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_loopback_has_many_names(host: str) -> None:
    assert load_settings(host=host).loopback


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"port": 70_000}, "--port"),
        ({"cameras": "huge"}, "320x192"),
        ({"cameras": "9999x9999"}, "--cameras"),
        ({"token": "short"}, "16 characters"),
        ({"unit": "knots"}, "--unit"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_setting(given: dict, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**given)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bad_variable_is_named(monkeypatch) -> None:
    monkeypatch.setenv("RIDEALONG_PORT", "eight")
    with pytest.raises(SettingsError, match="RIDEALONG_PORT"):
        load_settings()


def test_a_secret_is_never_shown(monkeypatch) -> None:
    monkeypatch.setenv("RIDEALONG_TOKEN", TOKEN)
    settings = load_settings()
    assert TOKEN not in str(settings.shown())
    assert TOKEN not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        load_settings(token="tooshort")
    assert "tooshort" not in str(caught.value)


def test_child_processes_see_the_same_settings(monkeypatch, tmp_path) -> None:
    first = load_settings(
        token=TOKEN, host="0.0.0.0", origins=("https://a.example",), record=tmp_path, seed=3,
        hands_free=True,
    )  # fmt: skip
    for name, value in first.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == first
