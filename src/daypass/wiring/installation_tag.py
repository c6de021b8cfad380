"""
Whose broker role it is: the tag `daypass:installation`, which the templates put on it once the id is known.

Two installations on one role would fill its room for denies together, and each would take the other's sessions for its
own. Nothing is decided by the tag: whoever may tag the role could turn Daypass off.
"""

from daypass.aws.role_sessions import RoleSessions
from daypass.model.errors import Misconfigured

TAG = "daypass:installation"


def whose_role(sessions: RoleSessions, mine: str) -> str:
    """Say whose the broker role is, by its tag. Raises Misconfigured when it is another installation's."""
    tagged = sessions.tags().get(TAG)
    if tagged is None:
        return (
            f"This is the installation {mine}, and the role {sessions.role_name} is not tagged as anybody's: deploy "
            f"the template again with Installation={mine} (Terraform: installation), so that another one notices."
        )
    if tagged != mine:
        raise Misconfigured(
            f"The role {sessions.role_name} is tagged {TAG}={tagged}, and this is the installation {mine}. If {tagged} "
            "is another Daypass, give this one a broker role of its own. If this one has a new journal key, deploy the "
            f"template again with Installation={mine}."
        )
    return f"The role {sessions.role_name} is tagged as that of this installation, {mine}."
