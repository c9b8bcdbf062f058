"""Revocation at the mock J-LIS: who is revoked, what is published about it, and how a verifier looks at that.

Two halves that share no state: the authority's (`register`, `list_publisher`, `responder`, `jlis`) writes CRLs and
answers OCSP; the verifier's (`crl_check`, `ocsp_check`, `check`) believes nothing but signatures and times.
"""
