#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who misses notifications learns that there were some.

A listener that reads too slowly learns it from its own socket, and nobody else
is bothered. What the module itself could not tell it counts, and says so to
all who listen, once, when it can. To make it fail for sure, a listener asks the
kernel to report what its socket has no room for (NETLINK_BROADCAST_ERROR).

Copyright (C) 2026 The sipfast authors
"""

import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import SOL_NETLINK, Sipfast  # noqa: E402
from router import Router  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402

NETLINK_BROADCAST_ERROR = 4
COUNT = 100
SMALL = 4096


def listener(router, **options):
    with router.within("gw"):
        sipfast = Sipfast()
    sipfast.listen(**options)
    return sipfast


def flood(router):
    """More than a small socket holds: that many begin, and end."""
    router.sipfast.do("session-batch", {"session": [{
        "cookie": "flood", "stream": {
            "a": {"local": router.at("lan", 20000 + n),
                  "remote": router.at("p", 4000)},
            "b": {"local": router.at("wan", 20000 + n),
                  "remote": router.at("s", 6000)}}} for n in range(COUNT)]})
    router.sipfast.do("session-flush", {"cookie": "flood"})


def read_all(sipfast):
    """Names of what has come, and how often the socket said ENOBUFS."""
    names, overruns = [], 0
    while True:
        try:
            event = sipfast.event(0)
        except OSError as error:
            equal(error.errno, errno.ENOBUFS)
            overruns += 1
            continue
        if not event:
            return names, overruns
        names.append(event[0])


def check_all_there(names):
    equal(names, ["session-new-ntf"] * COUNT + ["session-end-ntf"] * COUNT)


@case("a listener with room misses nothing")
def _(router):
    fast = listener(router)
    flood(router)
    names, overruns = read_all(fast)
    check_all_there(names)
    equal(overruns, 0)
    equal(fast.event(bound(1)), None, "a notification without a cause")
    fast.close()


@case("one that reads too slowly is told by its socket, and it alone")
def _(router):
    fast, slow = listener(router), listener(router, room=SMALL)
    flood(router)
    names, overruns = read_all(slow)
    assert len(names) < 2 * COUNT, "the socket had room for all of it"
    equal(overruns, 1)
    names, overruns = read_all(fast)
    check_all_there(names)
    equal(overruns, 0)
    equal(fast.event(bound(1)), None, "somebody else's trouble")
    equal(router.stats()["events-lost"], 0)
    for one in (fast, slow):
        one.close()


@case("what the module could not tell is counted, and told once")
def _(router):
    fast, slow = listener(router), listener(router, room=SMALL)
    slow.sock.setsockopt(SOL_NETLINK, NETLINK_BROADCAST_ERROR, 1)
    flood(router)
    lost = router.stats()["events-lost"]
    assert 0 < lost <= 2 * COUNT, lost
    names, numbers = [], []

    def told():
        event = fast.event(0)
        if event and event[0] == "overrun-ntf":
            numbers.append(event[1]["events-lost"])
        elif event:
            names.append(event[0])
        return lost in numbers

    wait_for(told)
    check_all_there(names)
    # It may have been told in between of those lost by then.
    equal(numbers, sorted(set(numbers)), "told twice")
    equal(fast.event(bound(1)), None, "told again")
    equal(read_all(slow)[1], 1)
    # It has room again: the next event is told to both, and nothing is lost.
    ident = router.relay()
    equal([fast.event(bound(5))[1]["id"], slow.event(bound(5))[1]["id"]],
          [ident] * 2)
    equal(router.stats()["events-lost"], lost)
    router.sipfast.do("session-del", {"id": ident})
    for one in (fast, slow):
        one.close()


@case("where nobody listens, nothing is lost")
def _(router):
    lost = router.stats()["events-lost"]
    flood(router)
    equal(router.stats()["events-lost"], lost)


run(Router())
