# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever way a message is written, only the bytes that are ours change.

given	messages with compact names, folded lines, blanks before colons, mixed
	case, LF only, and empty lines in front
when	they pass
then	address and port are the gateway's, and no other byte is different

Copyright (C) 2026 The sipfast authors
"""

from sip import raw
from tap import equal

BY_TCP = False

COMPACT = """
    OPTIONS sip:bob@example.com SIP/2.0
    v: SIP/2.0/UDP {at};branch=z9hG4bK{n};rport
    f: "A, B" <sip:alice@example.com>;tag=1
    t: sip:bob@example.com
    i: {n}@example.com
    CSeq: 1 OPTIONS
    m: <sip:alice@{at}>
    l: 0
    """
FOLDED = """
    OPTIONS sip:bob@example.com SIP/2.0
    Via: SIP / 2.0
     / UDP
    \t{at} ;branch=
      z9hG4bK{n} ;
     rport
    TO :
     sip:bob@example.com ;   foo
    from   : "J Rosenberg \\\\\\"" <sip:alice@example.com>
      ;
      tag = 98asjd8
    Call-Id:    {n}
    cseq:
      1   OPTIONS
    Token: sip:alice@example.com
    contact:
    \t"Quoted string \\"\\"" <sip:alice@{at};maddr=example.com>
      ;expires=60 ,
     <sip:alice@198.51.100.7>
    NewFangled:   newfangled value
     continued
    """
LISTED = """
    OPTIONS sip:bob@example.com SIP/2.0
    VIA: SIP/2.0/UDP {at};branch=z9hG4bK{n}, SIP/2.0/UDP 10.9.8.7:5060;branch=z9hG4bKx
    Via: SIP/2.0/TCP pbx.example.com;branch=z9hG4bKy
    From: <sip:alice@example.com>;tag=1
    To: <sip:bob@example.com>
    Call-ID: {n}
    CSeq: 1 OPTIONS
    Contact: <SIP:alice@{at}>;q=1 , <tel:+15551234>
    Subject:
    """


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    n = 0
    for text in (COMPACT, FOLDED, LISTED):
        for before, form in ((b"", lambda data: data),
                             (b"", lambda data: data.replace(b"\r\n", b"\n")),
                             (b"\r\n\r\n", lambda data: data)):
            n += 1
            p.send(before + form(raw(text, at=p.at, n=n)))
            data, public = s.receive_bytes("OPTIONS")
            equal(data, before + form(raw(text, at=public, n=n)))
