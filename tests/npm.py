"""What comes from npm for tests, where `make axe` has put it.

Where it is missing they fail in CI and are skipped elsewhere.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent


def package(
    folder: str, name: str, *, here: Path = HERE, environment: Mapping[str, str] = os.environ
) -> Path:
    """Where the package `name` lies that the lock in `folder` names."""
    found = here / folder / "node_modules" / name
    return found if found.exists() else _missing(name, environment)


def node(folder: str, name: str, *, here: Path = HERE, environment: Mapping[str, str] = os.environ) -> str:
    """The program that runs what needs this package."""
    package(folder, name, here=here, environment=environment)
    return shutil.which("node") or _missing("node", environment)


def _missing(what: str, environment: Mapping[str, str]) -> NoReturn:
    said = f"{what} is missing: make axe"
    if environment.get("CI"):
        pytest.fail(said, pytrace=False)
    pytest.skip(said)
