"""The tester's page: live exchanges, invented patients, troubles, the clock. It clicks the admin API, nothing else.

One page without a framework and without any request to elsewhere. It may know the admin API's JSON and the words; what
an exchange's checks were is derived in `checks`. What breaks if it is wrong: somebody looks for a fault in the wrong
place.
"""
