"""The locks: every package pinned by its hash, one version in both, and no address of any index."""

import json
import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
_PIN = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[\w.]+)(?: ; (?P<marker>[^\\]+))? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
_NOTE = re.compile(r"    # +(via ?)?(-c requirements-dev\.lock|linli \(pyproject\.toml[\w:]*\)|[\w.-]+)?")


def pins(text: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Version and hashes of each package in a lock.

    Raises ValueError naming the line that is neither pin, hash nor note, and the package without a hash.
    """
    found: dict[str, tuple[str, frozenset[str]]] = {}
    name = ""
    for line in text.splitlines():
        if pin := _PIN.fullmatch(line):
            name = canonicalize_name(pin["name"])
            found[name] = (pin["version"], frozenset())
        elif _HASH.fullmatch(line):
            version, hashes = found[name]
            found[name] = (version, hashes | {line.strip(" \\")})
        elif not _NOTE.fullmatch(line):
            raise ValueError(f"not a pin, a hash or a note: {line}")
    if bare := [name for name, (_, hashes) in found.items() if not hashes]:
        raise ValueError(f"without a hash: {', '.join(bare)}")
    return found


def lock(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    return pins((ROOT / name).read_text(encoding="utf-8"))


def wanted(*, dev: bool) -> list[Requirement]:
    """What pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    lines = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["semantic"],
        *groups["build"],
        *([*groups["dev"], *groups["train"]] if dev else []),
    ]
    return [Requirement(line) for line in lines if isinstance(line, str)]


def asked_with_extras() -> set[str]:
    """What packages that are installed here ask of others with an extra, as a lock has to say it."""
    pinned = lock("requirements-dev.lock")
    asked = (
        Requirement(line)
        for each in distributions()
        if canonicalize_name(each.name) in pinned
        for line in each.requires or ()
    )
    return {
        f"{canonicalize_name(each.name)}[{','.join(sorted(each.extras))}]=="
        for each in asked
        if each.extras and (each.marker is None or each.marker.evaluate({"extra": ""}))
    }


def test_what_is_asked_for_with_an_extra_is_locked_with_it() -> None:
    """Else pip looks at the newest release of it, and stops when that is not the one that is locked."""
    text = (ROOT / "requirements-dev.lock").read_text("utf-8")
    asked = asked_with_extras()
    assert "coverage[toml]==" in asked  # the control: there is such a one
    assert {each for each in asked if f"\n{each}" not in text} == set()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_what_the_project_asks_for(name: str) -> None:
    pinned = lock(name)
    for requirement in wanted(dev=name == "requirements-dev.lock"):
        version, _ = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), (
            f"{name}: {requirement} but {version}; run `make lock`"
        )


def test_both_locks_hold_the_same_versions() -> None:
    assert lock("requirements.lock").items() <= lock("requirements-dev.lock").items()


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "--find-links /srv/wheels",
        "    # from https://example.org/simple",
        "six @ https://example.org/six.whl \\",
        "six>=1.16 \\",
        "six==1.16.0",
    ],
)
def test_an_address_or_a_loose_version_in_a_lock_is_noticed(line: str) -> None:
    with pytest.raises(ValueError, match="not a pin"):
        pins(f"{line}\n    --hash=sha256:{'0' * 64}\n")


def test_a_package_without_a_hash_is_noticed() -> None:
    with pytest.raises(ValueError, match="without a hash: six"):
        pins("six==1.16.0 \\\n    # via linli (pyproject.toml)\n")


def test_what_fuzzing_needs_is_pinned_in_a_lock_of_its_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = lock("tests/fuzz/requirements.lock")
    exact = [f"{name}=={version}" for name, (version, _) in pinned.items()]
    assert exact == project["dependency-groups"]["fuzz"]
    assert not pinned.keys() & lock("requirements-dev.lock").keys()


@pytest.mark.parametrize("folder", ["axe", "telegram_api", "wechat"])
def test_what_comes_from_npm_is_pinned_by_its_hash_and_names_no_address(folder: str) -> None:
    text = (ROOT / "tests" / folder / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    wanted = json.loads((ROOT / "tests" / folder / "package.json").read_text(encoding="utf-8"))
    packages = json.loads(text)["packages"]
    assert packages.pop("")["devDependencies"] == wanted["devDependencies"]
    assert packages
    for package in packages.values():
        assert package["integrity"].startswith("sha512-")
        assert not package.get("hasInstallScript")
