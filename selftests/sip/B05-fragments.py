# SPDX-License-Identifier: GPL-2.0-or-later
"""A large INVITE arrives whole, however its fragments come.

given	an INVITE of 4 kB in three fragments
when	they come in order, and in another order
then	S gets it once, rewritten

Copyright (C) 2026 The sipfast authors
"""

import sip
from agent import spoofed
from tap import equal

BY_TCP = False

LARGE = [("X-Large-%d" % n, "x" * 450) for n in range(8)]


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    for order in ((0, 1, 2), (2, 0, 1)):
        data = sip.write("INVITE sip:example.com SIP/2.0",
                         p.headers("INVITE") + LARGE + [
                             ("Content-Type", "application/sdp")],
                         sip.sdp(p.address, 40000))
        assert len(data) > 4000
        spoofed(scene, "p", p.at, s.at, data, (1432, 2864), order)
        invite = s.receive("INVITE")
        equal(invite.media[0][0], scene.ADDRESS["wan"], "media")
        s.reply(invite, 486)
        p.receive(486)
    s.hears_nothing()
