# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones of two LANs have what phones of one have.

given	P on the LAN, and R on another one, both at port 5060
when	both register, and S calls each of them
then	two public ports, each INVITE reaches the phone it is for, and there is
	audio both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import Agent, Call, Ear, meet, register, talk
from place import either
from sip import sdp
from tap import equal

CONFIG = 'lan "guest0" { }'
OWN = False

ROUTER, PHONE = either(("192.168.2.1", "192.168.2.10"),
                       ("fd00:2::1", "fd00:2::10"))


def scenario(scene):
    rules = open_lan(scene)
    try:
        scene.restart(CONFIG)
        s = scene.host("s")
        p, r = scene.phone("p"), Agent(scene, "q", PHONE, 5060, "r", s.at)
        bindings = {}
        for phone in (p, r):
            request, reply = register(phone, s)
            bindings[phone] = request.contact
            excuse(scene, request, reply)
        assert bindings[p] != bindings[r], bindings
        for n, phone in enumerate((r, p)):
            talk_to(scene, s, phone, bindings[phone], 6000 + 2 * n)
    finally:
        close_lan(scene, rules)


def talk_to(scene, s, phone, binding, port):
    here = Ear(scene, phone.ns, phone.address, 40000)
    there = scene.ear("s", port)
    call = Call(s, phone, binding)
    offer = call.invite(sdp(*there.at))
    equal(offer.uri, phone.uri, "Request-URI")
    answer = call.reply(200, sdp(*here.at))
    ack = call.ack()
    meet(there, here, offer, answer)
    talk(there, here)
    bye, reply = call.agree(s, "BYE")
    excuse(scene, offer, answer, ack, bye, reply)


def excuse(scene, *messages):
    """The witness looks at the first LAN."""
    for message in messages:
        scene.witness.excuse(message.raw)


def open_lan(scene):
    """The owner's firewall knows it as a LAN: what to take out again."""
    scene.do_in("gw", "ip", "link", "add", "guest0", "type", "veth", "peer",
                "name", "guest", "netns", scene.ns["q"])
    scene.change([("gw", "add", ROUTER, "guest0"), ("q", "add", PHONE,
                                                    "guest")])
    scene.do_in("gw", "ip", "link", "set", "guest0", "up")
    scene.do_in("q", "ip", "link", "set", "guest", "up")
    family = either("-4", "-6")
    scene.do_in("q", "ip", family, "route", "add", "default", "via", ROUTER,
                "dev", "guest", "table", "7")
    scene.do_in("q", "ip", family, "rule", "add", "from", PHONE, "table", "7")
    return [(chain, scene.do_in(
        "gw", "nft", "--echo", "--handle", "insert", "rule", "inet", "router",
        chain, "iifname", "guest0", "accept").split("# handle ")[1].split()[0])
        for chain in ("input", "forward")]


def close_lan(scene, rules):
    scene.do_in("gw", "ip", "link", "del", "guest0")
    scene.do_in("q", "ip", either("-4", "-6"), "rule", "del", "from", PHONE)
    for chain, handle in rules:
        scene.do_in("gw", "nft", "delete", "rule", "inet", "router", chain,
                    "handle", handle)
