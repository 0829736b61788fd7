# SPDX-License-Identifier: GPL-2.0-or-later
"""Of the bindings in a 200 only the phone's own are turned back.

given	P, whose user has two more phones elsewhere
when	the registrar's 200 lists all three
then	P finds its own Contact as it has written it, and the others as they are

Copyright (C) 2026 The sipfast authors
"""

from tap import equal

ELSEWHERE = ("<sip:p@198.51.100.7:5060>;expires=120;q=0.1",
             "<sip:p@10.1.2.3:5062;transport=udp>;expires=60")


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    p.request("REGISTER", to="<sip:p@example.com>",
              more=[("Expires", 3600)])
    request = s.receive("REGISTER")
    own = "<%s>;expires=3600" % request.contact
    s.reply(request, 200, contact=", ".join((ELSEWHERE[0], own,
                                             ELSEWHERE[1])))
    equal(p.receive(200)["Contact"], ", ".join(
        (ELSEWHERE[0], "<%s>;expires=3600" % p.uri, ELSEWHERE[1])))
