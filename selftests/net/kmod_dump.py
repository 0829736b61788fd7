#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A dump of very many sessions is whole, or says that it is not.

SIPFAST_SESSIONS says how many, 2000 unless given. One that nothing disturbs
has each of them once. One during which a session went and another of the same
owner came shows it twice, and is marked so (NLM_F_DUMP_INTR); sipfastctl, which
asks again in that case, shows it once, or says that it may be wrong.

Copyright (C) 2026 The sipfast authors
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import (NLM_F_DUMP, NUMBERS, Sipfast, attrs,  # noqa: E402
                  encode_one, endpoint, number)
from router import Router  # noqa: E402
from tap import case, equal, run  # noqa: E402

COUNT = int(os.environ.get("SIPFAST_SESSIONS", "2000"))
LIMIT = "/sys/module/sipfast/parameters/max_sessions"
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
SIPFASTCTL = os.environ.get("SIPFASTCTL",
                            os.path.join(TOP, "build/sipfastctl"))
ID = number("a", "session", "id")
COOKIE = number("a", "session", "cookie")


def session(cookie, a_local, b_local):
    return {"cookie": cookie, "stream": {
        "a": {"local": endpoint(a_local), "remote": endpoint("10.1.2.3:1")},
        "b": {"local": endpoint(b_local), "remote": endpoint("10.1.2.4:1")}}}


def sessions(first, count):
    """Many of them, one pressed like the other: Python is slow here."""
    a, b = "10.255.255.254", "11.255.255.254"
    form = encode_one("batch", "session", session("many", a + ":1", b + ":1"))
    a, b = socket.inet_aton(a), socket.inet_aton(b)
    return b"".join(
        form.replace(a, b"\x0a" + n.to_bytes(3, "big"))
        .replace(b, b"\x0b" + n.to_bytes(3, "big"))
        for n in range(first, first + count))


def seen(answers):
    """(id, cookie) of each session of a dump."""
    for _, data in answers:
        found = {kind: payload for kind, payload, _ in attrs(data)}
        yield (int.from_bytes(found[ID], sys.byteorder),
               found[COOKIE].rstrip(b"\0").decode())


def mark(router):
    return router.sipfast.do("session-new", session(
        "marker", "12.1.1.1:1", "12.1.1.2:1"))["id"]


def move(router, marker):
    """The marker goes, and comes again behind all others."""
    router.sipfast.do("session-del", {"id": marker})
    return mark(router)


def markers(answers):
    return sum(cookie == "marker" for _, cookie in seen(answers))


@case("%d sessions, a batch at a time, behind one" % COUNT)
def _(router):
    with open(LIMIT, "w", encoding="ascii") as file:
        file.write("%d" % (COUNT + 16))
    router.marker = mark(router)
    began, size = time.monotonic(), NUMBERS["SIPFAST_MAX_BATCH"]
    for first in range(0, COUNT, size):
        router.sipfast.raw(number("cmd", "session-batch"),
                           sessions(first, min(size, COUNT - first)))
    print("# %.1f s" % (time.monotonic() - began))
    equal(router.stats()["sessions"], COUNT + 1)


@case("a dump that nothing disturbs has each of them once")
def _(router):
    began = time.monotonic()
    answers = router.sipfast.raw(number("cmd", "session-get"),
                                 flags=NLM_F_DUMP)
    print("# %.1f s" % (time.monotonic() - began))
    equal(router.sipfast.interrupted, False)
    equal(len({ident for ident, _ in seen(answers)}), COUNT + 1)
    equal((len(answers), markers(answers)), (COUNT + 1, 1))


@case("a dump that shows one twice is marked")
def _(router):
    with router.within("gw"):
        dumper = Sipfast()
    answers = []
    dumper.send(number("cmd", "session-get"), b"", NLM_F_DUMP)
    assert not dumper.read(b"", answers)
    router.marker = move(router, router.marker)
    while not dumper.read(b"", answers):
        pass
    equal((len(answers), markers(answers)), (COUNT + 2, 2))
    equal(dumper.interrupted, True)
    dumper.close()
    # At the head again, for the next.
    router.marker = move(router, router.marker)


def listed(router):
    """What sipfastctl says that there is, and whether it doubts it."""
    with router.within("gw"):
        done = subprocess.run([SIPFASTCTL, "-j", "session", "list"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=True, text=True)
    count = sum(one["cookie"] == "marker" for one in json.loads(done.stdout))
    return count, "came and went" in done.stderr


@case("sipfastctl shows each once, or says that it may be wrong")
def _(router):
    equal(listed(router), (1, False))
    over = threading.Event()
    with router.within("gw"):
        mover = Sipfast()

    def keep_moving():
        while not over.wait(0.002):
            mover.do("session-del", {"id": router.marker})
            router.marker = mover.do("session-new", session(
                "marker", "12.1.1.1:1", "12.1.1.2:1"))["id"]

    thread = threading.Thread(target=keep_moving)
    thread.start()
    try:
        count, doubts = listed(router)
    finally:
        over.set()
        thread.join()
    assert count <= 1 or doubts, "%d markers, and no doubt" % count
    assert doubts, "a dump under constant change was believed"
    equal(listed(router), (1, False))


@case("they end, and nothing is left")
def _(router):
    began = time.monotonic()
    router.sipfast.do("session-flush")
    print("# %.1f s" % (time.monotonic() - began))
    equal(router.stats()["sessions"], 0)


run(Router())
