# SPDX-License-Identifier: GPL-2.0-or-later
"""A call arrives however long nothing was said.

given	P is registered for an hour
when	nothing was sent for so long that no connection is tracked any more, and
	then S calls
then	the INVITE is delivered, and audio flows

Copyright (C) 2026 The sipfast authors
"""

from agent import register, talk
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    binding = register(p, s)[0].contact
    scene.gateway.silence()
    call, there, here = scene.call(s, p, 6000, 40000, binding)
    equal(call.got.uri, p.uri)
    talk(there, here)
    call.end(by=p)
