"""
Look at everything the house stands on, and say in sentences what to fix.

Every check is made, whatever the others found. None changes anything: the session that proves the broker role is the
shortest there is, on nothing, and is thrown away; the policy that proves the right to put policies has no statement.
"""

import stat
from collections.abc import Callable

from daypass import settings as settings_page
from daypass.aws.head_object import HeadObject
from daypass.journal.key import Signer
from daypass.lifecycle.freezes.gate import freezes
from daypass.lifecycle.known_people import slack_groups_of
from daypass.lifecycle.leavers.notice import held
from daypass.lifecycle.leavers.poll import last_watch
from daypass.lifecycle.passkeys.relying_party import site
from daypass.lifecycle.rule_changes.file_source import edited_in_vain
from daypass.lifecycle.rule_changes.named_people import doubts
from daypass.lifecycle.rule_changes.versions import kept
from daypass.model.departure import WatchState
from daypass.model.errors import DaypassError
from daypass.model.finding import Alteration, JournalFinding
from daypass.model.record import Validity as Open
from daypass.rules.rule.rule import AllowRule
from daypass.settings import Settings
from daypass.store.rules_file import RulesFile
from daypass.wiring import doctor_aws
from daypass.wiring.build import Daypass, build, now
from daypass.wiring.doctor_aws import CheckFailed
from daypass.wiring.journal import checked, journal_head, journal_key, must_be_new
from daypass.wiring.log import silence
from daypass.wiring.people import slack_calls

Finding = tuple[bool, str]


def doctor() -> list[Finding]:
    """Check the settings, the rules, the database, the journal's key, AWS and Slack. Raises nothing."""
    silence()
    try:
        settings = settings_page.load()
        house = build(settings, signer=_signer(settings))
    except DaypassError as error:
        return [(False, error.report)]
    try:
        return list(dict.fromkeys(_found(check) for check in _checks(house)))  # one cause, told once
    finally:
        house.database.close()


def _signer(settings: Settings) -> Signer:
    """
    Read the journal's key; while it is missing or unfit take one that nobody keeps, and let its own check say so.

    Looking must not make the key that the journal would be signed with from then on.
    """
    try:
        return journal_key(settings, make=False)
    except DaypassError:
        return Signer.generate(settings.journal.origin)


def _checks(house: Daypass) -> list[Callable[[], str]]:
    key, slack = _found(lambda: _journal_key(house.settings)), _found(lambda: _slack(house.settings))

    tables = _found(lambda: _tables(house))

    def keyed(check: Callable[[Daypass], str]) -> Callable[[], str]:  # without the key every row would seem changed
        return lambda: _told(key) and _told(tables) and check(house)

    return [
        lambda: _told(key),
        keyed(_rules) if tables[0] else lambda: _rules_file(house.settings),
        keyed(_passkeys),
        keyed(_database),
        keyed(_ledger),
        keyed(_journal),
        lambda: _head(house.settings),
        lambda: doctor_aws.aws_identity(house),
        lambda: doctor_aws.clock(house),
        lambda: doctor_aws.buckets(house),
        lambda: doctor_aws.broker(house),
        keyed(doctor_aws.aws_people),
        keyed(doctor_aws.sweep),
        lambda: _told(slack),
        keyed(lambda house: _groups(house, slack)),
        keyed(_frozen),
        keyed(_leavers),
    ]


def _told(found: Finding) -> str:
    """Say what was found, as the check did that found it."""
    if not found[0]:
        raise CheckFailed(found[1])
    return found[1]


def _found(check: Callable[[], str]) -> Finding:
    try:
        return True, check()
    except DaypassError as error:
        return False, error.report
    except Exception as error:  # noqa: BLE001 - the top of a check: an answer nobody foresaw is a finding too
        return False, f"A check failed in a way nobody foresaw: {type(error).__name__}: {error}."


def _rules(house: Daypass) -> str:
    services = house.services
    book = services.rules()
    seen = doubts(book, judge=services.judge, lapse_after=services.lapse_after, tracker=services.tracker, clock=now)
    if seen.findings:
        told = "\n".join(map(str, seen.findings))
        raise CheckFailed(f"The rules can be read, and some do not do what they seem to:\n{told}")
    rules = kept(house.services.rules)
    version = rules.version(now())
    if edited_in_vain(rules, services.ledger, now()):
        raise CheckFailed(
            f"{house.settings.rules.file} was edited and does not count: version {version.number} of the rules is in "
            "force, approved in Daypass. `daypass rules apply FILE` proposes the file, `daypass rules pull FILE` "
            "brings it up to date, and `daypass rules back-to-file` lets it count again."
        )
    where = f"in {house.settings.rules.file}" if version.change is None else f"by {version.author}"
    rest = f" Not looked at: {'; '.join(seen.not_looked_at)}" if seen.not_looked_at else ""
    return f"Version {version.number} of the rules is in force, {where}: {len(book.rules)} rules.{rest}"


def _rules_file(settings: Settings) -> str:
    """The rules that will be in force: without a database no others can be."""
    file = settings.rules.file
    return f"The rules in {file} can be read: {len(RulesFile(file)().rules)} rules."


