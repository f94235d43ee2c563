"""Requests to a speech service: what is sent, and what is said when it fails."""

import socket

import pytest

from speech.errors import ModelMissing
from speech.openai_http import ServiceError, SpeechService, multipart

from .service import Service, running


def test_a_request_carries_key_type_and_body() -> None:
    with running(Service(answer=b"sound")) as service:
        speech = SpeechService(service.url + "/", "secret", timeout_s=5)
        with speech.post("/audio/speech", b"{}", "application/json") as response:
            assert response.read() == b"sound"
    assert service.paths == ["/v1/audio/speech"]
    assert service.bodies == [b"{}"]
    assert service.headers[0]["Authorization"] == "Bearer secret"
    assert service.headers[0]["Content-Type"] == "application/json"


def test_without_a_key_none_is_sent() -> None:
    with running(Service(answer=b"")) as service:
        SpeechService(service.url, None, 5).post("/x", b"", "text/plain").close()
    assert "Authorization" not in service.headers[0]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"error": {"message": "bad\nkey"}}, "answered 401: bad key"),
        (b"<html>", "answered 401: <html>"),
        (b"", "answered 401: no reason given"),
    ],
)
def test_a_refusal_says_why_in_one_line(answer: object, message: str) -> None:
    with running(Service(answer=answer, status=401)) as service:
        with pytest.raises(ServiceError, match=message) as caught:
            SpeechService(service.url, None, 5).post("/x", b"", "text/plain")
        assert caught.value.status == 401


def test_nobody_there_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ServiceError, match="cannot be reached") as caught:
        SpeechService(f"http://127.0.0.1:{port}", None, 1).post("/x", b"", "text/plain")
    assert caught.value.status == 0


@pytest.mark.parametrize("url", [None, "", "file:///etc", "127.0.0.1:80", "http://", "http://a:b"])
def test_a_url_that_cannot_be_says_what_one_looks_like(url: str | None) -> None:
    with pytest.raises(ModelMissing, match="set it like http"):
        SpeechService(url, None, 1)


def test_a_form_holds_fields_and_file() -> None:
    body, content_type = multipart({"model": "m"}, "a.wav", b"\x00\xff")
    boundary = content_type.removeprefix("multipart/form-data; boundary=")
    parts = body.split(f"--{boundary}".encode())
    assert len(parts) == 4
    assert parts[1].endswith(b'name="model"\r\n\r\nm\r\n')
    assert parts[2].endswith(b"Content-Type: audio/wav\r\n\r\n\x00\xff\r\n")
    assert parts[3] == b"--\r\n"
