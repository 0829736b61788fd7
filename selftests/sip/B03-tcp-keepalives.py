# SPDX-License-Identifier: GPL-2.0-or-later
"""Line ends between messages, and what answers them, pass as they are.

given	a phone's connection to its server
when	P sends keepalives (RFC 5626 3.5.1): alone, before and behind an OPTIONS
	in one segment; and S answers one
then	each arrives where it stood, and so does the answer

Copyright (C) 2026 The sipfast authors
"""

from stream import listen, options, pair, public

PING, PONG = b"\r\n\r\n", b"\r\n"

BY_TCP = False


def scenario(scene):
    phone, there = pair(scene, listen(scene, "s"))
    phone.send(PING)
    there.reads(PING)
    there.send(PONG)
    phone.reads(PONG)
    phone.send(PING + options(1) + PING)
    there.reads(PING + public(options(1)) + PING)
