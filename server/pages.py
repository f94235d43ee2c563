"""Static files of the web cabin, with their caching, and the two plain pages beside it."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import FileResponse, HTMLResponse, Response

#: File names under this folder carry a hash of their content.
HASHED = "assets/"

_PLAIN = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
    "content='width=device-width'><title>Ridealong</title><style>body{{font:20px/1.5 system-ui,"
    "sans-serif;margin:15vh auto;max-width:34em;padding:0 1em;background:#131a22;color:#f2f6fa}}"
    "code{{color:#5aa9ff}}</style><h1>{title}</h1><p>{text}</p></html>"
)
NOT_BUILT = (
    "The web cabin is not built",
    "The service runs. Build its page with <code>python3 ui/build.py</code> "
    "and load this page again.",
)
NOT_INVITED = (
    "Please use the link",
    "This car answers only to people with its token. Open the link that "
    "<code>ridealong serve</code> printed when it started; it works once in one browser.",
)


def page(words: tuple[str, str], status: int) -> Response:
    """A plain page of one title and one paragraph."""
    title, text = words
    return HTMLResponse(
        _PLAIN.format(title=title, text=text), status, {"Cache-Control": "no-store"}
    )


def static_file(dist: Path, path: str) -> Response | None:
    """A file of the built page; None when it is not there or outside of it."""
    root = dist.resolve()
    file = (root / path).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        return None
    forever = path.startswith(HASHED)
    caching = "public, max-age=31536000, immutable" if forever else "no-cache"
    return FileResponse(file, headers={"Cache-Control": caching})
