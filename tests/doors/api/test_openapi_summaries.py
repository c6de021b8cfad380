"""What a list of operations calls each of them."""

import httpx2


def test_every_operation_has_a_summary_of_its_own_in_plain_words(ann: httpx2.Client):
    """A sentence out of its description, never a name of ours such as `Ls`, and no two alike."""
    described = ann.get("/v1/openapi.json").json()["paths"]
    found = [one["summary"] for path in described.values() for one in path.values()]

    assert [one for one in found if " " not in one] == []
    assert sorted(found) == sorted(set(found))
