"""Requests to an OpenAI-compatible speech service, with the standard library only."""

import contextlib
import http.client
import json
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from speech.errors import ModelMissing, SpeechError

_REASON_CHARACTERS = 200


class ServiceError(SpeechError):
    """The service could not be reached or refused; `status` is the HTTP status or 0."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class SpeechService:
    """The base URL of a service, for example http://127.0.0.1:8000/v1, and its key."""

    def __init__(self, url: str | None, api_key: str | None, timeout_s: float) -> None:
        """Raises ModelMissing when there is no URL or it is not one of http or https."""
        parts = urlsplit(url or "")
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https") or not parts.hostname or port == -1:
            raise ModelMissing(
                "the URL of the speech service",
                f"set it like http://127.0.0.1:8000/v1 (it is {url!r})",
            )
        self._scheme, self._host, self._port = parts.scheme, parts.hostname, port
        self._path = parts.path.rstrip("/")
        self._api_key = api_key
        self._timeout_s = timeout_s

    def post(self, path: str, body: bytes, content_type: str) -> http.client.HTTPResponse:
        """The open response to a POST; ServiceError when there is none or its status is not 200.

        The caller reads it to the end or closes it; the connection closes with it.
        """
        kind = http.client.HTTPSConnection if self._scheme == "https" else None
        connection = (kind or http.client.HTTPConnection)(
            self._host, self._port, timeout=self._timeout_s
        )
        # "close" makes the response the owner of the socket, so closing it hangs up.
        headers = {"Content-Type": content_type, "Connection": "close"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        where = f"{self._scheme}://{self._host}{self._path}{path}"
        try:
            connection.request("POST", self._path + path, body, headers)
            response = connection.getresponse()
            if response.status == 200:
                return response
            reason = _reason(response.read(4096))
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            raise ServiceError(f"{where} cannot be reached: {problem}") from problem
        connection.close()
        raise ServiceError(f"{where} answered {response.status}: {reason}", response.status)


def multipart(fields: Mapping[str, str], file_name: str, file: bytes) -> tuple[bytes, str]:
    """A multipart form with one file in the field "file": the body and its content type."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    parts += [head.encode(), file, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _reason(body: bytes) -> str:
    """The message in an error answer, on one short line."""
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, KeyError, TypeError):
        text = str(json.loads(text)["error"]["message"])
    return " ".join(text.split())[:_REASON_CHARACTERS] or "no reason given"
