"""The staff side of the counter: one screen above the patient's, opened with F4 and closed by a lock.

It may know the flow's state and everything the desk may see, the journal's entries of today, and the rules. It never
shows a PIN pad, never sees a PIN, and nothing of it can be reached after it closed. It changes the flow only by events.
What breaks if it is wrong: a patient reads the desk's matters, or staff find no next step.
"""
