"""`python3 -m tests`: installs what the tests need, then lints, checks types and runs them all.

Arguments are handed to pytest and then only pytest runs: `python3 -m tests tests/safety -x`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from server.bootstrap import NO_APT, ROOT, apt_install, ready, say

BROWSER = "RIDEALONG_BROWSER"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHECKS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
}


def find_browser() -> str | None:
    """Path of a Chromium for the browser tests, installing one where that is possible."""
    if os.environ.get(BROWSER):
        return os.environ[BROWSER]
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None and apt_install("chromium"):
        found = shutil.which("chromium")
    if found is None:
        command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
        if os.environ.get(NO_APT) == "1":
            command.remove("--with-deps")
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return "playwright"
    return found


def run(name: str, command: list[str]) -> bool:
    """Runs one check; True when it passed."""
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False)
    say(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - start:.0f} s)")
    return done.returncode == 0


def main() -> int:
    """Exit status 0 when everything passed, 1 otherwise."""
    ready("tests", "dev")
    browser = find_browser()
    if browser is None:
        say(f"no Chromium found: set {BROWSER} to one; the browser tests will fail")
    else:
        os.environ[BROWSER] = browser
    bin_folder = os.path.dirname(sys.executable)
    pytest = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    if len(sys.argv) > 1:
        return subprocess.run(pytest, cwd=ROOT, check=False).returncode
    passed = [
        run(name, [os.path.join(bin_folder, command[0]), *command[1:]])
        for name, command in CHECKS.items()
    ]
    passed.append(run("tests", pytest))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    raise SystemExit(main())
