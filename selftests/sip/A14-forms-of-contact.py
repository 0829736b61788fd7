# SPDX-License-Identifier: GPL-2.0-or-later
"""A Contact is understood in whatever form a phone writes it.

given	Contacts with sips, without a port, with @ in parameters, with a comma
	in the display name, and one of a phone at port 80
when	each is registered
then	it names where the request came from, keeps everything else, and an
	OPTIONS to it comes in with the URI that the phone has written

Copyright (C) 2026 The sipfast authors
"""

import re

import sip
from agent import register
from tap import equal

BY_TCP = False

FORMS = (
    (5060, "<sips:p@{at}>"),
    (5060, "<sip:p@{host}>"),
    (5060, "<sip:p@{at};x=y%40z>;y=\"a@b\""),
    (5060, "\"Doe, Jo <sip:jo@example.com>\" <sip:p@{at}>;q=1"),
    (5060, "sip:p@{at};q=0.5"),
    (80, "<sip:p@{host}:80>"),
)


def scenario(scene):
    s = scene.host("s")
    phones = {port: scene.phone("p", port) for port in (5060, 80)}
    for port, form in FORMS:
        p = phones[port]
        wish = form.format(at=p.at, host=sip.literal(p.address))
        request, reply = register(p, s, contact=wish)
        equal(reply["Contact"], wish)
        uri = uri_of(request["Contact"])
        if not uri.startswith("sips"):
            equal(sip.at(*sip.where(uri)), request.source, uri)
        s.request("OPTIONS", uri, through=request.source)
        equal(p.receive("OPTIONS").uri, uri_of(wish), "Request-URI")


def uri_of(contact):
    """Without the display name, and what comes after the URI."""
    contact = re.sub(r'"[^"]*"', "", contact)
    return re.search(r"<([^>]*)>|(sip:[^;]*)", contact)[0].strip("<>")
