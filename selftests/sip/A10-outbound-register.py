# SPDX-License-Identifier: GPL-2.0-or-later
"""Of an RFC 5626 registration only host and port are different.

given	a phone that registers with +sip.instance, reg-id and ob
when	REGISTER and 200, with Path and Service-Route in it, pass
then	both arrive byte for byte, but for the phone's address

Copyright (C) 2026 The sipfast authors
"""

from sip import Message, raw
from tap import equal

BY_TCP = False

REGISTER = """
    REGISTER sip:example.com SIP/2.0
    Via: SIP/2.0/UDP {at};branch=z9hG4bKnashds7;rport;keep
    max-forwards:  70
    From: Bob <sip:bob@example.com>;tag=7F94778B653B
    To: Bob <sip:bob@example.com>
    Call-ID: 16CB75F21C70
    CSeq: 1 REGISTER
    Supported: path,  outbound , gruu
    Contact: <sip:bob@{at};ob;transport=udp>;reg-id=1;q=0.70
      ;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"
    l: 0
    """
OK = """
    SIP/2.0 200 OK
    v: SIP/2.0/UDP {at};branch=z9hG4bKnashds7;rport;keep
    From: Bob <sip:bob@example.com>;tag=7F94778B653B
    To: Bob <sip:bob@example.com>;tag=1
    Call-ID: 16CB75F21C70
    CSeq: 1 REGISTER
    Path: <sip:token@203.0.113.10;lr;ob>
    Service-Route:<sip:203.0.113.10;lr> , <sip:198.51.100.9;lr>
    Contact: <sip:bob@{at};ob;transport=udp>;reg-id=1;q=0.70;expires=60;pub-gruu="sip:bob@example.com;gr=urn:uuid:1"
    Content-Length:   0
    """


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    p.send(raw(REGISTER, at=p.at))
    data, public = s.receive_bytes("REGISTER")
    equal(data, raw(REGISTER, at=public), "what the registrar gets")
    equal(Message(data)["Contact"].count("reg-id=1"), 1)
    s.send(raw(OK, at=public), public)
    equal(p.receive(200).raw, raw(OK, at=p.at), "what the phone gets")
