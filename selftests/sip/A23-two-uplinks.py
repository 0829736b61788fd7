# SPDX-License-Identifier: GPL-2.0-or-later
"""A message bears the address of the uplink by which it leaves.

given	a router with two uplinks; S is behind the first, T behind the second
when	P registers with each, and each calls it
then	each REGISTER comes from, and names, the address of the uplink it took, and
	both calls arrive

Copyright (C) 2026 The sipfast authors
"""

from agent import Agent, Call, register
from place import either, uri
from sip import endpoint
from tap import equal

CONFIG = 'wan "wan0" { }\nwan "wan1" { }'
OWN = False

UPLINK, SERVER = either(("192.0.2.1", "192.0.2.10"),
                        ("2001:db8:4::1", "2001:db8:4::10"))


def scenario(scene):
    open_uplink(scene)
    try:
        scene.restart(CONFIG)
        p, s = scene.phone("p"), scene.host("s")
        t = Agent(scene, "t", SERVER, 5060, "t")
        for server, address in ((s, scene.ADDRESS["wan"]), (t, UPLINK)):
            p.server = server.at
            request, reply = register(p, server)
            equal(endpoint(request.source)[0], address, "source")
            equal(request.contact, uri("p", request.source), "Contact")
            call = Call(server, p, request.contact)
            equal(call.invite().uri, p.uri, "Request-URI")
            refusal = call.reply(486)
            if server is t:  # the witness looks at the first uplink
                for message in (request, reply, call.got, refusal):
                    scene.witness.excuse(message.raw)
    finally:
        scene.do_in("gw", "ip", "link", "del", "wan1")
        scene.do_in("gw", "nft", "delete", "table", "inet", "uplink")


def open_uplink(scene):
    """All of it goes with its device and its table."""
    scene.do_in("gw", "ip", "link", "add", "wan1", "type", "veth", "peer",
                "name", "uplink", "netns", scene.ns["t"])
    scene.change([("gw", "add", UPLINK, "wan1"), ("t", "add", SERVER,
                                                  "uplink")])
    scene.do_in("gw", "ip", "link", "set", "wan1", "up")
    scene.do_in("t", "ip", "link", "set", "uplink", "up")
    scene.do_in("gw", "nft", "add table inet uplink; add chain inet uplink "
                "postrouting { type nat hook postrouting priority srcnat; "
                "oifname wan1 masquerade; }")
