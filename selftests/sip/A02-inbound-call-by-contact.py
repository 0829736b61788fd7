# SPDX-License-Identifier: GPL-2.0-or-later
"""A call to the Contact that the registrar has stored reaches the phone.

given	P has registered
when	S sends an INVITE to the stored Contact
then	P gets a Request-URI that is its own Contact, byte for byte, and the
	call has audio both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import register, talk
from place import uri
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    request, _ = register(p, s)
    equal(request.contact, uri("p", request.source),
          "it comes from where it may be reached")

    call, there, here = scene.call(s, p, 6000, 40000, request.contact)
    equal(call.got.uri, p.uri, "Request-URI")
    talk(here, there)
    call.end(by=p)
