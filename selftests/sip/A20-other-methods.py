# SPDX-License-Identifier: GPL-2.0-or-later
"""Methods outside calls pass, and bodies that are no SDP are nobody's business.

given	MESSAGE, PUBLISH, INFO, OPTIONS, and a method that nobody knows
when	each passes with a body in which the phone's address is written
then	the body arrives byte for byte, in both directions

Copyright (C) 2026 The sipfast authors
"""

from agent import register
from place import ADDRESS
from sip import named
from tap import equal

TEXT = ("v=0\r\nc=%s\r\nm=audio 40000 RTP/AVP 0\r\nhi\n\0" %
        named(ADDRESS["p"])).encode()
BODIES = (("MESSAGE", "text/plain"), ("PUBLISH", "application/pidf+xml"),
          ("INFO", "application/dtmf-relay"), ("OPTIONS", "text/plain"),
          ("FOOBAR", "application/octet-stream"))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    scene.witness.allow(TEXT)
    binding = register(p, s)[0].contact
    for method, kind in BODIES:
        p.request(method, "sip:s@example.com", TEXT, kind)
        request = s.receive(method)
        equal(request.body, TEXT, method + " out")
        s.reply(request, 200, TEXT, kind=kind)
        equal(p.receive(200).body, TEXT, "200 in")

        s.request(method, binding, TEXT, kind, through=binding)
        request = p.receive(method)
        equal(request.body, TEXT, method + " in")
        p.reply(request, 200, TEXT, kind=kind)
        equal(s.receive(200).body, TEXT, "200 out")
