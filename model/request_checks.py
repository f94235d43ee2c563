"""What the vehicle state shows about a request: done, begun, or no longer possible. Pure.

A request is done only when the car's own state proves it, never because a plan says so.
"""

from __future__ import annotations

from math import cos, sin

from model.contract.observation import Actor
from model.contract.road import LaneKind
from model.lane_frame import drive_lanes
from model.request_book import ASIDE, LANE_GROUP, SPEED_GROUP, STOP_GROUP, Moment, Request
from model.request_wishes import limit_mps
from modes.vocabulary import ROUTE_INTENTS, Intent, Target, Trigger, TriggerKind

STANDSTILL_MPS = 0.15
MOVING_MPS = 0.5
#: "Within 1 km/h of the target."
SPEED_NEAR_MPS = 1 / 3.6
#: A lane change is over when the car is this near to the new lane's centre, m.
CENTRED_M = 0.4
#: At the kerb: the car's right side is this near to the edge of the road, m.
AT_KERB_M = 0.8
#: Passed: the object's middle is this far behind the rear bumper, m.
PASSED_M = 3.0
#: A change this large is the first motion towards a request.
FIRST_SPEED_MPS, FIRST_LATERAL_M = 0.3, 0.15


def done(request: Request, moment: Moment) -> bool:
    """Does the state of the car show that the request was carried out?"""
    ego, intent = moment.ego, request.intent
    if intent in ASIDE:
        return ego.speed_mps < STANDSTILL_MPS and at_edge(moment)
    if intent in (Intent.STOP, Intent.WAIT):
        return ego.speed_mps < STANDSTILL_MPS
    if intent is Intent.RESUME:
        return ego.speed_mps > MOVING_MPS
    if intent is Intent.CREEP_FORWARD:
        return request.begin.driven_m >= (request.command.slots.value or 3.0)
    if intent in SPEED_GROUP:
        return _speed_reached(request, moment)
    if intent is Intent.SET_GAP:
        gap = moment.facts.number("lead_gap_s")
        return gap is None or request.target_mps is None or gap >= request.target_mps - 0.2
    if intent in (Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT, Intent.MERGE):
        return _in_new_lane(request, moment)
    if intent is Intent.KEEP_LANE:
        return abs(ego.lateral_m) < CENTRED_M
    if intent in (Intent.OVERTAKE, Intent.AVOID_OBSTACLE, Intent.YIELD):
        return request.target_id is not None and is_behind(request.target_id, moment)
    if intent in ROUTE_INTENTS:
        return _on_goal(request, moment)
    # Style, overtaking and following are in force as soon as the plan is asked for them.
    return True


def _speed_reached(request: Request, moment: Moment) -> bool:
    speed, target = moment.ego.speed_mps, request.target_mps
    if target is None:
        return False
    if request.intent is Intent.SLOW_DOWN:
        return speed <= target + SPEED_NEAR_MPS
    limit = limit_mps(moment)
    goal = target if limit is None else min(target, limit)
    if request.intent is Intent.SPEED_UP:
        return speed >= goal - SPEED_NEAR_MPS
    return abs(speed - goal) <= SPEED_NEAR_MPS


def _in_new_lane(request: Request, moment: Moment) -> bool:
    lane, before = moment.road.lanes.get(moment.ego.lane or ""), request.begin.lane
    if lane is None or before is None or abs(moment.ego.lateral_m) > CENTRED_M:
        return False
    if request.target_lane == lane.id:
        return True
    # The road may have gone on to another edge meanwhile: count lanes from the left there.
    old = moment.road.lanes.get(before)
    goal = moment.road.lanes.get(request.target_lane or "")
    if old is None or goal is None or lane.edge == old.edge:
        return False
    lanes, lanes_then = drive_lanes(moment.road, lane.edge), drive_lanes(moment.road, old.edge)
    if lane not in lanes or goal not in lanes_then:
        return False
    return len(lanes) - lanes.index(lane) == len(lanes_then) - lanes_then.index(goal)


def _on_goal(request: Request, moment: Moment) -> bool:
    route = request.route
    if route is None:
        return False
    if request.intent is Intent.SKIP_EXIT:
        return route.gate_edge is None or _beyond(route.gate_edge, moment)
    if route.goal_edge is None:  # a destination: the route that leads there is in force
        return bool(moment.route) and moment.route[-1] == route.edges[-1]
    return moment.edge == route.goal_edge


def _beyond(gate_edge: str, moment: Moment) -> bool:
    edge = moment.edge
    on_road = edge is not None and edge in moment.road.following
    return on_road and edge != gate_edge and gate_edge not in moment.route


def missed(request: Request, moment: Moment) -> str:
    """Why the request cannot be carried out any more; empty while it can."""
    route = request.route
    if route is not None and route.goal_edge is not None and moment.edge is not None:
        on_road = moment.edge in moment.road.following
        left = on_road and moment.edge not in route.edges
        if left and route.gate_edge is not None:
            exits = request.intent is Intent.TAKE_EXIT
            return "the exit was passed" if exits else "the junction was passed"
    followed = request.target_id if request.intent in (Intent.FOLLOW, Intent.OVERTAKE) else None
    if followed is not None and all(actor.id != followed for actor in moment.actors):
        return "the vehicle is out of sight"
    return ""


def begun(request: Request, moment: Moment) -> bool:
    """Has the car visibly begun to do it?"""
    if moment.progress_id == request.id and moment.progress is not None:
        turning = request.route is not None and request.route.gate_edge is not None
        # On a long way to a turn the car just drives: it has begun once that can be seen.
        seen = not turning or moment.ego.indicator != "off" or moment.edge not in moment.route
        return moment.progress.phase == "under_way" and seen
    if request.intent in SPEED_GROUP | STOP_GROUP:
        return request.released
    if request.intent in LANE_GROUP:
        return moment.ego.lane != request.begin.lane or moves(request, moment)
    if request.route is not None and request.route.gate_edge is not None:
        return moment.edge == request.route.gate_edge and (
            moment.ego.indicator in ("left", "right") or moves(request, moment)
        )
    return request.released


