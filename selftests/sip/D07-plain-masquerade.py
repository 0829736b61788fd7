# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway's ports stay its own beside plain masquerade, whoever is first.

given	a router that masquerades to any port, and a flow of Q's from port 5060
when	Q's flow is there before P registers, and when it comes after
then	P's messages come from where its Contact says, Q's answers come to Q, and
	P's calls to P

Copyright (C) 2026 The sipfast authors
"""

from agent import register
from tap import equal

BY_TCP = False


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    q = scene.udp_at("q", scene.ADDRESS["q"], 5060)
    other = scene.udp_at("s", s.address, 7000)
    for n in range(2):
        if n:
            scene.gateway.silence()
            scene.restart("")
            through(q, other, b"first")
        request, _ = register(p, s)
        equal(request.contact, "sip:p@" + request.source)
        through(q, other, b"flow")
        s.request("OPTIONS", request.contact, through=request.contact)
        p.receive("OPTIONS")
        p.request("OPTIONS")
        equal(s.receive("OPTIONS").source, request.source)
        through(q, other, b"still")


def through(near, far, data):
    """There and back."""
    near.sendto(data, far.getsockname())
    got, source = far.recvfrom(100)
    far.sendto(got, source)
    equal(near.recv(100), data)
