# SPDX-License-Identifier: GPL-2.0-or-later
"""Two Contacts in one REGISTER are both mapped, and both reachable.

given	P listens at ports 5060 and 5061
when	it registers both with one REGISTER
then	each Contact is mapped by itself with its own parameters, each is
	reachable, and the 200 shows P its own two again

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from tap import equal

BY_TCP = False  # who is not connected is called at a SIP port only: D03

PARAMETERS = (";q=0.5;+x=\"a,b\"", ";expires=600")


def scenario(scene):
    one, other = scene.phone("p"), scene.phone("p", 5061)
    s = scene.host("s")
    wish = ", ".join("<%s>%s" % (phone.uri, more) for phone, more
                     in zip((one, other), PARAMETERS))
    request, granted = register(one, s, contact=wish)
    equal(granted["Contact"], wish, "what the phone sees")
    assert len(set(request.contacts)) == 2, request.contacts

    for phone, contact in zip((other, one), request.contacts[::-1]):
        call = Call(s, phone, contact)
        equal(call.invite().uri, phone.uri, "Request-URI")
        call.reply(486)
