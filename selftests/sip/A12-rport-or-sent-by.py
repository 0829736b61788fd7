# SPDX-License-Identifier: GPL-2.0-or-later
"""An answer comes to the port that the phone's Via asks for.

given	P sends from port 5070, and its Via says 5060
when	the Via has rport, and when it has none
then	the answer comes to 5070, and to 5060 (RFC 3581 4, RFC 3261 18.2.2),
	with the Via as P has written it

Copyright (C) 2026 The sipfast authors
"""

from tap import equal

BY_TCP = False


def scenario(scene):
    sender, listener = scene.phone("p", 5070), scene.phone("p", 5060)
    s = scene.host("s")
    for via, waits in ((listener.at + ";rport", sender),
                       (listener.at, listener)):
        sender.request("OPTIONS", via=via)
        s.reply(s.receive("OPTIONS"), 200)
        equal(waits.receive(200).via, listener.at, "sent-by")
    sender.hears_nothing()
    listener.hears_nothing()
