"""Attacks by somebody with a login and no rights besides: what they can stop, fill up and forge."""

import json
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.attacks.cost import cpu_s
from tests.attacks.fixtures import ODD
from tests.attacks.passkeys import path_of
from tests.attacks.site import BOB, CAROL, PAT, Site, wait_until_ended

SOON_S = 5.0
_RULE = """
  - id: r{n}
    who: anyone
    may: [read]
    on: ["acme-reports/{n}/**"]
    for: {{default: 1h, max: 1h}}
    approve: at-once"""


def test_b05_rules_that_are_looked_through_keep_nobody_waiting(site: Site):
    """Four times 2,000 rules that are alike: all four are answered, and somebody else meanwhile."""
    text = "version: 1\nowners: {people: [U0BOB]}\nrules:" + "".join(_RULE.format(n=n) for n in range(2_000))
    site.token(BOB)
    waited = []
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(site.call, BOB, "/v1/rules/lint", {"text": text}) for _ in range(4)]
        while not all(one.done() for one in asked):
            began = time.monotonic()
            site.http.get("/healthz")
            waited.append(time.monotonic() - began)
            time.sleep(0.2)
    statuses = {one.result().status_code for one in asked}

    assert statuses <= {200, 429, 503}, f"rules are answered with {statuses}"
    assert len(waited) * 0.2 + sum(waited) < 30, "looking rules through takes half a minute"
    assert max(waited) < SOON_S, f"/healthz took {max(waited):.1f} s while rules were looked through"


@pytest.mark.parametrize(
    "body",
    [json.dumps({f"{n:x}": 1 for n in range(100_000)}), json.dumps({"text": [[]] * 400_000})],
    ids=["names", "lists"],
)
def test_m01_what_a_member_may_not_send_is_not_read(site: Site, body: str):
    """A megabyte and a half, made to be costly, from somebody who may not send rules: refused at next to no cost."""
    headers, before = {"Authorization": f"Bearer {site.token(PAT)}", "Content-Type": "application/json"}, cpu_s(site)
    answer = site.http.post("/v1/rules/lint", content=body, headers=headers)
    took = cpu_s(site) - before

    assert answer.is_client_error, answer.text[:200]
    assert took < 0.3, f"refusing it took {took:.2f} s of the processor, on the loop that answers everybody"


def test_m02_filing_and_taking_back_has_an_end(fronted: Site):
    """Each asks people and stands in the journal: after sixty within an hour there are no more."""
    filed = 0
    for number in range(70):
        wish = {"level": "read", "resource": "acme-shared/2026/", "for": "1h"}
        answer = fronted.call(PAT, "/v1/requests", wish, key=f"another-{number}")
        if not answer.is_success:
            break
        filed += 1
        fronted.call(PAT, f"/v1/requests/{answer.json()['id']}/cancel", {})

    assert 0 < filed <= 60, f"{filed} requests were filed and taken back, and nothing ends it"


def test_m03_a_name_forges_nothing_in_a_terminal(fronted: Site):
    """Slack's name of somebody turns text around, colors it and begins a line of its own: `ls` and `show` have none."""
    asked = fronted.ask(ODD, resource="acme-shared/2026/")
    for words in (("ls",), ("show", asked)):
        said = fronted.run(BOB, *words).said
        controls = {f"U+{ord(one):04X}" for one in said if unicodedata.category(one) in {"Cc", "Cf"}} - {"U+000A"}

        assert asked in said
        assert controls == set(), f"`daypass {words[0]}` prints {controls}"
        assert not [line for line in said.splitlines() if line.startswith("U0BOB approved")], "a line is forged"


@pytest.mark.parametrize("sign", ["\x9b", "\x85", "\xad"], ids=["a control", "a line break", "a hyphen nobody sees"])
def test_m03_a_key_has_nothing_in_it_that_nobody_sees(site: Site, sign: str):
    """Approvers read it on a card and in a terminal."""
    site.aws.root().client("s3").put_object(Bucket="acme-shared", Key=f"q1{sign}.csv", Body=b"figures")
    wish = {"level": "read", "resource": f"acme-shared/q1{sign}.csv", "for": "1h"}
    answer = site.call(PAT, "/v1/requests", wish)

    assert answer.is_client_error, f"U+{ord(sign):04X} is filed in a key"


def test_s08_a_link_adds_a_few_entries_however_often_it_is_opened(fronted: Site):
    """Sixty times while it lives, and sixty after its end: the story of the grant stays short."""
    grant = fronted.live(CAROL, resource="acme-tiny/2026/q1.csv", delivery="link")
    made = fronted.call(CAROL, f"/v1/grants/{grant}/link", {})
    assert made.status_code == httpx2.codes.CREATED, made.text
    page = path_of(fronted, made.json()["url"])
    opened = {fronted.http.get(page).status_code for _ in range(60)}
    fronted.call(CAROL, f"/v1/grants/{grant}/done", {})
    wait_until_ended(fronted, CAROL, grant)
    gone = {fronted.http.get(page).status_code for _ in range(60)}
    kinds = [one["kind"] for one in fronted.story(CAROL, grant) if one["kind"].startswith("link.")]

    assert (opened, gone) == ({303}, {410})
    assert len(kinds) <= 8, f"opening a link 120 times added {len(kinds)} entries"
