# SPDX-License-Identifier: GPL-2.0-or-later
"""The owner decides who may call a phone: those it knows, or anybody.

given	P is registered at S
when	T, which P has never written to, sends an INVITE
then	with inbound = "any" it is delivered; with "known" it is not, and counted

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register

CONFIG = 'inbound = "any"'


def scenario(scene):
    p, s, t = scene.phone("p"), scene.host("s"), scene.host("t")
    request, _ = register(p, s)
    call = Call(t, p, request.contact)
    call.invite()
    call.reply(486)

    scene.restart('inbound = "known"')
    request, _ = register(p, s)
    t.request("INVITE", request.contact, through=request.contact)
    s.request("OPTIONS", request.contact, through=request.contact)
    p.receive("OPTIONS")
    p.hears_nothing()
    scene.counts(dropped_stranger=1)
