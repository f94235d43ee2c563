"""What the talking side may do to the driving side: nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from model.contract.situation import DriveControl, SendCommand, StopNow
from modes.vocabulary import Command, Decision, Intent, Slots
from tests.faults.processes import Listener, argv, driving_report, heard, running, wait_for

pytestmark = pytest.mark.faults


async def test_a_stopped_talking_process_costs_not_one_tick(tmp_path: Path) -> None:
    with running(argv("driving", tmp_path)) as driving:
        async with Listener(tmp_path) as listener:
            with running(argv("talking", tmp_path)) as talking:
                await listener.until(lambda: heard(tmp_path)["seq"] > 5, "the talk's start")
                os.kill(talking.pid, signal.SIGSTOP)
                begin = listener.seqs[-1]
                await listener.until(lambda: listener.seqs[-1] >= begin + 100, "ten seconds")
                stuck = heard(tmp_path)["seq"]
                os.kill(talking.pid, signal.SIGCONT)
                await listener.until(
                    lambda: heard(tmp_path)["seq"] > begin + 100, "the talk's return"
                )
            ticks = list(listener.seqs)
        driving.terminate()
        driving.wait(20.0)
    assert stuck < begin + 100  # it really stood still
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))  # nobody else missed anything
    report = driving_report(tmp_path, driving.pid)
    assert report["late_plans"] == 0
    assert report["levels"] == {"F0": report["ticks"]}
    assert int(str(report["dropped"])) > 0  # what the stopped one did not read was let go


async def test_garbage_and_a_flood_leave_the_drive_as_it_is(tmp_path: Path) -> None:
    with running(argv("driving", tmp_path)) as driving:
        async with Listener(tmp_path) as listener:
            await asyncio.to_thread(_pour, tmp_path / "driving.sock", b"\x00garbage\xff\n" * 5000)
            await asyncio.to_thread(_pour, tmp_path / "driving.sock", b"x" * 3_000_000 + b"\n")
            for k in range(2000):  # a thousand a second for two seconds
                await listener.link.send(_speed(k))
                if k % 10 == 0:
                    await asyncio.sleep(0.01)
            await listener.link.send(StopNow(id="stop"))
            at = listener.seqs[-1]
            await listener.until(lambda: listener.seqs[-1] > at + 10, "driving on")
            ticks = list(listener.seqs)
        driving.terminate()
        driving.wait(20.0)
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))
    report = driving_report(tmp_path, driving.pid)
    assert report["late_plans"] == 0
    assert report["levels"] == {"F0": report["ticks"]}


def _speed(k: int) -> SendCommand:
    slots = Slots.model_validate({"value": 40 + k % 50, "unit": "kph"})
    command = Command(intent=Intent.SET_SPEED, slots=slots)
    return SendCommand(id=f"s{k}", command=command, decision=Decision.ALLOW)


def _pour(path: Path, data: bytes) -> None:
    """Sends and goes away without ever reading an answer."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        sock.settimeout(20.0)
        try:
            sock.sendall(data)
        except OSError:
            return


async def test_an_unknown_scenario_is_said_and_the_car_goes_on_driving(tmp_path: Path) -> None:
    with running(argv("driving", tmp_path)):
        async with Listener(tmp_path) as listener:
            await listener.link.send(DriveControl(action="start", scenario="strait"))
            await listener.until(lambda: bool(listener.notices), "the notice")
            await listener.until(lambda: bool(listener.seqs), "the first tick")
            notice = listener.notices[0]
            assert (notice.level, notice.code) == ("error", "scenario")
            assert "there are straight, other" in notice.message
            at = listener.seqs[-1]
            await listener.until(lambda: listener.seqs[-1] > at + 5, "driving on")
            assert len(listener.hellos) == 1

            await listener.link.send(DriveControl(action="start", scenario="other", seed=9))
            await listener.until(lambda: len(listener.hellos) == 2, "the second hello")
            assert (listener.hellos[1].scenario, listener.hellos[1].seed) == ("other", 9)
            assert await asyncio.to_thread(Path(listener.hellos[1].map_path).is_file)


async def test_pause_holds_the_drive_and_resume_goes_on(tmp_path: Path) -> None:
    with running(argv("driving", tmp_path)):
        async with Listener(tmp_path) as listener:
            await listener.until(lambda: bool(listener.seqs), "the first tick")
            await listener.link.send(DriveControl(action="pause"))
            await listener.until(lambda: len(listener.hellos) == 2, "the pause")
            assert listener.hellos[1].paused
            await asyncio.sleep(0.3)
            at = listener.seqs[-1]
            await asyncio.sleep(0.5)
            assert listener.seqs[-1] == at
            await listener.link.send(DriveControl(action="resume"))
            await listener.until(lambda: listener.seqs[-1] > at + 3, "going on")
            assert listener.seqs[listener.seqs.index(at) + 1] == at + 1


def test_the_driving_process_ends_in_order_when_told(tmp_path: Path) -> None:
    with running(argv("driving", tmp_path)) as driving:
        wait_for((tmp_path / "driving.sock").exists, "the socket")
        driving.terminate()
        assert driving.wait(20.0) == 0
    assert not (tmp_path / "driving.sock").exists()
    assert driving_report(tmp_path, driving.pid)["pid"] == driving.pid
