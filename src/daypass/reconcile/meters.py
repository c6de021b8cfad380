"""What the loop measures of itself, in Prometheus' terms; what is stuck, doors/web asks of the queue at each scrape."""

from prometheus_client import Counter, Gauge, Histogram

STEPS = Counter("daypass_steps_total", "Steps taken for grants, by what came of them.", ["outcome"])
LATENESS = Histogram(
    "daypass_step_lateness_seconds",
    "From the moment a grant was due to the end of its step.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 300, 600, 3600),
)
SWEPT = Counter("daypass_swept_total", "Things of ours in AWS that no live grant accounted for, removed by the sweep.")
UNKNOWN = Gauge("daypass_unknown", "Things of ours in AWS of grants that the ledger does not know; left alone.")
STRANGERS = Gauge(
    "daypass_strangers", "Things in AWS under the mark of another Daypass, or an unknown one; left alone."
)
