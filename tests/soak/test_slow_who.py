"""Slower attacks on who gets access: both sides of a decision, people from elsewhere or gone, authority not checked."""

import httpx2

from tests.attacks.site import ALICE, BOB, EVE, FRED, RULES, Site, never, wait_for


def test_a05_what_somebody_asked_for_does_not_begin_after_they_have_left(site: Site):
    """Fred's access is approved to begin soon; his account is deactivated; nothing begins."""
    asked = site.ask(FRED, delivery="policy", start="in 8s", for_="10m")
    assert site.approve(BOB, asked).status_code == httpx2.codes.OK
    site.slack.change_person(FRED, deleted=True)
    gone = {"id": FRED, "team_id": "T0ACME", "name": "fred", "deleted": True}
    site.slack.event({"type": "user_change", "user": gone})
    never(lambda: site.reads(FRED), for_s=14, what="the keys of somebody who has left read")


def test_a15_every_door_answers_alike_who_may_see_a_request(make_site):
    """After the rules have changed from Bob to Eve, Slack and the API show the request to the same people."""
    site = make_site()
    asked = site.ask(ALICE)
    site.question(asked)
    site.set_rules(
        RULES.replace("approve: {anyone_of: {people: [U0BOB, U0CAROL]}}", "approve: {anyone_of: {people: [U0EVE]}}")
    )
    wait_for(lambda: site.call(EVE, "/v1/rules").text.count("U0EVE") > 0, within_s=40, what="the new rules")
    seen = {
        who: (
            site.call(who, f"/v1/requests/{asked}").status_code == httpx2.codes.OK,
            "acme-reports" in site.says(who, f"show {asked}"),
        )
        for who in (BOB, EVE)
    }

    assert seen[BOB][0] == seen[BOB][1], f"Bob, by the API and in Slack: {seen[BOB]}"
    assert seen[EVE][0] == seen[EVE][1], f"Eve, by the API and in Slack: {seen[EVE]}"
