"""The formats of the API's description (doors/wire/words), each with texts that read as it says."""

from hypothesis import strategies as st
from schemathesis.openapi import format as called

_NUMBERS = st.integers(1, 59)
_LENGTHS = st.builds("{}{}".format, _NUMBERS, st.sampled_from(["m", "h", "d", " minutes", "h30m"])) | st.builds(
    "PT{}M".format, _NUMBERS
)
_MOMENTS = st.sampled_from(["18:00", "6pm", "tomorrow 09:00", "friday 10:30", "2026-11-24 09:00", "2026-12-01T08:00Z"])
_KEYS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp")), max_size=20)
_PLACES = st.builds(
    "{}/{}".format, st.sampled_from(["acme-reports", "acme-drafts", "acme-secret"]), _KEYS | st.just("2026/")
)
_HOURS = st.sampled_from(["weekdays 09:00-10:00", "mon,wed 22:00-06:00", "daily 8:00-9:00 for two weeks"])


def name_formats() -> None:
    """Tell schemathesis of them."""
    called("daypass-length", _LENGTHS)
    called("daypass-length-or-requested", _LENGTHS | st.just("requested"))
    called("daypass-moment", _MOMENTS)
    called("daypass-term", _LENGTHS | _MOMENTS.map("until {}".format))
    called("daypass-line", st.text("abc é中-", max_size=60))
    called("daypass-every", _HOURS)
    called("daypass-place", _PLACES)
    called("daypass-ask", _PLACES.map("s3 read {} --for 1h --reason INC-42".format))
