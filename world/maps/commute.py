"""Alderford, the B12, the A7 ring and Port Selby in one connected map."""

from __future__ import annotations

from world.maps.grid import MAIN, MAJOR, MINOR, PARKED, Grid, Street
from world.maps.motorway import B12_Y, add_b12, add_ring
from world.maps.plain import Plain
from world.maps.town import SPACING, alderford

#: Where the two towns' main streets become the B12.
WEST_X, EAST_X = -420.0, 6200.0

_ROWS = (
    Street("pier", "Pier Street", (MINOR, MINOR)),
    Street("harbour", "Harbour Street", (MAIN, MAIN)),
    Street("lantern", "Lantern Lane", (PARKED, PARKED)),
)
_COLUMNS = (
    Street("rope", "Rope Walk", (MINOR, MINOR)),
    Street("anchor", "Anchor Street", (PARKED, PARKED)),
    Street("tide", "Tide Road", (MAJOR, MAJOR)),
)


def _port_selby(plain: Plain) -> Grid:
    origin = (EAST_X, B12_Y - SPACING[1])
    grid = Grid(
        "s",
        origin,
        SPACING,
        _ROWS,
        _COLUMNS,
        kinds={(1, 1): "traffic_light", (1, 0): "allway_stop", (1, 2): "priority_stop"},
        zebras={(1, 2): "e", (1, 0): "e", (2, 1): "n"},
        midway=frozenset({("harbour", 2)}),
    )
    grid.add_to(plain)
    plain.place("Harbour Square", "harbour_2e2", 30, "square")
    plain.place("Selby Office", "lantern_2w", 60, "work")
    plain.place("Pier Car Park", "anchor_1n", 60, "parking")
    return grid


def commute() -> Plain:
    """The map `commute`: home in the west, work by the harbour in the east."""
    plain = Plain()
    west = alderford(plain, (WEST_X - 4 * SPACING[0], B12_Y - 2 * SPACING[1]))
    east = _port_selby(plain)
    add_ring(plain)
    add_b12(plain, (west.node((4, 2)), WEST_X), (east.node((0, 1)), EAST_X))
    return plain
