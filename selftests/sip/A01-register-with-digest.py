# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone registers at a real registrar, which sees no NAT.

given	P at port 5060, and a Kamailio that asks for credentials
when	REGISTER, 401, REGISTER with them, 200
then	the registrar has the gateway's address and one of its ports, the phone
	sees its own Contact and its expiry, and nat_uac_test() is silent

Copyright (C) 2026 The sipfast authors
"""

import re

from peers import authorised
from place import G
from tap import equal


def scenario(scene):
    provider = scene.provider()
    p, t = scene.phone("p", user="a01"), scene.host("t")
    authorised(p, "REGISTER", "sip:" + provider.ADDRESS, provider.ADDRESS,
               more=[("Expires", 300)])
    reply = p.receive(200)
    equal(reply["Contact"], "<%s>;expires=300" % p.uri, "Contact")

    stored, = provider.bindings(t, p.user)
    assert re.match(r"<sip:a01@%s:\d+(;transport=tcp)?>;expires=\d+" %
                    re.escape(G), stored), stored
    equal(provider.saw_nat(p), [], "the provider's log")
