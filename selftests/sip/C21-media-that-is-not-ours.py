# SPDX-License-Identifier: GPL-2.0-or-later
"""Media that the gateway cannot relay is left as it is written.

given	a block of ports, a multicast group, MSRP and BFCP over TCP
when	an offer of each passes
then	no byte of the SDP is different

Copyright (C) 2026 The sipfast authors
"""

from agent import Call
from place import IN, MULTICAST, P
from sip import sdp
from tap import equal

MEDIA = (
    ("m=audio 40000/2 RTP/AVP 8",),
    ("m=audio 40000 RTP/AVP 8", "c=%s %s" % (IN, MULTICAST)),
    ("m=message 2855 TCP/MSRP *",
     "a=path:msrp://%s:2855/s.1.abc;tcp" % P),
    ("m=application 50000 TCP/BFCP *", "a=setup:passive"),
)


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    for lines in MEDIA:
        body = sdp(p.address, lines)
        scene.witness.allow(body.encode())
        call = Call(p, s)
        equal(call.invite(body).sdp, body)
        call.reply(488)
