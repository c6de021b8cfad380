"""`panic`, `freeze`, `lift`: end everything in an extent at once, give nothing in it, and give again."""

from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, adopt, json_option
from daypass.doors.cli.failure import Failure
from daypass.doors.language import extent_of, words_for_ended


@click.pass_obj
def _panic(here: Here, /, **said: Any) -> None:
    as_json, yes = said.pop("as_json"), said.pop("yes")
    about = about_of(said)
    if not yes:
        whom = _named(here, about) if said["person"] else about
        must_be_sure(f"Everything that you may end{whom and f' of {whom}'} ends now. Go on?")
    answer = here.client().post("/panic", {**_body(said), "freeze": not said["no_freeze"]})
    click.echo(output.as_json(answer) if as_json else ended(answer))


@click.pass_obj
def _freeze(here: Here, /, **said: Any) -> None:
    as_json = said.pop("as_json")
    if only_lists(said):
        answer = here.client().get("/freezes")
        click.echo(output.as_json(answer) if as_json else standing(answer))
        return
    about_of(said)
    answer = here.client().post("/freezes", _body(said))
    click.echo(output.as_json(answer) if as_json else frozen(answer))


@click.pass_obj
def _lift(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/freezes/{output.part(id)}/lift")
    waits = f"{id}: your word is noted; a second owner of the rules has to say so too: daypass lift {id}"
    click.echo(output.as_json(answer) if as_json else (f"{id}: lifted." if answer["lifted"] else waits))


def only_lists(said: dict[str, Any]) -> bool:
    """Whether nothing was said of what to freeze. A word that is empty was said: a script's variable, and not set."""
    return said["person"] is None and said["resource"] is None and not said["everything"] and not said["reason"]


def about_of(said: dict[str, Any]) -> str:
    """What it is about, in words; nothing for everything. Raises BadInput unless exactly one was said, and well."""
    extent = extent_of(person=said["person"], resource=said["resource"], everything=said["everything"])
    return "" if extent.everything else str(extent)


def must_be_sure(question: str, otherwise: str = "Nothing was ended") -> None:
    """Ask first. Raises Failure when it is not meant, or nobody can be asked."""
    try:
        sure = click.confirm(question, err=True)
    except click.Abort:
        raise Failure(f"\n{otherwise}; where nobody can be asked, say --yes.") from None
    if not sure:
        raise Failure(f"{otherwise}.")


def _named(here: Here, person: str) -> str:
    """A person's name beside the id: of somebody else nothing is ended by a slip. Where nobody can say it, the id."""
    try:
        names = here.client().get(f"/freezes?person={output.part(person)}")["names"]
    except Failure:
        return person
    return _called(person, names) if names.get(person, person) != person else f"{person}, whose name is not known here,"


def _called(person: str, names: dict[str, str]) -> str:
    return f"{names[person]} ({person})" if names.get(person, person) != person else person


def ended(answer: dict[str, Any]) -> str:
    """What a panic has ended, in words."""
    counts = words_for_ended(answer["ended"])
    first = f"Ended: {counts}." if counts else "There was nothing to end."
    if answer["freeze"]:
        return f"{first}\n{frozen(answer['freeze'])}"
    return f"{first}\nNothing is frozen: a rule that approves at once can give it back."


def frozen(one: dict[str, Any]) -> str:
    """One freeze that stands, in words."""
    names = one["names"]
    waits = (
        f" {names.get(one['lifting'], one['lifting'])} has agreed to lift it; a second owner has to."
        if one["lifting"]
        else ""
    )
    why = f" ({one['reason']})" if one["reason"] else ""
    who = ["the operator" if each == "operator" else names.get(each, each) for each in (one["by"], *one["also"])]
    by = " and ".join(who)
    lift = f"Two owners of the rules lift it: daypass lift {one['id']}."
    return f"{one['id']}: {_called(one['about'], names)} is frozen, by {by}{why}. {lift}{waits}"


def standing(answer: dict[str, Any]) -> str:
    """The freezes that stand, in words."""
    return "\n".join(map(frozen, answer["freezes"])) or "Nothing is frozen."


def _body(said: dict[str, Any]) -> dict[str, Any]:
    body = {"person": said["person"], "resource": said["resource"], "reason": said["reason"]}
    told = {name: value for name, value in body.items() if value}
    return told | ({"all": True} if said["everything"] else {})


panic = adopt("panic", _panic, click.Option(["--yes"], is_flag=True, help="Do not ask first."), json_option())
freeze = adopt("freeze", _freeze, json_option())
lift = adopt("lift", _lift, json_option())
