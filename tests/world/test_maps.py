"""The committed nets are what their sources say."""

from __future__ import annotations

import os
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from world.linkshim import tool_environment
from world.maps import build
from world.maps.curve import Curve, bezier
from world.maps.plain import Plain
from world.roadmap import MAPS

NETCONVERT = os.environ.get("NETCONVERT") or shutil.which("netconvert")


def test_a_curve_is_measured_along_its_length() -> None:
    curve = Curve([(0, 0), (10, 0), (10, 10)])
    assert curve.length_m == 20
    assert curve.at(5) == pytest.approx((5, 0))
    assert curve.at(5, 2) == pytest.approx((5, 2))
    assert curve.at(15, -1) == pytest.approx((11, 5))
    back = curve.cut(20, 0)
    assert back[0] == pytest.approx((10, 10))
    assert back[-1] == pytest.approx((0, 0))


def test_a_bezier_ramp_begins_and_ends_as_told() -> None:
    ramp = np.array(bezier((0, 0), (10, 0), (20, 10), (20, 20)))
    assert ramp[0].tolist() == [0, 0]
    assert ramp[-1].tolist() == [20, 20]
    assert ramp[1][1] < 0.1 * ramp[1][0]


def test_plain_files_hold_the_network(tmp_path: Path) -> None:
    plain = Plain()
    plain.node("a", (0, 0))
    plain.node("b", (100, 0), "traffic_light")
    plain.edge("ab", ("a", "b"), "urban", ("sidewalk", "drive"), name="Long Road")
    plain.connect(("ab", "bc"), (1, 1))
    paths = plain.write(tmp_path)
    edge = ET.parse(paths["edge"]).getroot()[0]
    assert (edge.get("name"), edge.get("speed")) == ("Long Road", "13.89")
    assert [lane.get("allow") for lane in edge] == ["pedestrian", None]
    assert ET.parse(paths["node"]).getroot()[1].get("type") == "traffic_light"
    assert ET.parse(paths["connection"]).getroot()[0].get("toLane") == "1"


@pytest.mark.parametrize("name", sorted(build.SOURCES))
def test_every_road_of_the_source_is_in_the_net_with_its_lanes(name: str) -> None:
    plain = build.SOURCES[name]()
    net = {
        edge.get("id"): edge for edge in ET.parse(MAPS / f"{name}.net.xml").getroot().iter("edge")
    }
    for id, edge in plain.edges.items():
        assert len(net[id].findall("lane")) == int(edge.get("numLanes", "0"))
        assert net[id].get("name") == edge.get("name")
        speeds = {lane.get("speed") for lane in net[id].findall("lane")}
        assert speeds == {edge.get("speed")}


def test_an_unknown_map_or_a_missing_netconvert_is_bad_usage(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for arguments, message in (
        (["mars", "--netconvert", "x"], "no map called mars; there are motorway, town, commute"),
        (["town", "--netconvert", ""], "netconvert not found: `pip install eclipse-sumo`"),
    ):
        with pytest.raises(SystemExit) as stop:
            build.main([*arguments, "--into", str(tmp_path)])
        assert stop.value.code == 2
        assert message in capsys.readouterr().err


def test_a_failing_netconvert_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "netconvert"
    broken.write_text("#!/bin/sh\necho it broke >&2\nexit 3\n")
    broken.chmod(0o755)
    assert build.main(["town", "--netconvert", str(broken), "--into", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "netconvert failed for town: it broke\n"


@pytest.mark.skipif(NETCONVERT is None, reason="netconvert (eclipse-sumo) is not installed")
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert NETCONVERT is not None
    env = tool_environment(("sumo", "eclipse_sumo"))
    for name, source in build.SOURCES.items():
        source().build(name, tmp_path, NETCONVERT, env)
        for file in (f"{name}.net.xml", f"{name}.yaml"):
            assert (tmp_path / file).read_bytes() == (MAPS / file).read_bytes()
