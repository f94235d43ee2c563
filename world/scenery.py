"""The scenery of a map: houses, trees, signs and lights around the roads, made from the road map.

`scenery(road)` is pure and seeded by the map's name: the same road map gives the same list. The
camera renderer and the web cabin draw it (in the map document, `scenery`), so that both show the
same place. Nothing solid stands on a lane, sidewalk, crossing or junction, nor in one another.

Every item is a JSON-ready dict with `kind`, `x`, `y` (map frame, m: x east, y north; the middle
of the footprint, or the first point where there are `pts`) and `h` (rad, counter-clockwise from
east: where the front looks). Ground is z = 0. Lengths in m, colours as `#rrggbb`; `pts` is a list
of [x, y]. A drawer skips kinds that it does not know. Fields beside these, by kind:

Buildings: the front wall looks along `h`; `w` is measured along the front, `d` away from it.
- house: w, d, height (eaves), storeys, roof (`flat` | `gable` | `hip`; the ridge of a gable runs
  along `w`), roof_h (ridge above the eaves), colour, roof_colour, trim (window frames),
  cols and side_cols (window columns on front/back and on the sides), door (which front column
  of the ground floor is the door), lit (front windows lit at night: `row * cols + col`, row 0 is
  the ground floor), chimney (bool)
- shop: as house with roof `flat` above one glazed ground floor; awning (colour), name (text of
  the board above the window)
- tower: as house with roof `flat`, 6 to 10 storeys, no door

Plants:
- tree: species (`broad` | `conifer` | `poplar`), height, r (crown radius), tint (0..1, which of
  its greens)
- bush: height, r, tint
- hedge: pts, height, thick
- field: pts (closed polygon, ground cover without height), crop (`meadow` | `wheat` | `rape` |
  `plough` | `grass`), colour

Street furniture:
- lamp: height, arm (the lantern hangs so far along `h`, over the road)
- bench: w
- bus_stop: w, d (a shelter, open along `h`), name
- guard_rail: pts, height
- noise_wall: pts, height
- parapet: pts, height (side of a bridge)

Signs: the plate looks along `h`, that is against the traffic it is meant for; `pole` is the
height of its lower edge, `w` and `height` the plate. Size of round and triangular ones: `w`.
- sign_exit: lines (text, top to bottom), stage (`1000` | `500` | `ramp`: metres to go), pole, w,
  height, colour (the plate; text is white)
- gantry: as sign_exit on a beam across the carriageway: w and height of the plate, span (m
  between the posts, across `h`), x, y is the middle of the beam and the plate is centred there
- sign_limit: value (km/h), w, pole
- sign_stop, sign_yield, sign_zebra: w, pole
- traffic_light: tls (traffic light id), link (index into its state string), also (other links that
  show the same head), height (of the head's top), arm (the head hangs so far to the left of the
  post as traffic sees it, 0 on the post)
"""

from __future__ import annotations

from random import Random

from model.contract.road import RoadMap
from world.landscape.barriers import barriers
from world.landscape.buildings import buildings
from world.landscape.ground import Ground
from world.landscape.item import Item
from world.landscape.plants import country_trees, fields, green_yards, street_trees
from world.landscape.sides import sides
from world.landscape.signs import signs
from world.landscape.street import lamps, shelters


def scenery(road: RoadMap) -> list[Item]:
    """Everything that stands around the roads of `road`; see the module for what an item holds.

    What must stand in one place (lights, signs) is placed first, what fills gaps (trees) last.
    """
    ground = Ground(road)
    along = tuple(sides(road))
    rng = Random(f"scenery of {road.name}")
    items = list(signs(road, along, ground))
    items += barriers(along, road.zones, ground, rng)
    items += lamps(along, ground)
    items += shelters(road, along, ground, rng)
    items += buildings(road, along, ground, rng)
    items += street_trees(along, ground, rng)
    items += green_yards(along, ground, rng)
    tilled = ground.coarser(4)
    items += fields(along, ground, tilled, rng)
    items += country_trees(along, ground, tilled, rng)
    return items
