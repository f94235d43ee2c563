"""The supervisor: whichever process dies comes back, the other goes on, and all end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.processes import ROOT, argv, heard, running, wait_for

pytestmark = pytest.mark.faults


def _supervised(*children: tuple[str, tuple[str, ...]]) -> tuple[str, ...]:
    listed = ", ".join(f"Child({name!r}, {arguments!r})" for name, arguments in children)
    code = f"""
        import sys
        from server.supervisor import Child, Supervisor
        sys.exit(Supervisor([{listed}]).run())
    """
    return (sys.executable, "-c", textwrap.dedent(code))


@contextmanager
def service(run_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    children = [(role, argv(role, run_dir)) for role in ("driving", "talking")]
    with running(_supervised(*children)) as supervisor:
        wait_for(lambda: heard(run_dir)["seq"] > 5, "the service's start")
        yield supervisor


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state != "Z"


def test_a_killed_talking_process_comes_back_and_driving_never_noticed(tmp_path: Path) -> None:
    with service(tmp_path):
        before = heard(tmp_path)
        os.kill(before["pid"], signal.SIGKILL)
        wait_for(lambda: heard(tmp_path)["pid"] != before["pid"], "the restart")
        wait_for(lambda: heard(tmp_path)["seq"] > before["seq"] + 5, "the reconnect")
        after = heard(tmp_path)
    assert after["driving"] == before["driving"]
    assert after["seq"] > before["seq"]  # the same drive went on all the time


def test_a_killed_driving_process_comes_back_and_talking_reconnects(tmp_path: Path) -> None:
    with service(tmp_path):
        before = heard(tmp_path)
        os.kill(before["driving"], signal.SIGKILL)
        wait_for(lambda: heard(tmp_path)["hellos"] > before["hellos"], "the second hello")
        at = heard(tmp_path)["seq"]
        wait_for(lambda: heard(tmp_path)["seq"] > at, "the new drive")
        after = heard(tmp_path)
    assert after["pid"] == before["pid"]
    assert after["driving"] != before["driving"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with service(tmp_path) as supervisor:
        pids = [heard(tmp_path)["pid"], heard(tmp_path)["driving"]]
        supervisor.send_signal(number)
        assert supervisor.wait(20.0) == 0
        assert not any(alive(pid) for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="ends with the parent on Linux only")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with service(tmp_path) as supervisor:
        pids = [heard(tmp_path)["pid"], heard(tmp_path)["driving"]]
        supervisor.kill()
        supervisor.wait(10.0)
        wait_for(lambda: not any(alive(pid) for pid in pids), "the children's end")


def _python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def _run(*children: tuple[str, tuple[str, ...]]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _supervised(*children), cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )


def test_bad_usage_of_a_child_ends_the_service_with_its_own_words() -> None:
    told = "import sys; print('ridealong: port 1 is in use', file=sys.stderr); sys.exit(2)"
    result = _run(("driving", _python("import time; time.sleep(60)")), ("talking", _python(told)))
    assert result.returncode == 2
    assert result.stderr.splitlines() == ["ridealong: port 1 is in use"]


def test_a_child_that_always_dies_is_given_up_with_a_clear_line() -> None:
    result = _run(("talking", _python("raise SystemExit(3)")))
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert "talking process cannot be kept alive (exit status 3" in last
