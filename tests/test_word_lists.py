"""No word list says a thing twice: the last would silently hold, and a change of the first do nothing."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

from messages.words import HERE

LISTS = sorted(HERE.glob("*/*.yaml"))


class OnceEach(yaml.CSafeLoader):
    """Reads what Linli reads, and refuses a mapping that has a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise ValueError(f"line {key_node.start_mark.line + 1}: {key} stands here twice")
            seen.add(key)
        return super().construct_mapping(node, deep)


@pytest.mark.parametrize("path", LISTS, ids=[f"{path.parent.name}/{path.name}" for path in LISTS])
def test_no_word_list_has_a_key_twice(path: Path) -> None:
    assert yaml.load(path.read_text("utf-8"), Loader=OnceEach)  # noqa: S506 - it is a safe loader


@pytest.mark.parametrize(
    "twice", ["and: ', '\nmap: Open map\nand: '; '", "buttons: {link: Link, unlink: Part,\n  link: Join}"]
)
def test_a_key_that_stands_twice_is_noticed(twice: str) -> None:
    with pytest.raises(ValueError, match="stands here twice"):
        yaml.load(twice, Loader=OnceEach)  # noqa: S506 - it is a safe loader
