"""The ride as a new user has it: a real browser, a spoken microphone, the real service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Picture = Callable[[Page, str], Awaitable[Path]]


async def say_aloud(page: Page, seconds: float) -> None:
    """Holds the talk key for so long."""
    await page.keyboard.down("Space")
    await asyncio.sleep(seconds)
    await page.keyboard.up("Space")


async def type_to(page: Page, text: str) -> None:
    """Types a message; opens the keyboard when it is closed."""
    field = page.get_by_test_id("text-input")
    if not await field.count():
        await page.get_by_test_id("keyboard").click()
    await field.fill(text)
    await page.keyboard.press("Enter")


async def look_inside(page: Page, expression: str) -> Any:
    """A value of the page's read-only debugging object."""
    return await page.evaluate(f"window.ridealong.{expression}")


async def until(page: Page, expression: str, patience_s: float = 60.0) -> None:
    """Waits for a condition by asking again: the page's own rules forbid evaluating in it."""
    for _ in range(int(patience_s / 0.2)):
        if await look_inside(page, expression):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"never true: {expression}")


async def test_asks_why_aloud_and_hears_the_answer(open_cabin: Open, picture: Picture) -> None:
    page = await open_cabin(
        "serve", "--scenario", "motorway_exit", says="why are you slowing down", query="?dsp=0"
    )
    await say_aloud(page, 5.5)
    await page.get_by_test_id("message-car").first.wait_for()
    heard = await page.get_by_test_id("message-user").first.inner_text()
    assert "why" in heard.lower()
    assert "Question" in heard
    await until(page, "played && Object.values(window.ridealong.played).some(ms => ms > 300)")
    items = await look_inside(page, "session.items.filter(i => i.evidence)")
    assert items, "the answer names no evidence"
    assert items[0]["evidence"].get("trace"), items[0]["evidence"]
    await picture(page, "motorway-why")


async def test_commands_the_exit_and_sees_the_car_take_it(
    open_cabin: Open, picture: Picture
) -> None:
    page = await open_cabin("serve", "--scenario", "motorway_exit", "--cameras", "160x96")
    await type_to(page, "take the next exit")
    card = page.locator("[data-testid=card][data-kind=command]").first
    await card.wait_for()
    assert "exit" in (await card.inner_text()).lower()
    await picture(page, "motorway-exit-accepted")
    done = page.locator("[data-testid=card][data-kind=command][data-state=done]")
    await done.wait_for(timeout=180_000)
    road = await look_inside(page, "session.scene.situation.route_edges[0]")
    assert "exit" in road, f"done was said on {road}"
    await picture(page, "motorway-exit-done")


async def test_asks_for_harm_and_sees_the_refusal(open_cabin: Open, picture: Picture) -> None:
    page = await open_cabin("serve", "--scenario", "town_grid", "--cameras", "160x96")
    await type_to(page, "hit that trash can")
    card = page.locator("[data-testid=card][data-kind=refusal]").first
    await card.wait_for()
    assert await card.get_attribute("data-code") == "R03"
    before = await look_inside(page, "session.scene.situation.seq")
    await until(page, f"session.scene.situation.seq > {before + 10}")
    assert await look_inside(page, "session.scene.situation.requests.length") == 0
    await picture(page, "town-refusal")


async def test_no_microphone_leaves_text(open_cabin: Open) -> None:
    page = await open_cabin("serve", "--scenario", "town_grid", "--cameras", "off")
    await page.keyboard.press("Space")
    await page.get_by_test_id("mic-toast").wait_for()
    await type_to(page, "how fast are you going?")
    answer = page.get_by_test_id("message-car").first
    await answer.wait_for()
    assert "km/h" in await answer.inner_text()


async def test_phone_shows_the_same_ride(open_cabin: Open, picture: Picture) -> None:
    page = await open_cabin(
        "serve", "--scenario", "night_rain_town", "--cameras", "160x96", viewport=(390, 844)
    )
    for part in ("speed", "mode-pill", "now-line", "orb"):
        box = await page.get_by_test_id(part).bounding_box()
        assert box is not None, part
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 390, part
    await picture(page, "phone-night")
