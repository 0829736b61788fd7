# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP that does not leave by the WAN is none of the gateway's business.

given	P, and a server on the LAN, one behind a VPN, and one on the router itself
when	P registers with each of them
then	each gets every byte as P has sent it, from P's own address, and what
	does leave by the WAN finds its way as well

Copyright (C) 2026 The sipfast authors
"""

from agent import Agent
from place import either
from sip import endpoint
from tap import equal

VPN, BEHIND_VPN = either(("10.8.0.1", "10.8.0.2"), ("fd00:8::1", "fd00:8::2"))
LAN_NET = either("192.168.1.0/24", "fd00:1::/64")


def scenario(scene):
    open_vpn(scene)
    try:
        p = scene.phone("p")
        for ns, address in (("q", scene.ADDRESS["q"]), ("t", BEHIND_VPN),
                            ("gw", scene.ADDRESS["lan"])):
            server = Agent(scene, ns, address, 5060, "server")
            sent = p.request("REGISTER", to="<sip:p@example.com>",
                             through=server.at)
            request = server.receive("REGISTER")
            equal(request.raw, sent.raw, server.at)
            equal(endpoint(request.source)[0], p.address, server.at)
            reply = server.reply(request, 200, contact=request["Contact"])
            equal(p.receive(200).raw, reply.raw, server.at)
        s = scene.host("s")
        p.send("\r\n\r\n", s.at)
        equal(s.receive_bytes("a keepalive")[0], b"\r\n\r\n")
    finally:
        scene.do_in("gw", "ip", "link", "del", "vpn0")


def open_vpn(scene):
    scene.do_in("gw", "ip", "link", "add", "vpn0", "type", "veth", "peer",
                "name", "vpn", "netns", scene.ns["t"])
    scene.change([("gw", "add", VPN, "vpn0"), ("t", "add", BEHIND_VPN, "vpn")])
    scene.do_in("gw", "ip", "link", "set", "vpn0", "up")
    scene.do_in("t", "ip", "link", "set", "vpn", "up")
    scene.do_in("t", "ip", "route", "add", LAN_NET, "via", VPN)
