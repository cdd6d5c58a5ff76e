"""Demo data: two businesses with people, numbers and conversations. Fictitious people, reserved numbers.

`samia` and `cedar` say what there is, `build` makes it, `credentials` writes the file with what is needed to get in.
Everything is found before it is made, so a second run changes nothing.
"""
