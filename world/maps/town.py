"""The town of Alderford: five by five streets with every kind of junction that towns have."""

from __future__ import annotations

from world.maps.grid import CYCLED, MAIN, MAJOR, MINOR, PARKED, QUIET, Grid, Street
from world.maps.plain import Plain, Point

SPACING = (130.0, 120.0)
_ROWS = (
    Street("quay", "Quay Street", (MINOR,) * 4),
    Street("mill", "Mill Lane", (MAJOR,) * 4),
    Street("market", "Market Street", (MAIN,) * 4),
    Street("garden", "Garden Row", (QUIET,) * 4),
    Street("hill", "Hill Crescent", (QUIET,) * 4),
)
_COLUMNS = (
    Street("chapel", "Chapel Road", (MINOR, MINOR, QUIET, QUIET)),
    Street("lime", "Lime Street", (PARKED, PARKED, QUIET, QUIET)),
    Street("station", "Station Road", (PARKED, PARKED, PARKED, QUIET)),
    Street("orchard", "Orchard Way", (MINOR, MINOR, MINOR, QUIET)),
    Street("parade", "East Parade", (CYCLED, CYCLED, MINOR, QUIET)),
)
_KINDS = {
    (1, 2): "traffic_light",
    (2, 2): "traffic_light",
    (3, 2): "traffic_light",
    (2, 1): "traffic_light",
    (1, 1): "priority_stop",
    (3, 1): "priority_stop",
    (3, 3): "allway_stop",
    **{(i, j): "right_before_left" for i in (0, 1, 2) for j in (3, 4)},
    (4, 3): "right_before_left",
    (3, 4): "right_before_left",
    (4, 4): "right_before_left",
}


def alderford(plain: Plain, origin: Point) -> Grid:
    """Adds the town with its south-western corner at `origin`, names and places included."""
    grid = Grid(
        "n",
        origin,
        SPACING,
        _ROWS,
        _COLUMNS,
        kinds=_KINDS,
        zebras={(3, 3): "sw", (2, 3): "ns", (1, 3): "e", (2, 0): "ew", (4, 1): "n"},
        midway=frozenset({("market", 3), ("quay", 2), ("garden", 2), ("mill", 1)}),
    )
    grid.add_to(plain)
    for edge in ("garden_2e", "garden_2e2", "garden_2w", "garden_2w2"):
        plain.zones[edge] = "school_zone"
    plain.place("Home", "hill_2e", 60, "home")
    plain.place("Alderford Station", "station_3n", 50, "station")
    plain.place("City Hospital", "parade_2n", 60, "hospital")
    plain.place("Market Car Park", "market_1e", 70, "parking")
    plain.place("Green Lane Fuel", "mill_4e", 60, "petrol")
    plain.place("Garden Row School", "garden_2e", 30, "school")
    plain.place("Quay Café", "quay_3e", 60, "restaurant")
    return grid


def town() -> Plain:
    """The map `town`: Alderford alone."""
    plain = Plain()
    alderford(plain, (0.0, 0.0))
    return plain
