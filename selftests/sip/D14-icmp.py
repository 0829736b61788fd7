# SPDX-License-Identifier: GPL-2.0-or-later
"""ICMP about media tells nobody the LAN's addresses.

given	a call with audio
when	either end closes its port, and RTP goes on, so that its host answers with
	port unreachable
then	no LAN address is seen on the WAN, not in what ICMP quotes either; the
	other direction goes on, and so does everything once the port is back

Copyright (C) 2026 The sipfast authors
"""

from agent import talk


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    call, here, there = scene.call(p, s)
    talk(here, there)
    for closed, other in ((here, there), (there, here)):
        closed.sock.close()
        for _ in range(3):
            other.say()
        again = scene.ear("p" if closed is here else "s", closed.at[1])
        closed.sock = again.sock
        talk(here, there)
    call.end()
