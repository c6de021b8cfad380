"""
How access is used, whatever door says it: one `aws` command that it allows, and what AWS does that surprises people.

The surprises follow from how narrow the access is. A list is tied to a prefix, so S3 refuses one of anything wider, and
does not admit that an object is missing (AmazonS3/latest/API/API_GetObject, "Permissions"). And the AWS CLI, version 2,
takes tags along when it copies in parts (cli/latest/reference/s3/cp, `--copy-props`).
"""

import shlex

from daypass.model.entitlement import Entitlement, Extra, Level, Reach

KEEP_THE_SLASH = "Keep the final slash: a list without it is refused."
MISSING_IS_403 = "For an object that does not exist, S3 answers 403 (AccessDenied), not 404."
TAGS_ARE_COPIED = (
    "To copy objects over 8 MB with AWS CLI v2, which copies their tags too, add --copy-props metadata-directive, or "
    "request this with --tags."
)


def example(entitlement: Entitlement) -> str:
    """One `aws` command that this access allows, safe to paste into a shell."""
    place = entitlement.place
    address = shlex.quote(f"s3://{place}" if place.key else f"s3://{place.bucket}/")
    if Level.READ in entitlement.levels and place.reach is Reach.OBJECT:
        return f"aws s3 cp {address} ."
    if entitlement.levels & {Level.READ, Level.LIST}:
        return f"aws s3 ls {address}"
    if Level.WRITE in entitlement.levels:
        return f"aws s3 cp FILE {address}"
    return f"aws s3 rm {address}" + ("" if place.reach is Reach.OBJECT else "NAME")


def caveats(entitlement: Entitlement) -> tuple[str, ...]:
    """What AWS does with this access that looks like a fault and is none."""
    levels, reach = entitlement.levels, entitlement.place.reach
    lists = reach is Reach.PREFIX and bool(levels & {Level.LIST, Level.READ})
    hides = reach is not Reach.BUCKET and Level.READ in levels
    copies = {Level.READ, Level.WRITE} <= levels and Extra.TAGS not in entitlement.extras
    said = ((KEEP_THE_SLASH, lists), (MISSING_IS_403, hides), (TAGS_ARE_COPIED, copies))
    return tuple(sentence for sentence, holds in said if holds)
