# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone whose server cannot be reached by TCP is told so by a reset.

given	a server that does not listen
when	P connects to it, and sends an OPTIONS
then	P's connection is reset, as the server would have done

Copyright (C) 2026 The sipfast authors
"""

from stream import connect, options
from tap import equal

BY_TCP = False


def scenario(scene):
    try:
        phone = connect(scene, "p", "s")
        phone.send(options(1))
        equal(phone.ends(), b"")
    except ConnectionRefusedError:
        assert not scene.has_sipfast, "nobody has diverted it"
    if scene.has_sipfast:
        equal(scene.gateway.ask("stats")["tcp"]["connect-failed"], 1)
