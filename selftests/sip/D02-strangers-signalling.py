# SPDX-License-Identifier: GPL-2.0-or-later
"""Who guesses cannot end a call.

given	a call between P and S
when	T sends BYE, CANCEL and 486 with a guessed Call-ID, with the right one and
	guessed tags, and with none; and somebody does so in S's name
then	the audio goes on, and the call ends when its own BYE comes

Copyright (C) 2026 The sipfast authors
"""

import sip
from agent import talk
from place import TRANSPORT
from tap import equal


def scenario(scene):
    p, s, t = scene.phone("p"), scene.host("s"), scene.host("t")
    call, here, there = scene.call(p, s)
    target = call.got.contact
    forged = [message for ids in ("guess@example.com", call.got["Call-ID"],
                                  None) for message in forge(call, t, ids)]
    for data in forged:
        t.send(data, target)
    talk(here, there)
    p.hears_nothing()
    # A stranger's connection ends with what it has said first.
    scene.counts(dropped_stranger=len(forged) if TRANSPORT == "UDP" else None)

    bye, _, response = forge(call, s, "guess@example.com")
    s.send(bye, target)
    equal(p.receive("BYE")["Call-ID"], "guess@example.com")
    s.send(response, target)
    p.receive(486)
    talk(here, there)
    call.end()


def forge(call, agent, call_id):
    """A BYE, a CANCEL and a 486 of somebody who has not seen the call."""
    for start, method in (("BYE %s SIP/2.0", "BYE"),
                          ("CANCEL %s SIP/2.0", "CANCEL"),
                          ("SIP/2.0 486 Busy%.0s", "INVITE")):
        headers = [header for header in agent.headers(
            method, sender="<sip:s@example.com>;tag=guess",
            to="<sip:p@example.com>;tag=guess", call_id=call_id or "")
                   if call_id or header[0] != "Call-ID"]
        yield sip.write(start % call.got.contact, headers)
