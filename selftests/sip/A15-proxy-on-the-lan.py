# SPDX-License-Identifier: GPL-2.0-or-later
"""A proxy on the LAN stays in the dialogs that it has routed.

given	Q is the proxy of an office, and puts itself into Record-Route and Path
when	it registers a user, and routes a call out
then	S finds the gateway there; an INVITE along the Path, and a BYE along the
	Record-Route, come to Q and name it as it names itself

Copyright (C) 2026 The sipfast authors
"""

from agent import Call
from place import Q
from tap import equal

ROUTE = "<sip:%s:5060;lr;pbx>" % Q
USER = "<sip:alice@pbx.example.com>"


def scenario(scene):
    q, s = scene.phone("q", user="alice"), scene.host("s")
    q.request("REGISTER", to="<sip:alice@example.com>", contact=USER,
              more=[("Path", ROUTE), ("Supported", "path")])
    request = s.receive("REGISTER")
    public = "<sip:%s;lr;pbx>" % request.source
    equal(request["Path"], public, "Path")
    s.reply(request, 200, contact=USER, more=[("Path", public)])
    equal(q.receive(200)["Path"], ROUTE, "Path")
    s.request("INVITE", USER.strip("<>"), more=[("Route", public)],
              through=request.source)
    equal(q.receive("INVITE")["Route"], ROUTE, "Route")

    call = Call(q, s)
    invite = call.invite(more=[("Record-Route", ROUTE)], contact=USER)
    equal(invite["Record-Route"], public, "Record-Route")
    reply = call.reply(200)
    equal(reply["Record-Route"], ROUTE, "Record-Route")
    call.sides[q].routes = []  # that one is Q itself
    call.ack()
    bye = call.ask(s, "BYE")
    equal(bye["Route"], ROUTE, "Route")
    equal(bye.uri, USER.strip("<>"), "Request-URI")
    q.reply(bye, 200)
    s.receive(200)
