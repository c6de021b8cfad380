"""The verbs: what people do to requests and grants. Each decides from the ledger and writes one fact."""
