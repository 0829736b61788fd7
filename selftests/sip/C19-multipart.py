# SPDX-License-Identifier: GPL-2.0-or-later
"""Of a body with several parts only the SDP is looked into.

given	bodies of SDP and a location, the SDP last, and the SDP in a part of parts
when	they pass, with preamble, epilogue and the phone's address all over
then	the SDP's address is the gateway's, everything else is what it was, and
	Content-Length is right

Copyright (C) 2026 The sipfast authors
"""

from agent import Call
from place import ADDRESS, P
from sip import named, sdp
from tap import equal

PLACE = ("Content-Type: application/pidf+xml\r\n"
         "Content-ID: <alice@%s>\r\n\r\n"
         "<presence>c=%s\r\nm=audio 40000 RTP/AVP 8\r\n"
         "</presence>\r\n") % (P, named(ADDRESS["p"]))
SDP = "Content-Type: application/sdp\r\n\r\n" + sdp(ADDRESS["p"], 40000)
AROUND = ("preamble %s\r\n" % P, "epilogue " + P)


def parts(boundary, *bodies, around=("", "")):
    lines = "".join("--%s\r\n%s" % (boundary, body) for body in bodies)
    return around[0] + lines + "--%s--\r\n" % boundary + around[1]


NESTED = 'Content-Type: multipart/related; boundary="in ner"\r\n\r\n' + \
    parts("in ner", PLACE, SDP)
BODIES = (parts("b1", SDP, PLACE),
          parts("b1", PLACE, SDP, around=AROUND),
          parts("b1", PLACE, NESTED))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    scene.witness.allow(PLACE.encode(), *map(str.encode, AROUND))
    for body in BODIES:
        call = Call(p, s)
        got = call.invite(body, kind="multipart/mixed;boundary=b1").sdp
        at = body.index(SDP)
        equal(got[:at], body[:at], "before")
        after = body[at + len(SDP):]
        equal(got[len(got) - len(after):], after, "after")
        mapped = got[at:len(got) - len(after)].splitlines()
        port = [line.split()[1] for line in mapped if line[:2] == "m="][0]
        equal(mapped, SDP.replace(
            "c=" + named(ADDRESS["p"]), "c=" + named(ADDRESS["wan"])).replace(
                "40000", port).splitlines(), "SDP")
        call.reply(488)
