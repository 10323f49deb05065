"""Settings: each with default and meaning, all problems at once, no password shown."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, hide_password, load_settings, shown, variable_of

README = Path(__file__).parent.parent / "README.md"
ROW = re.compile(r"^\| `(?P<variable>[A-Z_]+)` \| (?P<default>[^|]*) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which nothing is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)
    return monkeypatch


def set_all(environment: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    for variable, value in values.items():
        environment.setenv(variable, value)


def table(text: str) -> dict[str, tuple[str, str]]:
    """Variable -> default and meaning, as README says them."""
    return {
        row["variable"]: (row["default"].strip().strip("`"), row["meaning"].strip())
        for row in ROW.finditer(text)
    }


def code() -> dict[str, tuple[str, str]]:
    return {
        variable_of(name): (shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    }


def test_readme_says_every_setting_as_the_code_has_it() -> None:
    assert table(README.read_text("utf-8")) == code()


def test_a_table_that_says_otherwise_would_be_noticed() -> None:
    text = README.read_text("utf-8")
    assert table(text.replace("| `8080` |", "| `8081` |")) != code()
    assert table(re.sub(r"^\| `LINLI_PORT`.*\n", "", text, flags=re.MULTILINE)) != code()


def test_every_setting_has_a_meaning() -> None:
    assert all(meaning for _, meaning in code().values())


def test_an_empty_environment_is_enough(bare: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///var/linli.db"
    assert (settings.host, settings.port, settings.help_line) == ("127.0.0.1", 8080, "12345")


def test_settings_are_read_from_their_variables(bare: pytest.MonkeyPatch) -> None:
    set_all(
        bare,
        {
            "DATABASE_URL": "postgresql://linli@db/linli",
            "LINLI_PORT": "0",
            "LINLI_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32",
            "LINLI_SECRET_FILE": "/run/secret",
        },
    )
    settings = load_settings()
    assert settings.database_url == "postgresql://linli@db/linli"
    assert settings.port == 0
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))
    assert settings.secret_file == Path("/run/secret")


def test_all_problems_are_told_at_once(bare: pytest.MonkeyPatch) -> None:
    wrong = {
        "DATABASE_URL": "mysql://root:hunter2@db/linli",
        "LINLI_PORT": "eighty",
        "LINLI_DURABILITY": "sometimes",
        "LINLI_TRUSTED_PROXIES": "10.0.0.300",
        "LINLI_PUBLIC_URL": "linli.example",
        "LINLI_BUSY_DEADLINE_S": "0",
    }
    set_all(bare, wrong)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    text = str(raised.value)
    assert [variable for variable in wrong if f"{variable}: " not in text] == []
    assert len(text.splitlines()) >= 1 + len(wrong)
    assert "hunter2" not in text


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(Settings(), "port", 1)  # noqa: B010


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://linli:hunter2@db/linli",
        "postgresql://linli:hun/ter2@db/linli",
        "postgresql://linli:p@hunter2@db/linli",
        "postgresql://:hunter2@db/linli",
        "postgresql://db/linli?user=linli&password=hunter2&sslmode=require",
        "postgresql://db/linli?PASSWORD=hunter2",
    ],
)
def test_a_database_password_is_never_shown(url: str) -> None:
    hidden = hide_password(url)
    assert "hunter2" not in hidden
    assert "ter2" not in hidden
    assert "[hidden]" in hidden
    assert "hunter2" not in repr(Settings(database_url=url))


@pytest.mark.parametrize(
    "url", ["sqlite:///var/linli.db", "sqlite:////srv/linli@home.db", "postgresql://linli@db:5432/linli"]
)
def test_an_url_without_a_password_is_shown_as_it_is(url: str) -> None:
    assert hide_password(url) == url


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ((), ""),
        ((ip_network("10.0.0.0/8"), ip_network("::1/128")), "10.0.0.0/8 ::1/128"),
        (8080, "8080"),
    ],
)
def test_values_are_shown_as_they_would_be_set(value: object, text: str) -> None:
    assert shown(value) == text