def moves(request: Request, moment: Moment) -> bool:
    """The first motion that can be put down to the request."""
    ego, begin = moment.ego, request.begin
    sideways = ego.lane != begin.lane or abs(ego.lateral_m - begin.lateral_m) > FIRST_LATERAL_M
    change = ego.speed_mps - begin.speed_mps
    if request.intent in (Intent.SPEED_UP, Intent.RESUME, Intent.CREEP_FORWARD):
        return change > FIRST_SPEED_MPS
    if request.intent in (Intent.STOP, Intent.WAIT, Intent.SLOW_DOWN, Intent.YIELD):
        return change < -FIRST_SPEED_MPS or ego.speed_mps < STANDSTILL_MPS
    if request.intent in ASIDE:
        return sideways or change < -FIRST_SPEED_MPS
    if request.intent in (Intent.SET_SPEED, Intent.KEEP_LIMIT, Intent.SET_GAP):
        return abs(change) > FIRST_SPEED_MPS
    if request.route is not None:
        # The way there may be long: only a move that was indicated belongs to it.
        return sideways and ego.indicator in ("left", "right")
    return sideways


def at_edge(moment: Moment) -> bool:
    """Does the car stand on the shoulder, in a parking strip, or close along the kerb?"""
    ego = moment.ego
    lane = moment.road.lanes.get(ego.lane or "")
    if lane is None:
        return False
    if lane.kind in (LaneKind.SHOULDER, LaneKind.PARKING):
        return True
    beside = moment.road.lanes.get(lane.right or "")
    paved = (LaneKind.SHOULDER, LaneKind.PARKING, LaneKind.BIKE, LaneKind.DRIVE, LaneKind.BUS)
    if beside is not None and beside.kind in paved:
        return False
    return ego.lateral_m - moment.shape.width_m / 2 + lane.width_m / 2 < AT_KERB_M


def ahead_m(actor: Actor, moment: Moment) -> float:
    """From the ego's rear axle to the middle of the actor, along the ego's heading, m."""
    ego = moment.ego
    return (actor.x - ego.x) * cos(ego.heading) + (actor.y - ego.y) * sin(ego.heading)


def is_behind(object_id: str, moment: Moment) -> bool:
    """Can the object be seen behind the car?"""
    return any(
        actor.id == object_id and ahead_m(actor, moment) < -moment.shape.rear_overhang_m - PASSED_M
        for actor in moment.actors
    )


def passed(object_id: str, moment: Moment) -> bool:
    """Is the object behind the car, or gone?"""
    return is_behind(object_id, moment) or all(a.id != object_id for a in moment.actors)


def resolve(target: Target | None, moment: Moment, default_ahead: bool) -> str | None:
    """The actor that the words mean: by id, else the nearest one ahead that fits."""
    if target is not None and target.id is not None:
        return target.id
    if target is None and not default_ahead:
        return None

    def fits(actor: Actor) -> bool:
        if target is None:
            return _on_our_way(actor, moment)
        colour = target.colour is None or actor.colour == target.colour
        return colour and target.object.replace(" ", "_") in (actor.kind.value, "vehicle", "thing")

    ahead = [a for a in moment.actors if ahead_m(a, moment) > 0 and fits(a)]
    nearest = min(ahead, key=lambda a: _distance(a, moment), default=None)
    return None if nearest is None else nearest.id


def _on_our_way(actor: Actor, moment: Moment) -> bool:
    """Ahead in about our lane and not coming towards us."""
    lane = moment.road.lanes.get(moment.ego.lane or "")
    other = moment.road.lanes.get(actor.lane or "")
    if lane is not None and other is not None and other.edge == lane.edge:
        return other.id == lane.id
    return abs(_aside_m(actor, moment)) < 4.0 and cos(actor.heading - moment.ego.heading) > 0.5


def _aside_m(actor: Actor, moment: Moment) -> float:
    ego = moment.ego
    return -(actor.x - ego.x) * sin(ego.heading) + (actor.y - ego.y) * cos(ego.heading)


def _distance(actor: Actor, moment: Moment) -> float:
    # Sideways counts more: "the truck" is the one on our way.
    return ahead_m(actor, moment) + 4.0 * abs(_aside_m(actor, moment))


def fired(trigger: Trigger, object_id: str | None, request: Request, moment: Moment) -> bool:
    """Has the condition come true? Time and distance count from when the request came."""
    match trigger.kind:
        case TriggerKind.TIME:
            return moment.t_s - request.since_s >= (trigger.value or 0.0)
        case TriggerKind.DISTANCE:
            return request.begin.driven_m >= (trigger.value or 0.0)
        case TriggerKind.LIGHT_GREEN:
            return moment.facts.text("light") in (None, "green")
        case TriggerKind.JUNCTION_PASSED:
            was_in = request.trigger_memory.get("in_junction", 0.0) > 0
            return was_in and moment.facts.flag("in_junction") is False
        case TriggerKind.EXIT_PASSED:
            exits = moment.facts.number("exits")
            before = request.trigger_memory.get("exits")
            return exits is not None and before is not None and exits < before
        case TriggerKind.ROAD_CLEAR:
            free = (None, "none")
            return (
                moment.facts.text("obstacle") in free
                and moment.facts.text("ped") not in ("in_path", "crossing")
                and moment.facts.text("siren") in free
            )
        case TriggerKind.OBJECT_PASSED:
            return object_id is None or passed(object_id, moment)
