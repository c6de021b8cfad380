"""The verbs: what people do to requests and grants. One module a verb; each decides from the ledger and writes one fact."""
