"""What operators watch: turns by intent and outcome, how long they took, what nobody could answer."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """One registry for one running Linli. Labels are codes, never words of a resident."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter(
            "linli_turns_total",
            "Messages taken, by intent and outcome (answered, repeated, busy, failed).",
            ["intent", "outcome"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "linli_turn_seconds",
            "Seconds from a message to its committed answer.",
            ["channel"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.unknown = Counter(
            "linli_unknown_questions_total", "Messages nobody could make sense of.", registry=self.registry
        )
        self.outbox = Gauge("linli_outbox_rows", "Messages by state.", ["state"], registry=self.registry)
        self.pushes = Counter(
            "linli_pushes_total",
            "Messages pushed of Linli's own accord, by what became of them (sent, or why not).",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self.overdue = Gauge(
            "linli_callbacks_overdue",
            "Promised answers of people that are still open past their time.",
            registry=self.registry,
        )
        self.cases_overdue = Gauge(
            "linli_cases_overdue", "Cases that wait for their owner past their time.", registry=self.registry
        )
        self.jobs = Counter(
            "linli_jobs_total",
            "Runs of timed jobs (done, failed).",
            ["job", "result"],
            registry=self.registry,
        )
        self.job_ran = Gauge(
            "linli_job_last_run_seconds",
            "When a timed job ended here last, or found its period taken, in seconds since 1970.",
            ["job"],
            registry=self.registry,
        )
        self.job_pause = Gauge(
            "linli_job_pause_seconds",
            "Seconds between two beats of a timed job.",
            ["job"],
            registry=self.registry,
        )
        self.directory = Gauge(
            "linli_directory_version", "Version of the directory in memory.", registry=self.registry
        )

    def text(self) -> bytes:
        """All figures in the Prometheus text format."""
        return generate_latest(self.registry)
