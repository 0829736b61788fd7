# SPDX-License-Identifier: GPL-2.0-or-later
"""SDP need not be beautiful to be understood.

given	SDP with LF only, without a final line end, with lines that nobody knows,
	with lines in no order, and with blanks behind them
when	it passes
then	address and port are the gateway's, and nothing else is different

Copyright (C) 2026 The sipfast authors
"""

import re

from agent import Call
from place import ADDRESS
from sip import sdp
from tap import equal

PLAIN = sdp(ADDRESS["p"], 40000, origin="phone.local")
KINDS = (
    PLAIN.replace("\r\n", "\n"),
    PLAIN.rstrip("\r\n"),
    PLAIN.replace("t=0 0", "X=what is this\r\ny=0\r\nt=0 0\r\nb=AS:64"),
    PLAIN.replace("s=-\r\n", "").replace("t=0 0\r\n", ""),
    PLAIN.replace("m=audio 40000 RTP/AVP 8",
                  "m=audio 40000 RTP/AVP 8 0 101 \r\na=x\r\nb=AS:64"),
)


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    for body in KINDS:
        call = Call(p, s)
        got = call.invite(body).sdp
        port = re.search(r"m=audio (\d+)", got).group(1)
        assert port != "40000", got
        equal(got, body.replace(ADDRESS["p"], ADDRESS["wan"]).replace(
            "40000", port))
        call.reply(488)
