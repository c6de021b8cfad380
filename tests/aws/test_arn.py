"""Resource names are read as AWS writes them, and what is none is refused."""

import pytest

from daypass.aws.arn import account_of, name_of, partition_of


def test_the_parts_of_a_name_are_read_whatever_stands_in_the_resource():
    """The resource may hold colons, and a user's path stands before the name."""
    arn = "arn:aws-cn:iam::111122223333:user/staff/ann:b"

    assert (partition_of(arn), account_of(arn), name_of(arn)) == ("aws-cn", "111122223333", "ann:b")
    assert account_of("arn:aws:s3:::acme-reports") == ""


@pytest.mark.parametrize("text", ["", "ann", "arn:aws:iam::111122223333", "urn:aws:iam::111122223333:user/ann"])
def test_what_is_no_name_is_refused(text: str):
    """One part too few, or another word at its beginning."""
    with pytest.raises(ValueError, match="is not an ARN"):
        partition_of(text)
