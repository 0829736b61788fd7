# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers that say who somebody is stay, even if they hold a LAN address.

given	a phone that signs with its LAN address: From, To, Call-ID,
	P-Asserted-Identity, Remote-Party-ID
when	its request and the answer pass
then	all of these are what they were, on both sides

Copyright (C) 2026 The sipfast authors
"""

from place import P
from tap import equal

WHO = "<sip:alice@%s>" % P
MORE = (("P-Asserted-Identity", WHO), ("P-Preferred-Identity", WHO),
        ("Remote-Party-ID", WHO + ";party=calling"),
        ("Identity-Info", "<http://%s/cert>" % P))
NAMES = ("From", "To", "Call-ID", "CSeq") + tuple(name for name, _ in MORE)


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    scene.witness.allow(*(value.encode() for _, value in MORE))
    sent = p.request("MESSAGE", "sip:bob@example.com", more=MORE,
                     sender="Alice " + WHO + ";tag=1", to=WHO,
                     call_id="1@" + P)
    got = s.receive("MESSAGE")
    for name in NAMES:
        equal(got[name], sent[name], name)
    answer = s.reply(got, 200, more=MORE)
    got = p.receive(200)
    for name in NAMES:
        equal(got[name], answer[name], name)
