"""argv in, App calls out.

Position: the top. `commands` are what can be asked for, `printing` is how answers look, `logs` how
the daemon tells what it does. Exit codes: 0; 1, our error told in one line; 2, wrong usage.
`monitor.__main__` chooses the module that a command needs, so nothing is imported here.
"""
