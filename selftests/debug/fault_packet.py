#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""One in ten allocations that a packet needs fails: some packets are lost, and
counted, and nothing else.

The path of a flow is made by its first packet, so each call here has one
packet or a few, and learns besides.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../net/lib"))
from fault import atomic_failures, need_faults  # noqa: E402
from race import cpus_add_up, traffic  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

CALLS = 300


def some_call(router, sock, n):
    ident = router.sipfast.do("session-new", {"stream": {
        "a": {"local": router.at("lan", 20000), "learn": "same-address",
              "remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 20000), "mark": n,
              "remote": router.at("s", 6000)}}})["id"]
    for sequence in range(4):
        try:
            sock.sendto(rtp(sequence), (router.ADDRESS["lan"], 20000))
        except OSError:
            pass  # its own memory has failed
    return ident


@case("packets are lost, and nothing else")
def _(router):
    phone = router.udp("p", 4000)
    for n in range(CALLS):
        with atomic_failures(10):
            ident = some_call(router, phone, n)
        router.sipfast.do("session-del", {"id": ident})
    phone.close()
    stats = cpus_add_up(router)
    equal((stats["sessions"], stats["streams"]), (0, 0))
    assert stats["packets"] > CALLS, "relayed %d" % stats["packets"]
    assert stats["dropped"]["no-memory"] > 0, stats["dropped"]


@case("traffic outlives a time without memory")
def _(router):
    router.relay()
    rtp_through = traffic(router, 1)
    with atomic_failures(50):
        before = router.stats()["packets"]
        wait_for(lambda: router.stats()["packets"] > before + 50)
    before = router.stats()["packets"]
    wait_for(lambda: router.stats()["packets"] > before + 100)
    rtp_through.stop()
    cpus_add_up(router)
    router.sipfast.do("session-flush")


need_faults()
run(Router())
