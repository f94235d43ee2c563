"""The web cabin: TypeScript sources, and the built page that the server hands out."""

from pathlib import Path

#: The built page (`index.html` and `assets/`); absent until `python ui/build.py` has run.
DIST = Path(__file__).parent / "dist"
