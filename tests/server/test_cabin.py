"""The cabin protocol over a real WebSocket, with the real Mode Expert and a drive made by hand."""

import asyncio
from pathlib import Path

import pytest

from model.contract.situation import CancelCommand
from modes.vocabulary import Decision, Intent, Mode, RequestState
from server import protocol as p
from server.app import create_app
from server.recording_reader import RecordedPicture
from server.settings import load_settings
from tests.server.doubles import FakeLink
from tests.server.service import Service, built_page, serving


async def test_who_comes_is_greeted_with_everything(service: Service) -> None:
    browser = await service.browser()
    scene = await browser.until(p.Scene)
    assert browser.kinds()[0] == "hello"
    assert {"map", "scenarios", "link", "scene"} <= set(browser.kinds())
    hello = browser.all(p.Hello)[0]
    assert (hello.scenario, hello.source, hello.cues) == (
        "double", "simulated", ((5.0, "why are you slowing"),)
    )  # fmt: skip
    assert scene.situation.actors[0].id == "van1"
    assert len(scene.now_line) <= 42
    why = await browser.until(p.Why)
    assert why.cause is not None
    assert why.cause.object_id == "van1"


async def test_before_the_drive_is_there_the_cabin_says_so(start, link: FakeLink) -> None:
    link.state = "starting"
    service = await start(scenario="motorway_exit")
    browser = await service.browser()
    hello = await browser.until(p.Hello)
    assert hello.scenario == "motorway_exit"
    assert (await browser.until(p.Link)).state == "starting"
    link.state = "ok"
    link.hello()
    link.tick()
    await browser.until(p.Scene)
    assert (await browser.until(p.Link, lambda e: e.state == "ok")).detail == ""


async def test_a_question_is_answered_from_the_record_and_moves_nothing(
    service: Service, link: FakeLink
) -> None:
    browser = await service.browser()
    await browser.until(p.Scene)
    await browser.say("why are you slowing down?")
    event = await browser.until(p.Utterance)
    assert (event.mode, event.token) == (Mode.QA, "<|mode_qa|>")
    reply = await browser.until(p.Reply)
    assert "van" in reply.text
    assert reply.evidence
    assert not link.commands()
    latency = await browser.until(p.Latency)
    assert latency.total_ms == pytest.approx(sum(latency.parts_ms.values()), abs=0.1)


async def test_a_command_is_passed_on_and_its_card_follows_the_vehicle(
    service: Service, link: FakeLink
) -> None:
    browser = await service.browser()
    await browser.until(p.Scene)
    await browser.say("take the next exit")
    event = await browser.until(p.Utterance)
    assert (event.mode, event.intent) == (Mode.CONTROL, Intent.TAKE_EXIT)
    accepted = await browser.until(p.Card)
    assert accepted.state in (RequestState.ACCEPTED, None)
    assert not any(card.state is RequestState.DONE for card in browser.all(p.Card))
    link.tick(4)
    done = await browser.until(p.Card, lambda card: card.state is RequestState.DONE)
    assert done.id == accepted.id
    assert link.commands() == [Intent.TAKE_EXIT]


