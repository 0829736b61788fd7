# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is not read from is not read for: nothing piles up, and nothing is lost.

given	P has a connection to S, which does not read
when	P sends until it cannot any more, and then S reads
then	the gateway has held P back, and has not grown; S gets all, in order

Copyright (C) 2026 The sipfast authors
"""

import select
import threading
from socket import MSG_DONTWAIT

from stream import SILENCE_S, listen, options, pair, public

BY_TCP = False

MESSAGES, PADDING = 3000, b"X-Padding: " + b"x" * 8000 + b"\r\n"
GROWTH_KB = 4096


def scenario(scene):
    phone, there = pair(scene, listen(scene, "s"))
    before = resident(scene)
    stream = b"".join(padded(n) for n in range(MESSAGES))
    sent = fill(phone.sock, stream)
    assert sent < len(stream), "nobody has held P back"
    grown = resident(scene) - before
    assert grown < GROWTH_KB, "the gateway has grown by %d kB" % grown

    count = sent // len(padded(MESSAGES - 1)) + 2
    rest = b"".join(padded(n) for n in range(count))[sent:]
    writer = threading.Thread(target=phone.send, args=(rest,))
    writer.start()
    for n in range(count):
        there.reads(public(padded(n)), "message %d" % n)
    writer.join()


def padded(n):
    return options(n).replace(b"Content-Length", PADDING + b"Content-Length")


def fill(sock, stream):
    """How much of it was taken, when nothing more is."""
    sent = 0
    while sent < len(stream) and select.select([], [sock], [], SILENCE_S)[1]:
        sent += sock.send(stream[sent:sent + 65536], MSG_DONTWAIT)
    return sent


def resident(scene):
    """The daemon's memory in kB."""
    if not scene.has_sipfast:
        return 0
    with open("/proc/%d/status" % scene.gateway.daemon.pid) as status:
        return next(int(line.split()[1]) for line in status
                    if line.startswith("VmRSS:"))
