# SPDX-License-Identifier: GPL-2.0-or-later
"""An SDP that a phone's credentials are for is left alone if the owner says so.

given	a server that asks for credentials with qop=auth-int, whose hash is over
	the body as well
when	P calls with them, and auth-int is "bypass", and when it is "rewrite"
then	the server gets the body byte for byte, and the hash is right; and it gets
	our address in an SDP that the hash does not fit

Copyright (C) 2026 The sipfast authors
"""

import re

from sip import md5, sdp
from tap import equal

CONFIG = 'auth-int = "bypass"'
URI = "sip:somebody@example.com"
REALM, NONCE, CNONCE, PASSWORD = "example.com", "n0nce", "cn0nce", "s3cret"


def response(user, body):
    """RFC 2617 3.2.2.1, 3.2.2.3"""
    return md5(":".join((md5("%s:%s:%s" % (user, REALM, PASSWORD)), NONCE,
                         "00000001", CNONCE, "auth-int",
                         md5("INVITE:%s:%s" % (URI, md5(body))))))


def invite(p, s):
    """As the server has it."""
    body = sdp(p.address, 40000)
    p.request("INVITE", URI, body, more=[(
        "Authorization", 'Digest username="p", realm="%s", nonce="%s", '
        'uri="%s", response="%s", algorithm=MD5, cnonce="%s", qop=auth-int, '
        'nc=00000001' % (REALM, NONCE, URI, response("p", body), CNONCE))])
    return s.receive("INVITE")


def holds(message):
    said = re.search('response="(\\w+)"', message["Authorization"]).group(1)
    return said == response("p", message.body.decode())


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    scene.witness.allow(p.address.encode())
    got = invite(p, s)
    equal(got.media, [(p.address, 40000)], "the SDP")
    assert holds(got), got.raw
    s.reply(got, 486)
    p.receive(486)

    scene.restart('auth-int = "rewrite"')
    got = invite(p, s)
    equal(got.media[0][0], scene.ADDRESS["wan"], "the SDP")
    assert not holds(got), got.raw
    s.reply(got, 486)
    p.receive(486)
