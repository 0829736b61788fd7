# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP message without an end is refused, and its connection ends.

given	a phone's connection to its server, on which an OPTIONS has passed
when	P sends one without Content-Length, with two that contradict each other,
	with one that is negative, beyond 32 bits, or above 64 kB; and another
	good one behind it
then	P is told 400, or 513, once, and the connection ends; S gets nothing more

Copyright (C) 2026 The sipfast authors
"""

from stream import listen, options, pair
from tap import equal

BY_TCP = False

LENGTH = b"Content-Length: 0\r\n"
BAD = (
    (b"", b"400"),
    (b"l: 4\r\n" + LENGTH, b"400"),
    (b"Content-Length: -1\r\n", b"400"),
    (b"Content-Length: 4294967328\r\n", b"400"),
    (b"Content-Length: 65536\r\n", b"513"),
)


def scenario(scene):
    server = listen(scene, "s")
    for length, status in BAD:
        phone, there = pair(scene, server)
        phone.send(options(1).replace(LENGTH, length) + options(2))
        got = phone.ends()
        assert got.startswith(b"SIP/2.0 " + status), got
        equal(got.count(b"SIP/2.0 " + status), 1, "answers")
        equal(there.ends(), b"", "what the server gets")
    if scene.has_sipfast:
        equal(scene.gateway.ask("stats")["tcp"]["faults"], len(BAD))
    scene.counts(rejected_malformed=4, rejected_too_large=1)
