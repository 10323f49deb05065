"""`linli jobs` and `linli job`: what ran, and digests of another moment that leave nothing behind."""

from tests.cli import Here


def test_jobs_are_listed_and_one_is_run(here: Here) -> None:
    code, out, _ = here("jobs")
    assert code == 0
    assert "digests" in out
    assert "never" in out
    code, out, _ = here("job", "stars", "--at", "2026-11-30T03:00")
    assert (code, out.strip()) == (0, "starred 0")


def test_a_digest_is_shown_and_nothing_is_kept(here: Here) -> None:
    asked = ("job", "digests", "--dry-run", "--centre", "FZ002", "--at", "2026-11-30T09:00")
    code, first, _ = here(*asked)
    assert code == 0
    assert "11月23日（周一）到11月29日（周日）" in first
    assert here(*asked) == (0, first, "")
    code, later, _ = here(*asked[:-1], "2026-12-07T09:00")
    assert "11月30日（周一）" in later


def test_what_cannot_be_is_refused(here: Here) -> None:
    code, _, told = here("job", "digests", "--dry-run", "--centre", "FZ999")
    assert (code, "no centre FZ999" in told) == (2, True)
    code, _, told = here("job", "stars", "--dry-run")
    assert (code, "only digests" in told) == (2, True)
    code, _, told = here("job", "stars", "--at", "yesterday")
    assert code == 2
