"""
Every word that a person reads in Slack, and nothing else: the one place to translate. tests/house keeps it so.

    labels      titles, buttons, labels, hints         glass       broken glass and its review
    requests    requests, decisions, grants            passkeys    the approver's passkey
    stages      how far an approval has come           rules       the rules and their changes
    ahead       approvals in advance, absences         usage       how access is used
    times       moments, lengths, recurrences          story       the journal of a request, line by line
    handing_out links, sign-ins, command lines         refusals    why something cannot be done
    plurals     one and several
"""
