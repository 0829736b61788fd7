# SPDX-License-Identifier: GPL-2.0-or-later
"""Encrypted SIP is left alone.

given	connections to 5061 (TLS) and 443 (WSS), and datagrams to 5061
when	bytes go both ways, among them some that look like SIP
then	each byte arrives as it was sent

Copyright (C) 2026 The sipfast authors
"""

import socket

import tap
from place import P, S, SOCKET, T
from tap import equal

BY_TCP = False

HELLO = bytes((22, 3, 1, 0, 120)) + bytes(range(120))


def scenario(scene):
    p = scene.phone("p", 5061, server=S + ":5061")
    scene.witness.allow(P.encode())
    stream = HELLO + p.request("REGISTER", through=T + ":9").raw
    for port in (5061, 443):
        near, far = connect(scene, port)
        for sender, receiver in ((near, far), (far, near)):
            sender.sendall(stream)
            got = b""
            while len(got) < len(stream):
                got += receiver.recv(65536)
            equal(got, stream)
    s = scene.host("s", 5061)
    p.send(HELLO)
    got, public = s.receive_bytes()
    equal(got, HELLO)
    s.send(HELLO, public)
    equal(p.receive_bytes()[0], HELLO)


def connect(scene, port):
    """A connection from p to s: both ends."""
    with scene.within("s"):
        listener = socket.create_server((scene.ADDRESS["s"], port),
                                        family=SOCKET)
    with scene.within("p"):
        near = socket.socket(SOCKET)
    scene.opened += [listener, near]
    for sock in (listener, near):
        sock.settimeout(tap.bound(3))
    near.connect((scene.ADDRESS["s"], port))
    far, _ = listener.accept()
    far.settimeout(tap.bound(3))
    scene.opened.append(far)
    return near, far
