"""The rules of this house that no checker knows: `python -m tests.house_rules` names each breach."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("bot", "handlers", "messages", "storage")
MOST_LINES = 400

# Han characters with their radicals and extensions, Chinese punctuation, full-width forms.
_CHINESE = re.compile(
    "[\u2e80-\u2fdf\u3000-\u303f\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff65\U00020000-\U0003ffff]"
)
_SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep"}
_PATCHES = {"monkeypatch.setattr", "monkeypatch.setitem", "monkeypatch.delattr"}


def breaches(root: Path) -> list[str]:
    """Everything under `root` that breaks a rule, as `path:line: what`."""
    return [f"{path.relative_to(root)}:{line}: {what}" for path, line, what in _breaches(root)]


def _breaches(root: Path) -> Iterator[tuple[Path, int, str]]:
    for path in sorted(path for name in PACKAGES for path in (root / name).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield from ((path, line, what) for line, what in (*_too_long(text), *_chinese(text)))
    for path in sorted((root / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield from ((path, line, what) for line, what in (*_too_long(text), *_waits_or_patches(text)))


def _too_long(text: str) -> Iterator[tuple[int, str]]:
    lines = len(text.splitlines())
    if lines > MOST_LINES:
        yield MOST_LINES + 1, f"{lines} lines, {MOST_LINES} at most; divide it by subject"


def _chinese(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _CHINESE.search(line):
            yield number, f"U+{ord(found[0]):04X}: Chinese belongs into templates, word lists and tests"


def _waits_or_patches(text: str) -> Iterator[tuple[int, str]]:
    """A test waits for what happens, not for time to pass, and hands in what it wants otherwise."""
    tree = ast.parse(text)
    names = _imported(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom() if any("mock" in name.split(".") for name in _names(node)):
                yield node.lineno, "a test hands in its own clock, settings or transport and mocks nothing"
            case ast.Call(func=func, args=args):
                called = _dotted(func, names)
                if called in _SLEEPS and not _is_zero(args):
                    yield node.lineno, f"{called}: a test waits for what happens, not for time to pass"
                elif called.endswith(".wait_for_timeout"):
                    yield node.lineno, "wait_for_timeout: wait for what the page shows"
                elif called in _PATCHES:
                    yield node.lineno, f"{called}: a test hands in what it wants, it patches nothing"


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [f"{module}{alias.name}" for alias in node.names]


def _imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, in full."""
    return {
        alias.asname or alias.name: name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias, name in zip(node.names, _names(node), strict=True)
    }


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=value, attr=attribute):
            return f"{_dotted(value, names)}.{attribute}"
    return ""


def _is_zero(args: list[ast.expr]) -> bool:
    """`sleep(0)` only lets others go on."""
    match args:
        case [ast.Constant(value=0)]:
            return True
    return False


def main() -> None:
    found = breaches(Path(__file__).parent.parent)
    sys.stdout.writelines(f"{breach}\n" for breach in found)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
