"""Pages, operations and the door of the service."""

from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest
from websockets.asyncio.client import connect

from server import protocol as p
from server.app import create_app
from server.limits import CLOSE_FORBIDDEN, CLOSE_TRY_LATER, CLOSE_UNAUTHORISED
from server.settings import load_settings
from tests.server.doubles import FakeLink
from tests.server.service import Client, Service, serving

TOKEN = "a-token-of-sixteen-characters"


async def get(service: Service, path: str, **options: Any) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=f"http://{service.address}") as client:
        return await client.get(path, **options)


async def test_the_page_is_served_with_its_policy(service: Service) -> None:
    answer = await get(service, "/")
    assert answer.status_code == 200
    assert "cabin" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert f"ws://{service.address}" in policy
    assert "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_hashed_files_are_kept_for_ever(service: Service) -> None:
    answer = await get(service, "/assets/app-1a2b.js")
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/nothing.js", "/assets/../../map.json", "/%2e%2e/map.json", "/assets"]
)
async def test_what_is_not_of_the_page_is_not_there(service: Service, path: str) -> None:
    assert (await get(service, path)).status_code == 404


async def test_a_page_that_was_not_built_says_how(link: FakeLink, tmp_path: Path) -> None:
    app = create_app(
        load_settings(recogniser="off", voice="off"), link=link, dist=tmp_path / "none"
    )
    async with serving(app) as service:
        answer = await get(service, "/")
        assert answer.status_code == 503
        assert "ui/build.py" in answer.text


async def test_ready_means_that_the_car_drives(start: Any, link: FakeLink) -> None:
    link.state = "starting"
    service = await start()
    assert (await get(service, "/healthz")).json() == {"status": "ok"}
    assert (await get(service, "/readyz")).status_code == 503
    link.state = "ok"
    link.hello()
    link.tick()
    browser = await service.browser()
    await browser.until(p.Scene)
    assert (await get(service, "/readyz")).json()["ready"] is True


async def test_metrics_count_what_was_said(service: Service) -> None:
    browser = await service.browser()
    await browser.say("hit that trash can")
    await browser.until(p.Reply)
    text = (await get(service, "/metrics")).text
    assert 'ridealong_refusals_total{code="R03"} 1.0' in text
    assert "ridealong_connections 1.0" in text
    assert "ridealong_reply_seconds_count" in text


async def test_the_schema_describes_every_event(service: Service) -> None:
    schema = (await get(service, "/v1/cabin/schema")).json()
    assert schema["version"] == p.VERSION
    browser = await service.browser()
    await browser.say("take the next exit")
    await browser.until(p.Reply)
    validator = jsonschema.Draft202012Validator(schema["to_browser"])
    for event in browser.events:
        validator.validate(event.model_dump(mode="json"))


# ---------------------------------------------------------------------- the door


async def test_with_a_token_nothing_opens_without_it(start: Any) -> None:
    service = await start(token=TOKEN)
    for path in ("/", "/metrics", "/v1/cabin/schema"):
        assert (await get(service, path)).status_code == 401
    assert (await get(service, "/healthz")).status_code == 200
    browser = await service.browser()
    error = await browser.until(p.Error)
    assert "token" in error.message
    assert (await browser.closed())[0] == CLOSE_UNAUTHORISED
    assert browser.kinds() == ["error"]


@pytest.mark.parametrize("token", ["wrong", "", TOKEN + "x", TOKEN.upper()])
async def test_a_wrong_token_is_no_token(start: Any, token: str) -> None:
    service = await start(token=TOKEN)
    browser = await service.browser(f"/v1/cabin?token={token}")
    assert (await browser.closed())[0] == CLOSE_UNAUTHORISED


async def test_a_token_opens_as_header_and_as_parameter(start: Any) -> None:
    service = await start(token=TOKEN)
    header = {"Authorization": f"Bearer {TOKEN}"}
    assert (await get(service, "/metrics", headers=header)).status_code == 200
    await (await service.browser(additional_headers=header)).until(p.Hello)
    await (await service.browser(f"/v1/cabin?token={TOKEN}")).until(p.Hello)


async def test_the_one_time_link_gives_a_cookie_and_leaves_no_token_in_the_address(
    start: Any,
) -> None:
    service = await start(token=TOKEN)
    link_token = service.app.state.access.link_token
    first = await get(service, f"/?token={link_token}&theme=light")
    assert first.status_code == 303
    assert first.headers["location"].endswith("/?theme=light")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    pair = {"Cookie": cookie.split(";")[0]}
    assert (await get(service, "/", headers=pair)).status_code == 200
    await (await service.browser(additional_headers=pair)).until(p.Hello)
    assert (await get(service, f"/?token={link_token}")).status_code == 401


async def test_a_foreign_page_may_not_open_a_socket(service: Service) -> None:
    browser = await service.browser(origin="http://evil.example")
    assert (await browser.until(p.Error)).hint
    assert (await browser.closed())[0] == CLOSE_FORBIDDEN
    await (await service.browser(origin=f"http://{service.address}")).until(p.Hello)


async def test_a_foreign_name_for_this_machine_is_refused(service: Service) -> None:
    answer = await get(service, "/", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    port = int(service.address.rpartition(":")[2])
    browser = Client(
        await connect(f"ws://evil.example:{port}/v1/cabin", host="127.0.0.1", port=port)
    )
    assert (await browser.closed())[0] == CLOSE_FORBIDDEN


async def test_one_browser_too_many_is_told(start: Any, link: FakeLink) -> None:
    service = await start(max_connections=2)
    first = [await service.browser() for _ in range(2)]
    for browser in first:
        await browser.until(p.Hello)
    third = await service.browser()
    assert "too many" in (await third.until(p.Error)).message
    assert (await third.closed())[0] == CLOSE_TRY_LATER
    await first[0].close()
    await (await service.browser()).until(p.Hello)
