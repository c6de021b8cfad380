"""Whom we trust to say who a program is: issuers that speak OpenID Connect."""
