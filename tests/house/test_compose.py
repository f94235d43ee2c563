"""The compose file follows the Compose schema and points at things that exist."""

import subprocess
import sys
from typing import Any

import yaml

from server.bootstrap import ROOT

COMPOSE = ROOT / "docker-compose.yml"


def services() -> dict[str, dict[str, Any]]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return dict(document["services"])


def test_follows_the_compose_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(COMPOSE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plain_up_starts_the_cabin_and_only_on_loopback() -> None:
    cabin = services()["cabin"]
    assert "profiles" not in cabin
    assert all(port.startswith("127.0.0.1:") for port in cabin["ports"])
    assert "RIDEALONG_TOKEN" in cabin["environment"]


def test_every_service_is_healthy_or_says_so_and_depends_on_known_ones() -> None:
    for name, service in services().items():
        assert "healthcheck" in service, name
        assert set(service.get("depends_on", ())) <= set(services()), name


def test_named_volumes_are_declared() -> None:
    document = yaml.safe_load(COMPOSE.read_text("utf-8"))
    mounted = {
        volume.split(":")[0]
        for service in services().values()
        for volume in service.get("volumes", ())
        if not volume.startswith((".", "/"))
    }
    assert mounted <= set(document["volumes"])
