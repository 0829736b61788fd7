# SPDX-License-Identifier: GPL-2.0-or-later
"""Where no media port is left, a call is refused, and the others go on.

given	a pool of two pairs of ports, and two calls
when	a third INVITE comes, from P, and from S
then	it is answered 503 with Retry-After, and the two calls still have audio

Copyright (C) 2026 The sipfast authors
"""

from agent import register, talk
from sip import sdp

CONFIG = 'media-ports = "16384-16387"'


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    binding = register(p, s)[0].contact
    calls = [scene.call(p, s, 40000 + 2 * n, 6000 + 2 * n) for n in range(2)]
    for agent, target in ((p, None), (s, binding)):
        agent.request("INVITE", "sip:p@example.com", through=target,
                      body=sdp(agent.address, 40010))
        refusal = agent.receive(503, by_gateway=True)
        assert refusal["Retry-After"].isdigit(), refusal["Retry-After"]
        for _, here, there in calls:
            talk(here, there)
    for call, _, _ in calls:
        call.end()
    scene.counts(rejected_no_ports=2)
