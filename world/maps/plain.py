"""A road network as plain nodes, edges, connections and crossings, and the way to a SUMO net."""

from __future__ import annotations

import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

Point = tuple[float, float]

#: Lane word -> (vehicle classes allowed, None = all but walkers; width in m).
LANES: dict[str, tuple[str | None, float]] = {
    "drive": (None, 3.25),
    "fast": (None, 3.75),
    "shoulder": ("emergency authority", 3.0),
    "verge": ("emergency authority", 2.0),
    "parking": ("custom1", 2.2),
    "bike": ("bicycle", 1.6),
    "sidewalk": ("pedestrian", 2.2),
}
#: Edge type -> (priority, limit in km/h); the types are the road classes of the contract.
TYPES: dict[str, tuple[int, int]] = {
    "motorway": (14, 120),
    "ramp": (10, 60),
    "rural": (8, 80),
    "urban": (6, 50),
    "residential": (4, 30),
}


@dataclass
class Plain:
    """Collects the parts of a network; `build` turns them into NAME.net.xml and NAME.yaml."""

    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: dict[str, ET.Element] = field(default_factory=dict)
    joins: list[ET.Element] = field(default_factory=list)
    exits: list[dict[str, str]] = field(default_factory=list)
    places: list[dict[str, object]] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)

    def node(self, id: str, at: Point, kind: str = "priority") -> None:
        self.nodes[id] = {"id": id, "x": f"{at[0]:.2f}", "y": f"{at[1]:.2f}", "type": kind}

    def edge(
        self,
        id: str,
        ends: tuple[str, str],
        road: str,
        lanes: Sequence[str],
        *,
        name: str = "",
        shape: Sequence[Point] = (),
        limit_kph: float | None = None,
        priority: int | None = None,
    ) -> None:
        """One direction of a road; `lanes` are words of `LANES` from right to left."""
        usual, limit = TYPES[road]
        edge = ET.Element("edge", id=id, type=road, numLanes=str(len(lanes)), spreadType="right")
        edge.attrib |= {"from": ends[0], "to": ends[1]}
        edge.set("priority", str(usual if priority is None else priority))
        edge.set("speed", f"{(limit if limit_kph is None else limit_kph) / 3.6:.2f}")
        if name:
            edge.set("name", name)
        if shape:
            edge.set("shape", " ".join(f"{x:.2f},{y:.2f}" for x, y in shape))
        for index, word in enumerate(lanes):
            allow, width = LANES[word]
            lane = ET.SubElement(edge, "lane", index=str(index), width=f"{width}")
            if allow is None:
                lane.set("disallow", "pedestrian tram rail_urban rail rail_electric ship")
            else:
                lane.set("allow", allow)
        self.edges[id] = edge

    def connect(self, ends: tuple[str, str], *pairs: tuple[int, int]) -> None:
        """Lane-to-lane connections of two edges; edges without any are left to netconvert."""
        for a, b in pairs:
            join = ET.Element("connection", fromLane=str(a), toLane=str(b))
            join.attrib |= {"from": ends[0], "to": ends[1]}
            self.joins.append(join)

    def crossing(self, node: str, edges: Sequence[str], *, zebra: bool = True) -> None:
        """A crossing over `edges` at `node`: a zebra, or one that the node's light rules."""
        self.joins.append(
            ET.Element(
                "crossing",
                node=node,
                edges=" ".join(edges),
                priority=str(zebra).lower(),
                width="4",
            )
        )

    def exit(self, edge: str, from_edge: str, name: str, towards: str) -> None:
        self.exits.append({"edge": edge, "from_edge": from_edge, "name": name, "towards": towards})

    def place(self, name: str, edge: str, s_m: float, kind: str) -> None:
        self.places.append({"name": name, "edge": edge, "s_m": s_m, "kind": kind})

    def write(self, folder: Path) -> dict[str, Path]:
        """Writes the plain XML files and returns them by netconvert's option names."""
        nodes = ET.Element("nodes")
        nodes.extend(ET.Element("node", node) for node in self.nodes.values())
        edges = ET.Element("edges")
        edges.extend(self.edges.values())
        joins = ET.Element("connections")
        joins.extend(self.joins)
        paths = {}
        for option, root in (("node", nodes), ("edge", edges), ("connection", joins)):
            ET.indent(root)
            paths[option] = folder / f"{root.tag}.xml"
            ET.ElementTree(root).write(paths[option])
        return paths

    def build(self, name: str, folder: Path, netconvert: str, env: dict[str, str]) -> None:
        """Writes NAME.net.xml and NAME.yaml; raises `RuntimeError` with netconvert's words."""
        target = folder / f"{name}.net.xml"
        with tempfile.TemporaryDirectory() as scratch:
            files = self.write(Path(scratch))
            options = [f"--{option}-files={path}" for option, path in files.items()]
            command = [netconvert, *options, f"--output-file={target}", *OPTIONS]
            done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        if done.returncode:
            raise RuntimeError(f"netconvert failed for {name}: {done.stderr.strip()}")
        _strip_comments(target)
        facts = {"exits": self.exits, "places": self.places, "zones": self.zones}
        text = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True)
        note = f"# What the signs of {name} say; written by `python -m world.maps.build`.\n"
        (folder / f"{name}.yaml").write_text(note + text)


OPTIONS = (
    "--offset.disable-normalization=true",
    "--no-turnarounds=true",
    "--tls.default-type=static",
    "--tls.cycle.time=60",
    "--tls.yellow.time=3",
    "--tls.allred.time=2",
    "--walkingareas=true",
    "--junctions.corner-detail=5",
    "--junctions.limit-turn-speed=4.5",
    "--default.junctions.radius=5",
    "--precision=2",
    "--xml-validation=never",
    "--no-warnings=true",
)


def _strip_comments(net: Path) -> None:
    """Drops netconvert's header (date, paths), so that the same source gives the same file."""
    tree = ET.parse(net)
    root = tree.getroot()
    for key in [k for k in root.attrib if "}" in k]:
        del root.attrib[key]
    ET.indent(root, space="")
    tree.write(net, encoding="utf-8", xml_declaration=True)
    with net.open("ab") as file:
        file.write(b"\n")
