# SPDX-License-Identifier: GPL-2.0-or-later
"""An IPv6 phone behind NAT66 is mapped, one of a routed prefix left alone.

given	P has a unique local address, Q one of a prefix that the provider routes
	here, which is not masqueraded
when	both register, and S calls them; Q has a flow from its SIP port before
then	P's literals, brackets and all, are the gateway's; Q's bytes are what Q has
	sent; each call arrives, and so does what the flow's other end says

Copyright (C) 2026 The sipfast authors
"""

from agent import Agent, Call, register
from place import uri
from sip import at, endpoint
from tap import equal

FAMILIES = (6,)
BY_TCP = False  # a flow and SIP share a port

GATEWAY, PHONE = "2001:db8:2::1", "2001:db8:2::10"
TRANSLATED = ("meta nfproto ipv4", "ip6 saddr fc00::/7")


def scenario(scene):
    route(scene)
    try:
        scene.restart("")
        story(scene)
    finally:
        unroute(scene)


def story(scene):
    p, s = scene.phone("p"), scene.host("s")
    q = Agent(scene, "q", PHONE, 5060, "q", s.at)
    other = scene.udp_at("s", s.address, 7000)
    q.send(b"flow", at(s.address, 7000))
    equal(other.recvfrom(100)[1][:2], (PHONE, 5060), "the flow's source")

    request, _ = register(p, s)
    equal(endpoint(request.source)[0], scene.ADDRESS["wan"], "P's source")
    equal(request.contact, uri("p", request.source), "P's Contact")
    call = Call(s, p, request.contact)
    equal(call.invite().uri, p.uri, "Request-URI")
    call.reply(486)

    other.sendto(b"answer", (PHONE, 5060))
    equal(q.receive_bytes()[0], b"answer", "the flow's other end")
    sent = q.request("REGISTER", to="<sip:q@example.com>")
    request = s.receive("REGISTER")
    equal(request.raw, sent.raw, "Q's REGISTER")
    equal(request.source, q.at, "Q's source")
    s.reply(request, 200, contact=request["Contact"])
    q.receive(200)
    call = Call(s, q, request.contact)
    equal(call.invite().raw, call.sent.raw, "Q's INVITE")
    call.reply(486)


def route(scene):
    scene.change([("gw", "add", GATEWAY, "br-lan"),
                  ("q", "add", PHONE, "eth0")])
    scene.do_in("s", "ip", "route", "add", GATEWAY + "/64", "via",
                scene.ADDRESS["wan"])
    masquerade(scene, *TRANSLATED)


def unroute(scene):
    scene.change([("gw", "del", GATEWAY, "br-lan"),
                  ("q", "del", PHONE, "eth0")])
    scene.do_in("s", "ip", "route", "del", GATEWAY + "/64")
    masquerade(scene, "")


def masquerade(scene, *matches):
    """The router's own rules, for what these match."""
    chain = "inet router postrouting"
    scene.do_in("gw", "nft", "flush chain %s;" % chain + "".join(
        "add rule %s %s oifname wan0 masquerade;" % (chain, match)
        for match in matches))
