# SPDX-License-Identifier: GPL-2.0-or-later
"""Precedence that a phone or a server has set is kept.

given	a call, both ends of which mark their packets with EF
when	SIP and RTP pass
then	they come out with EF, both ways

Copyright (C) 2026 The sipfast authors
"""

import socket

from agent import talk
from place import either
from tap import equal

BY_TCP = False

EF = 46 << 2
MARK = either((socket.IPPROTO_IP, socket.IP_TOS),
              (socket.IPPROTO_IPV6, socket.IPV6_TCLASS))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    for agent in (p, s):
        agent.sock.setsockopt(*MARK, EF)
    call, here, there = scene.call(p, s)
    for ear in (here, there):
        ear.sock.setsockopt(*MARK, EF)
    talk(here, there)
    call.end()
    wan, lan = scene.witness.look()
    for packets in (wan, lan):
        out = [packet for packet in packets
               if packet.outgoing == (packets is lan)]
        assert len(out) >= 5, len(out)
        equal({packet.tos for packet in out}, {EF}, "tos")
