"""What is missing of npm fails in CI, and says what to do."""

from pathlib import Path

import pytest

from tests.npm import node, package

NEEDED = (("axe", "axe-core"), ("wechat", "wechat-crypto"), ("telegram_api", "telegram-test-api"))


@pytest.mark.parametrize(("folder", "name"), NEEDED)
@pytest.mark.parametrize("find", [node, package])
def test_what_is_missing_fails_in_ci_and_says_what_to_do(
    find: object, folder: str, name: str, tmp_path: Path
) -> None:
    assert callable(find)
    with pytest.raises(pytest.fail.Exception, match=f"{name} is missing: make axe"):
        find(folder, name, here=tmp_path, environment={"CI": "1"})
    with pytest.raises(pytest.skip.Exception, match=f"{name} is missing: make axe"):
        find(folder, name, here=tmp_path, environment={})
