"""Services for the tests of the talking process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from server.app import create_app
from server.settings import load_settings
from tests.server.doubles import FakeLink
from tests.server.service import Service, built_page, serving


@pytest.fixture
def link(tmp_path: Path) -> FakeLink:
    return FakeLink(tmp_path)


@pytest.fixture
async def start(link: FakeLink, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await start(…settings…)`: a service around the fake link, without speech."""
    async with AsyncExitStack() as stack:

        async def begin(**settings: Any) -> Service:
            chosen = load_settings(**{"recogniser": "off", "voice": "off", **settings})
            app = create_app(chosen, link=link, dist=built_page(tmp_path / "dist"))
            return await stack.enter_async_context(serving(app))

        yield begin


@pytest.fixture
async def service(start: Callable[..., Any], link: FakeLink) -> Service:
    """A service whose drive has begun."""
    running: Service = await start()
    link.hello()
    link.tick(3)
    return running
