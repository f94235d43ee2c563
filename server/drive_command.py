"""From the options of `ridealong drive` to its report."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from modes.vocabulary import Unit
from server.drive import Drive, DriveOptions
from server.driven import open_drive
from server.driving import camera_size
from server.script import parse_line
from server.settings import load_settings
from world.scenario import load_scenario

LONGEST_S = 7_200.0


def drive_command(options: argparse.Namespace) -> dict[str, Any]:
    """Drives as asked; ValueError (one line) for bad input, OSError for files."""
    scenario = load_scenario(options.scenario)
    seconds = scenario.length_s if options.seconds is None else options.seconds
    if not 0 < seconds <= LONGEST_S:
        raise ValueError(f"--seconds {seconds:g}: a drive takes up to {LONGEST_S:.0f} seconds")
    lines = tuple(parse_line(text) for text in (*options.say, *options.ask))
    late = [line for line in lines if line.t_s > seconds]
    if late:
        raise ValueError(f"{late[0].text!r} is said after the end of the drive ({seconds:g} s)")
    for path in (options.report, options.log, options.record):
        if path is not None and not path.parent.is_dir():  # said now, not after the drive
            raise ValueError(f"{path}: there is no folder {path.parent}; make it first")
    settings = load_settings()
    pictured = options.record is not None and not options.no_cameras
    cameras = camera_size(settings.cameras) if pictured else None
    with open_drive(scenario, seed=options.seed, model=options.model, cameras=cameras) as driven:
        drive = Drive(
            driven,
            DriveOptions(
                seconds=seconds,
                lines=lines,
                fast=options.fast,
                log=options.log,
                record=options.record,
                unit=Unit(settings.unit),
            ),
        )
        report = drive.run()
    print(_summary(report), file=sys.stderr)
    return report


def _summary(report: dict[str, Any]) -> str:
    """One line for people."""
    said = ", ".join(f"“{u['text']}” {u['outcome']}" for u in report["utterances"])
    return (
        f"ridealong: {report['scenario']}, {report['seconds']:g} s, {report['progress_m']:.0f} m, "
        f"{report['collisions']} collisions{': ' + said if said else ''}"
    )
