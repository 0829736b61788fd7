#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""Each allocation that a request needs fails once: the request is refused, or
is carried out whole, and nothing of a refused one is left.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../net/lib"))
from fault import Nth, need_faults  # noqa: E402
from genl import NLM_F_ACK, NLM_F_DUMP, Rejected, encode, number  # noqa: E402
from genl import set_of  # noqa: E402
from race import control, end_pinholes  # noqa: E402
from router import Router  # noqa: E402
from tap import case, equal, run  # noqa: E402


def stream(router, port):
    return {"id": 0,
            "a": {"local": router.at("lan", port),
                  "remote": router.at("p", 4000), "learn": "same-address"},
            "b": {"local": router.at("wan", port),
                  "remote": router.at("s", 6000)}}


def fail_each(router, op, values, check, flags=NLM_F_ACK):
    """Sends the request over and over; the fault is in sending alone, for a
    request is carried out in there. Calls check() after each round."""
    data = encode(set_of(op), values)
    nth = Nth()
    for attempt in nth:
        sipfast = control(router)
        with attempt:
            sipfast.send(number("cmd", op), data, flags)
        sipfast.close()
        check()
    assert nth.failed >= 2, "only %d allocations" % nth.failed
    print("# %s: each of %d allocations has failed" % (op, nth.failed))


def all_gone(router):
    """What was made is known, is whole, and can be taken away."""
    for session in router.sipfast.dump("session-get"):
        equal(len(session["stream"]), 1)
    router.sipfast.do("session-flush")
    end_pinholes(router.sipfast)
    stats = router.stats()
    equal((stats["sessions"], stats["streams"], stats["pinholes"]), (0, 0, 0))


@case("session-new")
def _(router):
    fail_each(router, "session-new",
              {"cookie": "x", "stream": stream(router, 20000)},
              lambda: all_gone(router))


@case("session-new, while somebody listens")
def _(router):
    listener = control(router)
    listener.listen()
    fail_each(router, "session-new",
              {"cookie": "x", "stream": stream(router, 20000)},
              lambda: all_gone(router))
    listener.close()


@case("session-set is done or not done")
def _(router):
    ident = router.sipfast.do("session-new",
                              {"stream": stream(router, 20000)})["id"]

    def check():
        session = router.sipfast.do("session-get", {"id": ident})
        ports = [s["a"]["local"]["port"] for s in session["stream"]]
        added = len(ports) == 2
        equal(ports, [20010, 20020] if added else [20000])
        equal(session.get("cookie"), "new" if added else None)
        router.sipfast.do("session-flush")
        renewed = router.sipfast.do("session-new",
                                    {"stream": stream(router, 20000)})
        values["id"] = renewed["id"]

    values = {"id": ident}

    def once():
        return dict(values, cookie="new", stream=[
            stream(router, 20010), dict(stream(router, 20020), id=1)])

    nth = Nth()
    for attempt in nth:
        sipfast = control(router)
        ident = values["id"]
        data = encode("session", once())
        with attempt:
            sipfast.send(number("cmd", "session-set"), data, NLM_F_ACK)
        sipfast.close()
        check()
    assert nth.failed >= 2, "only %d allocations" % nth.failed
    router.sipfast.do("session-flush")


@case("session-batch")
def _(router):
    def check():
        assert router.stats()["sessions"] in (0, 2)
        all_gone(router)

    fail_each(router, "session-batch", {"session": [
        {"stream": stream(router, 20000)}, {"stream": stream(router, 20010)}]},
        check)


@case("session-del")
def _(router):
    ident = {}

    def renew():
        router.sipfast.do("session-flush")
        ident["id"] = router.sipfast.do(
            "session-new", {"stream": stream(router, 20000)})["id"]

    renew()
    nth = Nth()
    for attempt in nth:
        sipfast = control(router)
        data = encode("session", ident)
        with attempt:
            sipfast.send(number("cmd", "session-del"), data, NLM_F_ACK)
        sipfast.close()
        assert router.stats()["streams"] == router.stats()["sessions"]
        renew()
    assert nth.failed >= 1
    all_gone(router)


@case("a dump")
def _(router):
    for port in range(50):
        router.sipfast.do("session-new",
                          {"stream": stream(router, 20000 + port)})
    fail_each(router, "session-get", {},
              lambda: equal(router.stats()["sessions"], 50), NLM_F_DUMP)
    all_gone(router)


@case("pinhole-new")
def _(router):
    fail_each(router, "pinhole-new",
              {"local": router.at("wan", 5060), "lifetime-ms": 60000},
              lambda: all_gone(router))


@case("device-new and device-del")
def _(router):
    def check():
        for device in router.sipfast.dump("device-get"):
            router.sipfast.do("device-del", {"ifindex": device["ifindex"]})

    for name in "ingress", "pre-routing":
        fail_each(router, "device-new", {"ifname": "wan0", "hook": name},
                  check)


@case("a request is accepted after all that")
def _(router):
    try:
        router.relay()
    except Rejected as answer:
        raise AssertionError("refused: %s" % answer)
    all_gone(router)


need_faults()
run(Router(attach=False))
