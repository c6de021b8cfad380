"""
Look at everything the house stands on, and say in sentences what to fix.

Every check is made, whatever the others found. None changes anything: the session that proves the broker role is the
shortest there is, on nothing, and is thrown away.
"""

import stat
from collections.abc import Callable
from datetime import timedelta
from itertools import islice

from daypass import settings as settings_page
from daypass.aws.clock import TOLERATED
from daypass.aws.refusals import asking
from daypass.journal.key import Signer
from daypass.model.errors import DaypassError
from daypass.rules.lint import lint
from daypass.settings import Settings
from daypass.wiring.house import House, build, clock_sentence, journal_key, slack_calls

_NOTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
"""The session policy of the session that is opened and thrown away."""

Finding = tuple[bool, str]


class _Trouble(DaypassError):
    """A check that found something to fix."""


def doctor() -> list[Finding]:
    """Check the settings, the rules, the database, the journal's key, AWS and Slack. Raises nothing."""
    try:
        settings = settings_page.load()
        # A key that nobody keeps: looking must not make the one that the journal would be signed with from then on.
        house = build(settings, signer=Signer.generate("doctor"))
    except DaypassError as error:
        return [(False, error.sentence)]
    try:
        return [_found(check) for check in _checks(house)]
    finally:
        house.database.close()


def _checks(house: House) -> list[Callable[[], str]]:
    return [
        lambda: _rules(house),
        lambda: _database(house),
        lambda: _journal_key(house.settings),
        lambda: _aws_identity(house),
        lambda: _clock(house),
        lambda: _buckets(house),
        lambda: _broker(house),
        lambda: _sweep(house),
        lambda: _slack(house.settings),
    ]


def _found(check: Callable[[], str]) -> Finding:
    try:
        return True, check()
    except DaypassError as error:
        return False, error.sentence
    except Exception as error:  # noqa: BLE001 - the top of a check: an answer nobody foresaw is a finding too
        return False, f"A check failed in a way nobody foresaw: {type(error).__name__}: {error}."


def _rules(house: House) -> str:
    book = house.desk.rules()
    if doubtful := lint(book):
        raise _Trouble("The rules can be read, and some do not do what they seem to:\n" + "\n".join(map(str, doubtful)))
    return f"The rules in {house.settings.rules.file} can be read: {len(book.rules)} of them."


def _database(house: House) -> str:
    house.database.check()
    if damaged := house.queue.damaged():
        rows = "\n".join(f"  {one.grant}: {one.fault}" for one in damaged)
        raise _Trouble(f"These grants cannot be read and are set aside; repair or restore their rows:\n{rows}")
    due = house.queue.depth(now=house.desk.clock())
    return f"The database answers and has the tables of this version; {due} grants are due."


def _journal_key(settings: Settings) -> str:
    file, origin = settings.journal.key_file, settings.journal.origin
    if not file.exists():
        return f"The journal's key {file} is not there yet; the first start makes it."
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise _Trouble(f"Others may read the journal's key {file}; run chmod 600 on it.")
    if (name := journal_key(settings.journal).name) != origin:
        raise _Trouble(
            f"The journal's key {file} was made for «{name}», and DAYPASS_JOURNAL_ORIGIN says «{origin}». "
            f"A journal keeps its name: set «{name}», or begin a new journal with a new key and database."
        )
    return f"The journal's key {file} is there, for its owner alone."


def _aws_identity(house: House) -> str:
    with asking("sts:GetCallerIdentity"):
        return f"AWS knows Daypass as {house.clients.sts.get_caller_identity()['Arn']}."


def _clock(house: House) -> str:
    skew = house.gate.compare()
    if abs(skew) > TOLERATED:
        raise _Trouble(clock_sentence(skew))
    return f"This machine's clock agrees with AWS's to within {TOLERATED / timedelta(seconds=1):.0f} seconds."


def _buckets(house: House) -> str:
    return f"Daypass sees {len(house.buckets.buckets())} buckets to suggest in the form."


def _broker(house: House) -> str:
    if house.sessions is None:
        return "No broker role is set: access is lent as policies only, without sessions and links."
    house.sessions.open("daypass-doctor", _NOTHING, timedelta())
    return f"Daypass may open sessions on {house.sessions.role_arn}."


def _sweep(house: House) -> str:
    found = len(list(islice(house.sweep.standing(), 1000)))
    return f"Daypass can look for what stands in AWS under its mark: {found} things do."


def _slack(settings: Settings) -> str:
    if not settings.slack.bot_token:
        raise _Trouble("No Slack is set: give DAYPASS_SLACK_BOT_TOKEN, and a signing secret or an app token.")
    team = slack_calls(settings).call("auth.test").get("team", "without a name")
    return f"Slack knows Daypass in the workspace {team}."
