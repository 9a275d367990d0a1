"""The import contracts know every part of the app (STYLE §3.2)."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_PARTS = {"ports", "wiring"}
"""Where parts meet: the protocols, and the composition root."""


def test_every_folder_of_app_stands_in_the_contract_of_parts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (parts,) = [c for c in contracts if c["name"] == "parts of the app meet only in main"]
    folders = {path.parent.name for path in ROOT.glob("app/*/__init__.py")}
    assert {module.removeprefix("app.") for module in parts["modules"]} == folders - NO_PARTS


def test_only_the_root_and_the_command_line_import_the_wiring() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("app/**/*.py")
        if "app.wiring" in path.read_text() and "wiring" not in path.parts
    }
    assert importers == {"app/main.py", "app/cli.py"}