async def test_harm_is_refused_and_nothing_is_sent(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    await browser.say("hit that trash can")
    event = await browser.until(p.Utterance)
    assert (event.mode, event.decision) == (Mode.AUTONOMOUS, Decision.REFUSE)
    assert (event.refusal_code, event.refusal_class) == ("R03", "harm_property")
    assert (await browser.until(p.Card)).kind == "refusal"
    await browser.until(p.Reply)
    assert not link.commands()
    assert not link.stops()


async def test_chatter_ends_without_a_word(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    await browser.say("I had pasta for lunch yesterday")
    event = await browser.until(p.Utterance)
    assert event.token == "<|mode_autonomous|>"
    idle = await browser.until(
        p.Turn, lambda turn: turn.state == "idle" and turn.turn == event.turn
    )
    assert idle
    assert not browser.all(p.Reply)
    assert not link.commands()


async def test_stop_goes_the_short_way(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    await browser.say("stop!")
    event = await browser.until(p.Utterance)
    assert event.fast_path
    assert event.intent is Intent.STOP
    assert len(link.stops()) == 1
    await browser.until(p.Utterance, lambda e: not e.fast_path)
    assert not link.commands()  # it was sent already


async def test_a_refused_request_shows_on_its_card(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    await browser.say("take the next exit")
    card = await browser.until(p.Card)
    link.refuse(card.id, "there is no exit ahead on this road")
    refused = await browser.until(p.Card, lambda c: c.state is RequestState.REFUSED)
    assert refused.id == card.id
    assert "no exit" in refused.detail


async def test_an_open_command_can_be_cancelled_on_its_card(
    service: Service, link: FakeLink
) -> None:
    browser = await service.browser()
    await browser.say("take the next exit")
    card = await browser.until(p.Card)
    await browser.send("answer", card=card.id, action="cancel")
    await link.until_sent(CancelCommand)
    link.tick(2)
    await browser.until(p.Card, lambda c: c.state is RequestState.CANCELLED)
    assert any(isinstance(m, CancelCommand) and m.id == card.id for m in link.sent)


async def test_a_card_that_is_closed_cannot_be_answered(service: Service) -> None:
    browser = await service.browser()
    await browser.send("answer", card="t99-1", action="confirm")
    error = await browser.until(p.Error)
    assert error.code == "card_closed"
    assert error.hint


async def test_everybody_sees_the_same_conversation(service: Service) -> None:
    first, second = await service.browser(), await service.browser()
    await first.say("why are you slowing down?")
    a, b = await first.until(p.Reply), await second.until(p.Reply)
    assert a == b
    late = await service.browser()
    assert (await late.until(p.Reply)) == a
    assert (await late.until(p.Transcript)).text == "why are you slowing down?"


async def test_turns_end_once_whatever_comes_at_the_same_time(service: Service) -> None:
    browser = await service.browser()
    words = ["why are you slowing down?", "take the next exit", "hello there", "stop", "how fast?"]
    for text in words:
        await browser.say(text)
    await browser.until(p.Utterance, lambda e: e.text == "how fast?")
    turns = [e.turn for e in browser.all(p.Transcript) if e.final]
    assert turns == sorted(set(turns))
    assert len(turns) == len(words)
    replies = [e.turn for e in browser.all(p.Reply)]
    assert len(replies) == len(set(replies))


async def test_when_the_drive_is_lost_the_words_are_not_lost_silently(
    service: Service, link: FakeLink
) -> None:
    browser = await service.browser()
    link.state = "lost"
    assert (await browser.until(p.Link, lambda e: e.state == "lost")).detail
    await browser.say("take the next exit")
    reply = await browser.until(p.Reply)
    assert "cannot be reached" in reply.text
    assert not browser.all(p.Card)


async def test_a_drive_that_falls_silent_counts_as_lost(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    await browser.until(p.Link, lambda e: e.state == "lost")
    link.tick()
    await browser.until(p.Link, lambda e: e.state == "ok")


async def test_another_drive_begins_in_the_same_connection(
    service: Service, link: FakeLink
) -> None:
    browser = await service.browser()
    await browser.until(p.Scene)
    browser.forget()
    await browser.send("drive", action="start", scenario="town_grid")
    link.hello(scenario="town_grid")
    link.tick()
    hello = await browser.until(p.Hello)
    assert hello.scenario == "town_grid"
    assert link.controls()[0].scenario == "town_grid"
    await browser.until(p.Map)
    await browser.until(p.Scene)


async def test_pause_is_shown(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    await browser.until(p.Scene)
    await browser.send("drive", action="pause")
    assert (await browser.until(p.Link, lambda e: e.paused)).state in ("ok", "lost")
    browser.forget()
    await browser.send("drive", action="resume")
    await browser.until(p.Link, lambda e: not e.paused)
    assert [c.action for c in link.controls()] == ["pause", "resume"]


async def test_a_fallback_is_told_once(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    link.tick(3, level="F4")
    alert = await browser.until(p.Alert)
    assert alert.level == "warning"
    reply = await browser.until(p.Reply)
    assert "safe stop" in reply.text
    link.tick(3, level="F0")
    await browser.until(p.Alert, lambda a: a.title == "")
    assert len(browser.all(p.Reply)) == 1


async def test_a_browser_that_stops_reading_does_not_hold_up_others(
    service: Service, link: FakeLink
) -> None:
    slow = await service.browser(max_queue=1, close_timeout=0.2)
    slow._reading.cancel()
    await asyncio.gather(slow._reading, return_exceptions=True)
    quick = await service.browser()
    for _ in range(200):
        link.tick(1)
        await asyncio.sleep(0)
    await quick.say("why are you slowing down?")
    await quick.until(p.Reply)
    newest = link.t_s
    await quick.until(p.Scene, lambda scene: scene.situation.t_s == newest)
    slow._reading = asyncio.create_task(asyncio.sleep(0))


class BrokenFrames:
    """Pictures that cannot be read the first time."""

    def __init__(self) -> None:
        self.asked = 0

    def jpeg(self, camera_index: int, newer_than: int = 0) -> RecordedPicture | None:
        self.asked += 1
        if self.asked == 1:
            raise OSError("the frame file has gone")
        return _Numbered(camera_index, 1.0, b"jpeg") if newer_than < 1 else None

    def close(self) -> None: ...


class _Numbered(RecordedPicture):
    number = 1


async def test_a_part_that_fails_pulls_nobody_down(link: FakeLink, tmp_path: Path) -> None:
    frames = BrokenFrames()
    app = create_app(
        load_settings(recogniser="off", voice="off"),
        link=link,
        dist=built_page(tmp_path / "d"),
        open_frames=lambda _path: frames,
    )
    async with serving(app) as service:
        browser = await service.browser()
        await browser.send("settings", cameras=True)
        link.hello(frames_path="somewhere", cameras=("camera_front_wide_120fov",))
        link.tick(3)
        picture = await browser.until_binary(p.CAMERA)
        assert picture[10:] == b"jpeg"
        await browser.say("why are you slowing down?")
        await browser.until(p.Reply)
