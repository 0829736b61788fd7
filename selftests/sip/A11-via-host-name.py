# SPDX-License-Identifier: GPL-2.0-or-later
"""A Via that holds a host name and no rport still brings the answer home.

given	P calls itself phone.local in its Via
when	S answers to the sent-by that it has got
then	the answer reaches P, with phone.local in its Via

Copyright (C) 2026 The sipfast authors
"""

from place import TRANSPORT
from sip import endpoint
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    for via in ("phone.local:5060", "phone.local"):
        p.request("OPTIONS", via=via)
        request = s.receive("OPTIONS")
        equal(endpoint(request.via)[0], scene.ADDRESS["wan"], "sent-by")
        s.reply(request, 200)
        equal(p.receive(200)["Via"].partition(";")[0],
              "SIP/2.0/%s %s" % (TRANSPORT, via), "Via")
