# SPDX-License-Identifier: GPL-2.0-or-later
"""Content-Length may be missing, and bytes behind the body stay behind it.

given	INVITEs without Content-Length, with one that is too small, and with one
	that is too large; and a response with one that is too large
when	P sends them
then	the first is rewritten and still has none, the second keeps what is
	behind its body, the third is answered 400, and the response is dropped

Copyright (C) 2026 The sipfast authors
"""

import re

import sip
from place import AWAY
from tap import equal

BY_TCP = False


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    plain = sip.write("INVITE sip:example.com SIP/2.0",
                      p.headers("INVITE") + [
                          ("Content-Type", "application/sdp")],
                      sip.sdp(p.address, 40000))
    length = re.compile(rb"Content-Length: (\d+)\r\n")

    p.send(length.sub(b"", plain))
    got = s.receive("INVITE")
    equal(got["Content-Length"], "")
    equal(got.media[0][0], scene.ADDRESS["wan"])

    more = b"c=" + sip.named(AWAY).encode()
    p.send(plain + more + b"\r\n\0junk")
    got = s.receive("INVITE")
    body, _, junk = got.raw.partition(b"\r\n\r\n")[2].partition(more)
    equal(int(got["Content-Length"]), len(body))
    equal(junk, b"\r\n\0junk")

    p.send(length.sub(b"Content-Length: 4000\r\n", plain))
    p.receive(400, by_gateway=True)
    request = s.request("OPTIONS", p.uri, through=got.source)
    equal(p.receive("OPTIONS")["Call-ID"], request["Call-ID"])
    p.send(length.sub(b"Content-Length: 4000\r\n", plain).replace(
        b"INVITE sip:example.com SIP/2.0", b"SIP/2.0 200 OK"))
    p.request("OPTIONS")
    s.receive("OPTIONS")
    scene.counts(rejected_malformed=1, dropped_malformed=1)
