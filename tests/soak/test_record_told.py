"""The service as a process, its head in S3: a damaged journal is told the owners of the rules, and so is its end."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from daypass.journal.key import Signer
from daypass.store import database as databases
from tests.bad_input.firm import ALICE, BOB, REPORTS, Firm
from tests.store.edits import edit

_BUCKET, _KEY = "acme-audit", "daypass/journal.head"


class Audited(Firm):
    """A firm that remembers the journal's head in a bucket."""

    def start_daypass(self) -> None:
        """Make the bucket before the first start, and let Daypass use it."""
        s3 = self.aws.root("s3")
        if _BUCKET not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=_BUCKET)
            s3.put_bucket_versioning(Bucket=_BUCKET, VersioningConfiguration={"Status": "Enabled"})
            may = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketVersioning"]
            on = [f"arn:aws:s3:::{_BUCKET}", f"arn:aws:s3:::{_BUCKET}/*"]
            document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": may, "Resource": on}]}
            self.aws.root("iam").put_user_policy(
                UserName="daypass", PolicyName="head", PolicyDocument=json.dumps(document)
            )
        super().start_daypass()

    def head(self) -> dict[str, object]:
        """What is remembered."""
        found: dict[str, object] = json.loads(self.aws.root("s3").get_object(Bucket=_BUCKET, Key=_KEY)["Body"].read())
        return found

    def with_mac(self, mac: bytes | None) -> bytes:
        """Stop the service, change the binding of the journal's second row to this or a wrong one, and start it."""
        self.daypass.end()
        file = self.directory / "daypass.db"
        with closing(sqlite3.connect(file)) as reading:
            before, wrong = reading.execute("SELECT mac, previous FROM journal WHERE id = 2").fetchone()
        store = databases.open(f"sqlite:///{file}", Signer.parse((self.directory / "journal.key").read_text()))
        edit(store, f"UPDATE journal SET mac = x'{(mac or wrong).hex()}' WHERE id = 2")  # noqa: S608 - the test's own
        store.close()
        self.start_daypass()
        return bytes(before)


def test_the_owners_are_told_of_a_damaged_journal_and_of_its_end(tmp_path: Path) -> None:
    """By the whole service: found by the scrub of a start, told an owner, restored, found in order, told again."""
    with Audited(tmp_path, settings={"DAYPASS_JOURNAL_HEAD": f"s3://{_BUCKET}/{_KEY}"}) as firm:
        firm.types(ALICE, REPORTS)
        firm.wait_for_checkpoint("INC-42")
        assert firm.head()["confirmed"]
        assert not [said for said in firm.doctor() if "journal" in said.lower()]

        right = firm.with_mac(None)
        damaged = firm.told(BOB, "journal is damaged", within_s=90)
        assert "Still working: every way to end access" in damaged
        assert f"s3://{_BUCKET}/{_KEY}" in damaged
        assert [said for said in firm.doctor() if "The journal was found damaged" in said]

        firm.with_mac(right)
        assert "access is granted as before" in firm.told(BOB, "Settled", within_s=90)
