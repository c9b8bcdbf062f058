"""What is printed: every document of a counter, field by field, and the way to the thin documents of a case.

`fields` names what a paper can print; `form_types` and the form modules say what each document prints and what not;
`parsing` reads what staff typed from one; `paper` is the result, `look_again` what is odd about it. Pure like the rest
of `eligibility`. Facts: facts/reception.md §2, §6.4.
"""
