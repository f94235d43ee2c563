"""Habits of the house that a reader relies on, checked over the tracked files."""

import re
import subprocess
from pathlib import Path

import pytest

from server.bootstrap import ROOT

SOURCES = (".py", ".ts", ".svelte", ".md", ".toml", ".yaml", ".yml", ".json", ".lock", ".css")


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in names if name.endswith(SOURCES) and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry() -> None:
    # In pieces, so that this file does not find itself.
    marks = ('"resolved"' + r': *"https?://', "registry" + r' *= *"?https?://', "index" + "-url")
    address = re.compile("|".join(marks))
    named = [p for p in tracked() if address.search(p.read_text("utf-8"))]
    assert named == []


def test_code_files_stay_readable_in_one_sitting() -> None:
    too_long = {
        str(p.relative_to(ROOT)): lines
        for p in tracked()
        if p.suffix in {".py", ".ts", ".svelte"}
        and (lines := p.read_text("utf-8").count("\n")) > 400
        and "Do not edit" not in p.read_text("utf-8")[:300]  # generated
    }
    assert too_long == {}


def test_every_module_says_what_it_is_for() -> None:
    def opens_with_docstring(path: Path) -> bool:
        text = path.read_text("utf-8").lstrip()
        return not text or text.startswith(('"""', 'r"""'))

    silent = [
        str(p.relative_to(ROOT))
        for p in tracked()
        if p.suffix == ".py" and not opens_with_docstring(p)
    ]
    assert silent == []


def test_big_files_are_small_enough_to_ship() -> None:
    sizes = {
        name: (ROOT / name).stat().st_size
        for name in subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        if (ROOT / name).is_file()
    }
    assert max(sizes.values()) <= 40 * 2**20
    assert sum(sizes.values()) <= 120 * 2**20


def test_readme_is_short_and_names_only_commands_that_exist(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from server.cli import main

    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 150
    named = {line.split()[1] for line in re.findall(r"^ridealong .+$", text, re.MULTILINE)}
    assert named
    for command in sorted(named):
        assert main([command, "--help"]) == 0, f"README names an unknown command: {command}"
    capsys.readouterr()


def test_readme_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)
    assert [target for target in targets if not (ROOT / target).exists()] == []
