# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP that does not leave by the WAN is none of the gateway's business.

given	P, and a server on the LAN, one behind a VPN, and one on the router itself
when	P registers with each of them
then	each gets every byte as P has sent it, from P's own address, and what
	does leave by the WAN finds its way as well

Copyright (C) 2026 The sipfast authors
"""

from agent import Agent
from tap import equal

VPN = """
    link add vpn0 type veth peer name vpn netns {t}
    address add 10.8.0.1/24 dev vpn0
    link set vpn0 up
    """


def scenario(scene):
    open_vpn(scene)
    try:
        p = scene.phone("p")
        for ns, address in (("q", "192.168.1.11"), ("t", "10.8.0.2"),
                            ("gw", "192.168.1.1")):
            server = Agent(scene, ns, address, 5060, "server")
            sent = p.request("REGISTER", to="<sip:p@example.com>",
                             through=server.at)
            request = server.receive("REGISTER")
            equal(request.raw, sent.raw, server.at)
            equal(request.source, p.at, server.at)
            reply = server.reply(request, 200, contact=request["Contact"])
            equal(p.receive(200).raw, reply.raw, server.at)
        s = scene.host("s")
        p.send("\r\n\r\n", s.at)
        equal(s.receive_bytes("a keepalive")[0], b"\r\n\r\n")
    finally:
        scene.do_in("gw", "ip", "link", "del", "vpn0")


def open_vpn(scene):
    for command in VPN.format(t=scene.ns["t"]).strip().splitlines():
        scene.do_in("gw", "ip", *command.split())
    scene.do_in("t", "ip", "address", "add", "10.8.0.2/24", "dev", "vpn")
    scene.do_in("t", "ip", "link", "set", "vpn", "up")
    scene.do_in("t", "ip", "route", "add", "192.168.1.0/24", "via", "10.8.0.1")
