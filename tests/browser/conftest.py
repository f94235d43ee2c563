"""A real Chromium, the real service, and a microphone that hears a spoken WAV."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, Page, Playwright, async_playwright

from speech.audio import read_wav, resample, to_pcm16, write_wav
from speech.files import speak_to_file
from speech.voices import VoiceOptions, load_voice
from tests.browser.service import service

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
#: Small, because the 3D scene is drawn in software here.
VIEWPORT = (1000, 640)
MICROPHONE_HZ = 48_000
QUIET_S = 1.5
#: Where screenshots of a failing or passing run go, git-ignored.
REPORTS = Path(__file__).resolve().parents[2] / "reports"
Open = Callable[..., Awaitable[Page]]


def executable() -> str | None:
    """Path of the Chromium to drive; None lets Playwright use its own."""
    named = os.environ.get("RIDEALONG_BROWSER") or shutil.which("chromium")
    return None if named == "playwright" else named


def microphone_file(text: str, folder: Path) -> Path:
    """A WAV as Chromium's fake microphone wants it (48 kHz), with quiet before and after."""
    path = folder / "says.wav"
    # A slow, low voice: the one of the embedded voices that the recogniser hears best.
    voice = load_voice("espeak", VoiceOptions(words_per_minute=150, pitch=35))
    try:
        speak_to_file(text, path, voice)
    finally:
        voice.close()
    spoken = read_wav(path)
    samples = resample(spoken.samples, spoken.rate_hz, MICROPHONE_HZ)
    quiet = np.zeros(int(MICROPHONE_HZ * QUIET_S), samples.dtype)
    write_wav(path, to_pcm16(np.concatenate((quiet, samples, quiet))), MICROPHONE_HZ)
    return path


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@pytest.fixture(scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    chromium = await playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS])
    yield chromium
    await chromium.close()


@pytest.fixture
async def open_cabin(
    playwright: Playwright, browser: Browser, tmp_path: Path
) -> AsyncIterator[Open]:
    """`await open_cabin("serve", "--scenario", name, says="take the next exit")`: a ready page."""
    stack = AsyncExitStack()

    async def open_page(
        *arguments: str,
        says: str | None = None,
        query: str = "",
        viewport: tuple[int, int] = VIEWPORT,
        microphone: bool = True,
    ) -> Page:
        address = await asyncio.to_thread(stack.enter_context, service(tmp_path, *arguments))
        chromium = browser
        if says is not None:
            wav = await asyncio.to_thread(microphone_file, says, tmp_path)
            fake = [
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={wav}%noloop",
            ]
            chromium = await playwright.chromium.launch(
                executable_path=executable(), args=[*ARGUMENTS, *fake]
            )
            stack.push_async_callback(chromium.close)
        context = await chromium.new_context(
            viewport={"width": viewport[0], "height": viewport[1]},
            permissions=["microphone"] if microphone and says is not None else [],
        )
        stack.push_async_callback(context.close)
        page = await context.new_page()
        page.set_default_timeout(60_000)
        await page.goto(f"{address}/{query}")
        await page.wait_for_selector("body[data-ready]", state="attached")
        return page

    yield open_page
    await stack.aclose()


@pytest.fixture
def picture() -> Callable[[Page, str], Awaitable[Path]]:
    """Saves a screenshot under reports/ and gives its path."""

    async def save(page: Page, name: str) -> Path:
        REPORTS.mkdir(exist_ok=True)
        path = REPORTS / f"{name}.png"
        await page.screenshot(path=path)
        return path

    return save
