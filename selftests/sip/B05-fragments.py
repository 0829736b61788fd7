# SPDX-License-Identifier: GPL-2.0-or-later
"""A large INVITE arrives whole, however its fragments come.

given	INVITEs of 4 kB, each cut at random places
when	their fragments come in any order
then	S gets each once, rewritten

Copyright (C) 2026 The sipfast authors
"""

import random

import sip
from agent import spoofed
from tap import equal

BY_TCP = False

TIMES = 30
LARGE = [("X-Large-%d" % n, "x" * 450) for n in range(8)]


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    dice = random.Random(5060)
    for _ in range(TIMES):
        data = sip.write("INVITE sip:example.com SIP/2.0",
                         p.headers("INVITE") + LARGE + [
                             ("Content-Type", "application/sdp")],
                         sip.sdp(p.address, 40000))
        assert len(data) > 4000
        cuts = cuts_of(dice, len(data))
        order = dice.sample(range(len(cuts) + 1), len(cuts) + 1)
        spoofed(scene, "p", p.at, s.at, data, cuts, order)
        invite = s.receive("INVITE")
        equal(invite.media[0][0], scene.ADDRESS["wan"], "media")
        s.reply(invite, 486)
        p.receive(486)
    s.hears_nothing()


def cuts_of(dice, size):
    """So many that each piece has room in a packet; and some more."""
    return sorted({1432, 2864, *(dice.randrange(8, size, 8)
                                 for _ in range(dice.randrange(6)))})
