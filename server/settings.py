"""All settings in one typed class: environment (`RIDEALONG_…`), `.env`, command line."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "RIDEALONG_"
DEFAULT_SCENARIO = "motorway_exit"
_SIZE = re.compile(r"^(\d{2,4})x(\d{2,4})$")


class SettingsError(ValueError):
    """A setting that cannot be used; the message is one line that says how to mend it."""


class Settings(BaseSettings):
    """Everything that can be chosen; printed by `ridealong doctor`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    # the service
    host: str = Field(
        "127.0.0.1", description="address to listen on; others than loopback need a token"
    )
    port: int = Field(8765, ge=0, le=65_535)
    token: SecretStr | None = Field(None, description="shared secret, at least 16 characters")
    origins: tuple[str, ...] = Field((), description="further Origins that may open WebSockets")
    max_connections: int = Field(32, ge=1, le=1_000)
    open_browser: bool = True
    run_dir: Path | None = Field(None, description="sockets and frames; default: a private folder")
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    # the drive
    scenario: str = Field(DEFAULT_SCENARIO, min_length=1, max_length=200)
    seed: int | None = None
    model: str = Field("classical", max_length=60)
    cameras: str = Field("320x192", description="camera size WIDTHxHEIGHT, or off")
    record: Path | None = Field(None, description="folder into which every drive is recorded")
    unit: Literal["kph", "mph"] = "kph"

    # the voice
    recogniser: str = Field("auto", description="auto, off, or a name of speech.recognisers")
    recogniser_model: str | None = None
    recogniser_model_dir: Path | None = None
    recogniser_url: str | None = None
    recogniser_key: SecretStr | None = None
    voice: str = Field("auto", description="auto, off, or a name of speech.voices")
    voice_name: str | None = Field(None, description="espeak: en-us, en …; openai: alloy …")
    voice_model: str | None = None
    voice_model_path: Path | None = Field(None, description="piper: the .onnx file")
    voice_url: str | None = None
    voice_key: SecretStr | None = None
    language: str = "en"
    hands_free: bool = Field(False, description="start listening without push to talk")

    # the conversation
    decide_timeout_s: float = Field(1.0, gt=0, le=10, description="time the Mode Expert may take")

    @field_validator("cameras")
    @classmethod
    def _camera_size(cls, value: str) -> str:
        match = _SIZE.match(value)
        fits = match and 64 <= int(match[1]) <= 1920 and 48 <= int(match[2]) <= 1080
        if value != "off" and not fits:
            raise ValueError(
                "use WIDTHxHEIGHT from 64x48 to 1920x1080, for example 320x192, or off"
            )
        return value

    @field_validator("token")
    @classmethod
    def _token_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 16:
            raise ValueError(
                "a token has at least 16 characters, for example from `openssl rand -hex 16`"
            )
        return value

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach the service."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for child processes."""
        pairs: dict[str, str] = {}
        for name, value in self.model_dump().items():
            if value is None:
                continue
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            elif isinstance(value, tuple):
                value = "[" + ",".join(f'"{item}"' for item in value) + "]"
            pairs[PREFIX + name.upper()] = str(value)
        return pairs

    def shown(self) -> dict[str, Any]:
        """JSON-ready values with secrets masked, for `ridealong doctor`."""
        return self.model_dump(mode="json")


def load_settings(**overrides: Any) -> Settings:
    """Settings from environment and `.env`, then `overrides` that are not None.

    Raises `SettingsError` with one line that names the setting and how to mend it.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as problem:
        first = problem.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        where = f"--{name.replace('_', '-')}" if name in given else PREFIX + name.upper()
        message = str(first["msg"]).removeprefix("Value error, ")
        secret = name == "token" or name.endswith("_key")
        shown = "" if secret else f" {str(first.get('input'))[:60]!r}"
        raise SettingsError(f"{where}{shown}: {message}") from None
    except ValueError as problem:  # a list in the environment that is no JSON
        raise SettingsError(f"a {PREFIX}… variable cannot be read: {problem}") from None
    if not settings.loopback and settings.token is None:
        raise SettingsError(
            f"listening on {settings.host} opens the car to the network: set {PREFIX}TOKEN to a "
            "secret of at least 16 characters, or use --host 127.0.0.1"
        )
    return settings
