# SPDX-License-Identifier: GPL-2.0-or-later
"""What a server says of the sender's address is the phone's own address.

given	P asks with rport
when	the server answers with received and rport, as it has to
then	P reads its own address and port there, and learns of no NAT that it
	would have to do something about

Copyright (C) 2026 The sipfast authors
"""

import sip
from tap import equal

BY_TCP = False


def scenario(scene):
    p, q, s = scene.phone("p"), scene.phone("q", 5062), scene.host("s")
    for phone in (p, q):
        phone.request("REGISTER", to="<sip:p@example.com>")
        s.reply(s.receive("REGISTER"), 401, contact="",
                more=[("WWW-Authenticate",
                       'Digest realm="example.com", nonce="1"')])
        own = {"received=%s" % phone.address,
               "rport=%d" % sip.endpoint(phone.at)[1]}
        _, *parameters = phone.receive(401)["Via"].split(";")
        equal(set(parameters) & own, own, "Via")