def _passkeys(house: Daypass) -> str:
    """Whether browsers keep passkeys for this service, where a rule wants one."""
    if not any(isinstance(rule, AllowRule) and rule.second_factor for rule in house.services.rules().rules):
        return "No rule wants a passkey with an approval."
    return f"Browsers keep passkeys, which rules want with approvals, for {site(house.settings.public_url).id}."


def _tables(house: Daypass) -> str:
    house.database.check()
    return "The database answers and has the tables of this version."


def _database(house: Daypass) -> str:
    if damaged := house.queue.damaged():
        rows = "\n".join(f"  {one.grant}: {one.fault}" for one in damaged)
        raise CheckFailed(f"These grants cannot be read and are set aside; repair or restore their rows:\n{rows}")
    due = house.queue.depth(now=house.services.clock())
    return f"{_tables(house)} {due} grants are due."


def _ledger(house: Daypass) -> str:
    """What the last scrub found; a scrub of its own would take too long."""
    if altered := house.services.ledger.all(Alteration, states=(Open.OPEN,)):
        rows = "\n".join(f"  {one.row}: {one.because}" for one in altered)
        raise CheckFailed(
            "Rows of the ledger were changed outside Daypass or cannot be read, and give nothing. Find out who can "
            f"write to the database, and restore them from a backup:\n{rows}"
        )
    return "The last scrub of the ledger found every row as Daypass wrote it."


def _journal_key(settings: Settings) -> str:
    file = settings.journal.key_file
    if not (file.exists() or file.is_symlink()):
        must_be_new(settings)
        return f"The journal's key {file} is not there yet; the first start makes it."
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise CheckFailed(f"Others may read the journal's key {file}; run chmod 600 on it.")
    journal_key(settings, make=False)
    return f"The journal's key {file} is there, for its owner alone."


def _journal(house: Daypass) -> str:
    size = checked(house.book, house.settings.journal.key_file)
    if found := house.services.ledger.all(JournalFinding, states=(Open.OPEN,)):
        told = "\n".join(f"  {one.because} (Found on {one.source}.)" for one in found)
        raise CheckFailed(f"The journal was found damaged, and nothing is given while it is:\n{told}")
    return f"The journal's newest checkpoint is signed with that key, and extends the remembered head: {size} entries."


def _head(settings: Settings) -> str:
    """Whether what is written over is kept, where the head is an object; of a file whether it is there."""
    place = journal_head(settings.journal)
    if isinstance(place, HeadObject):
        place.must_keep_versions()
    elif place.read() is None:
        return f"The journal's head {place} is not there yet; the first start makes it."
    return f"The journal's head is remembered in {place}."


def _leavers(house: Daypass) -> str:
    """Whether those who left are noticed, and whether many of them wait for an owner of the rules."""
    waiting, watch = held(house.services.ledger), last_watch(house.services.ledger)
    if waiting:
        raise CheckFailed(
            f"Slack says that {len(waiting)} people left at once, and nothing of theirs has ended. An owner of the "
            "rules runs `daypass leavers confirm` or `daypass leavers dismiss`."
        )
    if watch is not None and watch.state is WatchState.SILENT:
        raise CheckFailed(
            f"Since {watch.at:%Y-%m-%d %H:%M} UTC Slack does not answer whether holders of live grants have left. "
            "Nothing ends by that; their grants end by their dates."
        )
    if watch is None:
        return "Nobody who holds a live grant has been asked after yet."
    return f"Slack has answered since {watch.at:%Y-%m-%d %H:%M} UTC whether holders of live grants are still there."


def _groups(house: Daypass, slack: Finding) -> str:
    """Whether Slack says who is in the groups that rules name; where none names one, nothing is asked."""
    groups = sorted(slack_groups_of(house.services.rules()))
    if groups:
        _told(slack)  # whatever Slack as a whole is wrong with is one finding, and not one of each group
    wrong = []
    for group in groups:
        try:
            house.services.directory.members(group)
        except DaypassError as error:
            wrong.append(f"{group}: {error.report}")
    if wrong:
        told = "\n".join(f"  {one}" for one in dict.fromkeys(wrong))
        raise CheckFailed(f"Rules that name these Slack user groups cannot be used now; all others can:\n{told}")
    return f"Slack says who is in the {len(groups)} user groups that the rules name."


def _frozen(house: Daypass) -> str:
    """What is frozen is no fault, and should be seen."""
    if not (standing := freezes(house.services.ledger)):
        return "Nothing is frozen."
    named = "; ".join(f"{one.id}: {one.extent}, by {one.by}" for one in standing)
    return f"Frozen until two owners of the rules lift it: {named}."


def _slack(settings: Settings) -> str:
    if not settings.slack.bot_token:
        raise CheckFailed("No Slack is set: give DAYPASS_SLACK_BOT_TOKEN, and a signing secret or an app token.")
    answer = slack_calls(settings).call("auth.test")
    if answer.get("is_enterprise_install"):
        raise CheckFailed(
            "The Slack app is installed for a whole organisation: install it in the one workspace it is for."
        )
    return f"Slack knows Daypass in the workspace {answer.get('team', 'without a name')}."
