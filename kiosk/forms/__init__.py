"""Papers typed in at the desk: any document of a counter, from choosing it to comparing it with what came back.

Pure modules read, check, carry over and compare (`field_order`, `check`, `draft`, `choosing`, `app_text`,
`portal_text`, `pasting`, `comparing`, `address`); widgets and views show them. May know the flow's words, the widgets,
the catalogue and `eligibility`; never services, the journal or the application. What breaks if it is wrong: staff type
one paper and another one is asked about. Facts: reception.md §2, §6.4, §6.6, §7; validation.md §1 to §5.
"""
