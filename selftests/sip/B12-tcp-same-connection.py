# SPDX-License-Identifier: GPL-2.0-or-later
"""Over TCP a phone is called on the connection that it has made.

given	P, registered over TCP
when	S sends an INVITE on that connection, and another one that P answers with
	its own end of the connection as Contact; P hangs up, and comes again
	from another port; and S sends one by UDP to a phone that gave no
	transport
then	the INVITEs and their answers pass; to S that Contact is what P's is, and
	P reads it as it has written it; P's Contact is the same again; and the
	phone gets the one that came by UDP

Copyright (C) 2026 The sipfast authors
"""

import sip
from place import G, P, S
from stream import answer, connect, invite, listen, options, registered
from tap import equal

BY_TCP = False


def scenario(scene):
    server = listen(scene, "s")
    phone, there, contact = registered(scene, server)
    equal(contact, "sip:alice@%s:5060;transport=tcp" % G)
    there.send(invite(contact, S + ":5060"))
    request = phone.message()
    equal(request.uri, "sip:alice@%s:5060;transport=tcp" % P)
    phone.send(answer(request.raw, "486 Busy Here"))
    there.reads(answer(invite(contact, S + ":5060"), "486 Busy Here"))

    own = "sip:alice@%s;transport=tcp" % sip.at(*phone.sock.getsockname())
    there.send(invite(contact, S + ":5060", 3))
    phone.send(answer(phone.message().raw, "200 OK",
                      ("Contact", "<%s>" % own)))
    equal(there.message().contact, contact)
    there.send(invite(contact, S + ":5060", 4).replace(
        b">\r\nCall-ID", b">;tag=there\r\nCall-ID"))
    equal(phone.message().uri, own)

    phone.close()
    equal(there.ends(), b"")
    phone = connect(scene, "p", "s")
    phone.send(options(1))
    there = server.accept()
    equal(there.message().contact, contact)

    datagrams = scene.udp_at("p", scene.ADDRESS["p"], 5062)
    _, _, contact = registered(scene, server, P + ":5062", "")
    scene.udp_at("s", scene.ADDRESS["s"], 5060).sendto(
        invite(contact, S + ":5060", 2, "UDP"), sip.where(contact))
    got = sip.Message(datagrams.recv(4096))
    equal(got.uri, "sip:alice@%s:5062" % P)
