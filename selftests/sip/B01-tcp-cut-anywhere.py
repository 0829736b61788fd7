# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP stream may be cut anywhere: each message is one, and none is another.

given	a phone's connection to its server
when	P's OPTIONS is cut at each of its bytes in turn, and when each byte comes
	alone
then	S gets each message whole, from the public port that stands in its
	Contact, and P gets S's answer as if it had asked directly

Copyright (C) 2026 The sipfast authors
"""

from place import ADDRESS, G
from stream import answer, listen, options, pair, public
from tap import equal

BY_TCP = False


def scenario(scene):
    server = listen(scene, "s")
    phone, there = pair(scene, server)
    equal(there.source, G + ":5060", "where the phone comes from")

    message = options(1)
    for cut in range(1, len(message)):
        phone.send(message[:cut])
        phone.send(message[cut:])
        there.reads(public(message), "cut at %d" % cut)

    for byte in options(2):
        phone.send(bytes((byte,)))
    there.reads(public(options(2)), "every byte alone")

    phone.send(options(3))
    request = there.message().raw
    there.send(answer(request, "200 OK").replace(
        b";rport", b";received=%s;rport=5060" % ADDRESS["wan"].encode()))
    port = phone.sock.getsockname()[1]
    phone.reads(answer(options(3), "200 OK").replace(
        b";rport", b";received=%s;rport=%d" % (
            ADDRESS["p"].encode(), port)), "answer")
