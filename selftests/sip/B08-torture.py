# SPDX-License-Identifier: GPL-2.0-or-later
"""The torture messages of RFC 4475 and RFC 5118 torture nobody.

given	those messages, as a phone's and as the world's
when	each is sent
then	it passes with no byte changed that is not ours, or is answered 400, and
	an ordinary request behind it is served

SIPFAST_CASES says where they are.

Copyright (C) 2026 The sipfast authors
"""

import glob
import os
import select

from gateway import TOP
from sip import Message
from witness import plain

BY_TCP = False

CASES = os.environ.get("SIPFAST_CASES",
                       os.path.join(TOP, "../shared/cases"))
FINAL = (400, 513)

ODD = True  # messages that are wrong on purpose


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    p.send(b"\r\n\r\n")
    public = s.receive_bytes("a keepalive")[1]
    paths = sorted(glob.glob(CASES + "/rfc4475/*.dat") +
                   glob.glob(CASES + "/rfc5118/*"))
    assert len(paths) > 60, "%s: set SIPFAST_CASES" % CASES
    for n, path in enumerate(paths):
        with open(path, "rb") as case:
            data = case.read()
        scene.witness.allow(*[line for line in data.splitlines() if
                              b"192.168.1." in line])
        for sender, receiver, to in ((p, s, s.at), (s, p, public)):
            mark = b"\r\n" * (2 + n % 2)
            sender.send(data, to)
            sender.send(mark, to)
            passed(scene, path, data, sender, receiver, mark)
    scene.counts(**dict.fromkeys((
        "vias_doubted", "values_unread", "values_doubted",
        "rejected_malformed", "dropped_malformed"), None))


def passed(scene, path, data, sender, receiver, mark):
    """One message, or its refusal; and the mark, which overtakes fragments
    that are put together on another processor."""
    got, _ = receiver.receive_bytes(path)
    has_mark = got == mark
    if has_mark and sender in first_of(sender, receiver):
        answer = sender.receive_bytes("an answer to " + path)[0]
        assert Message(answer).status in FINAL, "%s: %r" % (path, answer)
        scene.witness.excuse(answer)
        return
    if has_mark:
        got, _ = receiver.receive_bytes(path)
    assert plain(got) == plain(data), "%s: %r" % (path, got)
    if not has_mark:
        got, _ = receiver.receive_bytes("the mark behind " + path)
        assert got == mark, "%s: %r" % (path, got)


def first_of(*agents):
    """Those of them that have something to receive."""
    ready = select.select([agent.sock for agent in agents], [], [],
                          agents[0].sock.gettimeout())[0]
    return [agent for agent in agents if agent.sock in ready]
