# SPDX-License-Identifier: GPL-2.0-or-later
"""Behind a 1:1 NAT the world is told the address that it can reach.

given	a NAT beyond the gateway that the owner has named: external-address; only
	by that one does S know the gateway
when	P registers, and S and P call each other
then	Via, Contact and SDP have the external address; rings, audio and BYE arrive

Copyright (C) 2026 The sipfast authors
"""

import subprocess

from agent import register, talk
from place import IP, on_wan
from sip import endpoint, where
from tap import equal

EXTERNAL = on_wan(7)
CONFIG = 'wan "wan0" { external-address = "%s" }' % EXTERNAL
# What a provider's box does; here S does it for itself.
NAT = """
    table inet carrier {
        chain out {
            type nat hook output priority -100
            %(ip)s daddr %(external)s dnat %(ip)s to %(wan)s
        }
        chain in {
            type nat hook input priority 100
            %(ip)s saddr %(wan)s snat %(ip)s to %(external)s
        }
    }"""


def scenario(scene):
    with scene.within("s"):
        subprocess.run(["nft", "-f", "-"], text=True, check=True, input=NAT % {
            "ip": IP, "external": EXTERNAL, "wan": scene.ADDRESS["wan"]})
    try:
        story(scene)
    finally:
        scene.do_in("s", "nft", "delete", "table", "inet", "carrier")


def story(scene):
    p, s = scene.phone("p"), scene.host("s")
    request, _ = register(p, s)
    for host, _ in (endpoint(request.source), endpoint(request.via),
                    where(request.contact)):
        equal(host, EXTERNAL)
    for caller, callee, uri in ((p, s, None), (s, p, request.contact)):
        call, one, other = scene.call(caller, callee, uri=uri)
        there = one if caller is s else other
        equal(there.peer[0], EXTERNAL, "media of P's")
        talk(one, other)
        call.end(by=callee)
        for ear in (one, other):
            ear.sock.close()
