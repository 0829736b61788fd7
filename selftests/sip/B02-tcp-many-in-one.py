# SPDX-License-Identifier: GPL-2.0-or-later
"""Three messages and a half in one segment are four messages in the end.

given	a phone's connection to its server
when	P sends three OPTIONS and the beginning of a fourth at once, and its end
	when S has read the three
then	S gets four, each whole, in their order

Copyright (C) 2026 The sipfast authors
"""

from stream import listen, options, pair, public

BY_TCP = False


def scenario(scene):
    phone, there = pair(scene, listen(scene, "s"))
    stream = b"".join(options(n) for n in range(1, 5))
    phone.send(stream[:-150])
    for n in range(1, 4):
        there.reads(public(options(n)))
    phone.send(stream[-150:])
    there.reads(public(options(4)))
