# SPDX-License-Identifier: GPL-2.0-or-later
"""A registration by TCP does not open the LAN either.

given	P, registered over TCP at S with the port of a service of its own, one
	that is no phone's (NAT slipstreaming); P's connection has gone
when	S connects to the public port that stands in the Contact, and sends an
	INVITE there
then	no connection is made to the service; S is told 503 where there is a port

Copyright (C) 2026 The sipfast authors
"""

import sip
from place import G, P, S
from stream import are_silent, connect, invite, listen, registered
from tap import equal

BY_TCP = False


def scenario(scene):
    server = listen(scene, "s")
    for n, port in enumerate((8080, 3389)):
        service = listen(scene, "p", port)
        phone, there, contact = registered(scene, server, "%s:%d" % (P, port))
        phone.close()
        equal(there.ends(), b"")
        attacker = connect(scene, "s", G, sip.where(contact)[1])
        attacker.send(invite(contact, S + ":5070", n))
        equal(attacker.message().status, 503)
        assert are_silent(service), "port %d was called" % port

    service = listen(scene, "p", 22)
    phone, there, contact = registered(scene, server, P + ":22")
    equal(contact, "sip:alice@%s:22;transport=tcp" % P, "Contact")
    phone.close()
    equal(there.ends(), b"")
    assert are_silent(service), "port 22 was called"
    scene.counts(ports_refused=1, rejected_unreachable=2)
