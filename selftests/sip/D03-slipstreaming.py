# SPDX-License-Identifier: GPL-2.0-or-later
"""A forged registration does not open the LAN.

given	a browser on P that was made to send a REGISTER to the attacker S, with
	the port of another service in its Contact (NAT slipstreaming)
when	S says 200, and then connects, and sends bytes, to the ports that it was
	told, and to those that it wanted
then	no connection and no datagram reaches the service

Copyright (C) 2026 The sipfast authors
"""

import socket

import sip
from agent import register
from place import P, SOCKET

BY_TCP = False

SERVICES = (8080, 3389, 22)


def scenario(scene):
    s = scene.host("s")
    p = scene.phone("p", 49152)
    p.request("OPTIONS")
    public = s.receive("OPTIONS").source
    for port in SERVICES:
        with scene.within("p"):
            service = socket.create_server((p.address, port), family=SOCKET)
        scene.opened.append(service)
        datagrams = scene.udp_at("p", p.address, port)
        scene.witness.allow(P.encode() + b":22")
        request, _ = register(p, s, contact="<sip:p@%s:%d>" % (P, port))
        wanted = {(scene.ADDRESS["wan"], port)}
        if request.contact != "sip:p@%s:22" % P:
            wanted.add(sip.where(request.contact))
        for target in wanted:
            with scene.within("s"):
                attacker = socket.socket(SOCKET)
            scene.opened.append(attacker)
            attacker.setblocking(False)
            attacker.connect_ex(target)
            s.send(b"GET / HTTP/1.1\r\n\r\n", sip.at(*target))

        s.request("OPTIONS", "sip:p@" + public, through=public)
        p.receive("OPTIONS")
        silent(service.accept, service)
        silent(datagrams.recv, datagrams, 100)
    scene.counts(ports_refused=1, dropped_stranger=None)


def silent(ask, sock, *args):
    """Nothing has come there."""
    sock.setblocking(False)
    try:
        raise AssertionError("it got through: %r" % (ask(*args),))
    except BlockingIOError:
        pass
