# SPDX-License-Identifier: GPL-2.0-or-later
"""A thousand messages on one connection, by a bad line: all, and in order.

given	a phone's connection to its server, on a line that loses 2 % of what the
	gateway sends on its WAN
when	P sends 1,000 OPTIONS as fast as it is let, and then S its answers
then	S gets each of them, in their order, and P the answers in theirs

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import threading

from stream import answer, listen, options, pair, public

BY_TCP = False

N = 1000


def scenario(scene):
    phone, there = pair(scene, listen(scene, "s"))
    with bad_line(scene):
        writer = threading.Thread(target=phone.send, args=(
            b"".join(options(n) for n in range(N)),))
        writer.start()
        for n in range(N):
            there.reads(public(options(n)), "message %d" % n)
        writer.join()
        answers = [answer(options(n), "200 OK") for n in range(N)]
        writer = threading.Thread(target=there.send, args=(b"".join(
            public(one) for one in answers),))
        writer.start()
        for n, one in enumerate(answers):
            phone.reads(one, "answer %d" % n)
        writer.join()


@contextlib.contextmanager
def bad_line(scene):
    scene.do_in("gw", "tc", "qdisc", "add", "dev", "wan0", "root", "netem",
                "loss", "2%", "delay", "2ms")
    try:
        yield
    finally:
        scene.do_in("gw", "tc", "qdisc", "del", "dev", "wan0", "root")
