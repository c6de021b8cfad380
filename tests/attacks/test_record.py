"""Attacks on what the record is worth: by whoever may write the database, and by words that do not belong in it."""

import json
import secrets
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx2

from tests.attacks.site import ALICE, BOB, CAROL, CHANNEL, EVE, Site, moment, wait_for

_AWS_KEYS = "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def test_a01_a_rewritten_history_is_not_signed(make_site):
    """A writer of the database puts the journal back and inserts the rest again with another actor: it is noticed."""
    site = make_site()
    site.live(ALICE, resource="acme-tiny/2026/")
    site.export()
    kept = {table: (site.columns(table), site.sql(f"select * from {table}")) for table in ("tree", "checkpoints")}
    (signed,) = site.sql("select max(leaf_index) from journal")[0]
    site.approve(BOB, site.ask(ALICE))
    site.export()
    site.drop_triggers()
    with closing(sqlite3.connect(site.store_url.removeprefix("sqlite:///"), timeout=30)) as database, database:
        database.execute("begin immediate")
        columns = site.columns("journal")
        rows = list(database.execute("select * from journal where leaf_index > ? order by id", (signed,)))
        database.execute("delete from journal where leaf_index > ?", (signed,))
        for table, (names, were) in kept.items():
            database.execute(f"delete from {table}")
            database.executemany(f"insert into {table} values ({','.join('?' * len(names))})", were)
        for row in rows:
            fresh = dict(zip(columns, row, strict=True))
            fresh["entry"] = fresh["entry"].replace(b"U0BOB", b"U0EVE")
            fresh |= {name: None for name in ("leaf_index", "leaf_hash", "place") if name in fresh}
            marks = ",".join("?" * len(fresh))
            database.execute(f"insert into journal ({','.join(fresh)}) values ({marks})", tuple(fresh.values()))
    time.sleep(5)
    taken = site.verify(site.call(CAROL, "/v1/journal/export").content).code == 0

    assert not site.is_well(), f"a history was rewritten, and nobody noticed; `daypass verify` takes it: {taken}"


def test_a07_an_export_that_no_checkpoint_closes_is_refused(site: Site):
    """With its last lines cut off, an export does not verify."""
    site.live(ALICE, resource="acme-tiny/2026/")
    whole = site.export()
    ran = {cut: site.verify(b"".join(whole.splitlines(keepends=True)[:-cut])) for cut in (1, 3)}

    assert site.verify(whole).code == 0
    assert {cut: one.code for cut, one in ran.items()} == {1: 1, 3: 1}, f"a cut export verifies: {ran}"


def test_a11_a_lease_that_was_edited_hands_nothing_out(make_site):
    """One UPDATE makes a lease an hour longer: no credentials are handed out after the journalled end."""
    site = make_site()
    grant = site.live(ALICE, delivery="session", for_="8s")
    ends = moment(site.grant(ALICE, grant)["ends"])
    later = (ends + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    site.sql("update grants set body = json_set(body, '$.lease.ends', ?) where id = ?", later, grant)
    wait_for(lambda: datetime.now(UTC) > ends + timedelta(seconds=1))
    answer = site.call(ALICE, f"/v1/grants/{grant}/credentials", {})

    assert answer.status_code != httpx2.codes.OK, "credentials were handed out after the journalled end"


def test_a11_a_login_that_was_inserted_speaks_for_nobody(make_site):
    """A row is put into `logins` with a token of the attacker's choice: it is refused."""
    site, token = make_site(), secrets.token_urlsafe(32)
    site.token(EVE)
    columns = site.columns("logins")
    row = dict(zip(columns, site.sql("select * from logins where principal = ?", EVE)[0], strict=True))
    new = {"device_hash": sha256(b"x").hexdigest(), "token_hash": sha256(token.encode()).hexdigest(), "principal": BOB}
    row |= new | {"body": json.dumps(json.loads(row["body"]) | new, separators=(",", ":"))}
    site.sql(f"insert into logins ({','.join(row)}) values ({','.join('?' * len(row))})", *row.values())
    answer = site.call(EVE, "/v1/me", token=token)

    assert answer.status_code != httpx2.codes.OK, f"a login that nobody made speaks for somebody: {answer.text}"


def test_a11_a_bots_token_that_was_edited_is_refused(make_site):
    """The hash of a bot's token is replaced by one of the attacker's: that token is refused."""
    site = make_site()
    site.call(BOB, "/v1/robots", {"name": "nightly", "days": 30, "scopes": ["read", "ask", "use"]})
    token = f"dpb_nightly_{secrets.token_hex(32)}"
    ((key, body),) = site.sql("select id, body from records where id like '%nightly%' and body like '%token_hash%'")
    edited = json.dumps(json.loads(body) | {"token_hash": sha256(token.encode()).hexdigest()}, separators=(",", ":"))
    site.sql("update records set body = ? where id = ?", edited, key)
    answer = site.call(EVE, "/v1/me", token=token)

    assert answer.status_code != httpx2.codes.OK, "a token that nobody was given speaks for a bot"


def test_a12_no_secret_in_peoples_words_is_journalled(site: Site):
    """AWS keys and a live token of a bot, in a reason and in the request's thread: the export has none of them."""
    given = site.call(BOB, "/v1/robots", {"name": "cleaner", "days": 30, "scopes": ["read"]}).json()["token"]
    asked = site.ask(ALICE, reason=f"INC-42 with {_AWS_KEYS} and {given}")
    question = site.question(asked)
    site.person(ALICE).say(f"INC-77 try {given} or {_AWS_KEYS}", channel=CHANNEL, thread_ts=question.ts)
    wait_for(lambda: len([one for one in site.story(ALICE, asked) if "said" in one["kind"] or "thread" in one["kind"]]))
    export = site.export().decode()
    found = [secret for secret in (given, *_AWS_KEYS.split()) if secret in export]

    assert found == [], f"journalled in clear, for good: {found}"


def test_a13_a_strangers_words_cannot_hide_where_a_login_comes_from(site: Site):
    """The client's name is 200 characters with line breaks and asterisks: the real address is shown, no line forged."""
    forged = "laptop*\n*Address:* 10.9.8.7, the office\n*Confirmed by:* security "
    begun = site.http.post("/v1/login/device", json={"client": forged.ljust(200, "x")}).json()
    shown = site.shown(CAROL, lambda person: person.command("/daypass", f"login {begun['user_code']}"))
    lines = shown.visible_text.splitlines()

    assert "127.0.0.1" in shown.visible_text, f"the real address is cut out: {shown.visible_text}"
    assert not [line for line in lines if line.strip("* ").startswith(("Address:", "Confirmed by:"))], (
        "lines are forged"
    )


def test_held_an_edited_entry_does_not_verify(site: Site):
    """One word of an exported entry is changed: `daypass verify` names it."""
    site.approve(BOB, site.ask(ALICE))
    whole = site.export()

    assert site.verify(whole.replace(b"U0BOB", b"U0EVE", 1)).code == 1
