# SPDX-License-Identifier: GPL-2.0-or-later
"""What is no SIP passes the SIP port as it came.

given	STUN, RTP, a TLS hello, zeros, random bytes, and lines that only begin
	like SIP
when	P sends them to S's port 5060, and S back
then	each arrives byte for byte

Copyright (C) 2026 The sipfast authors
"""

import random

from place import P
from router import RTCP, STUN, rtp
from tap import equal

BY_TCP = False

BYTES = (STUN, rtp(1), RTCP, b"\x16\x03\x01\0\x05\x01\0\0\x01\0", bytes(4),
         b"\r\n\r\n", b"\0", b"SIP/2.0 xyz\r\n\r\n",
         b"GET / HTTP/1.1\r\nHost: " + P.encode() + b"\r\n\r\n",
         random.Random(5060).randbytes(1200))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    scene.witness.allow(P.encode() + b"\r\n")
    for data in BYTES:
        p.send(data)
        got, public = s.receive_bytes()
        equal(got, data, "out")
        s.send(data, public)
        got, source = p.receive_bytes()
        equal((got, source), (data, s.at), "in")
