#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""Sessions are made, changed, dumped, flushed and deleted at once, by several
who want the same keys, while packets go through the flows.

Whoever was told of a session has it until it is deleted or flushed; what is
made is what ends; nothing is left behind.

Copyright (C) 2026 The sipfast authors
"""

import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../net/lib"))
from race import Contender, attempt, case, control  # noqa: E402
from race import cpus_add_up, traffic  # noqa: E402
from router import Router  # noqa: E402
from tap import equal, run, wait_for  # noqa: E402

ROUNDS = 150


def stream(router, port, **side_b):
    return {"id": 0,
            "a": {"local": router.at("lan", port),
                  "remote": router.at("p", 4000)},
            "b": dict({"local": router.at("wan", port),
                       "learn": "same-address",
                       "remote": router.at("s", 6000)}, **side_b)}


def make_and_end(contender, router, mark):
    """Lives of sessions on four ports that others want, too."""
    sipfast = control(router)
    made = 0
    for n in range(ROUNDS):
        port = 20000 + 2 * (n % 4)
        session = attempt(sipfast, "session-new", {
            "cookie": "%s-%d" % (mark, n), "idle-notify-ms": 1 + n % 50,
            "stream": stream(router, port)}, errno.EEXIST)
        if session is None:
            continue
        made += 1
        ident = {"id": session["id"]}
        for change in ({"b": {"remote": router.at("t", 7000)}},
                       {"a": {"local": router.at("lan", port + 100)}},
                       {"a": {"local": router.at("lan", port)},
                        "b": {"remote": router.at("s", 6000)}}):
            attempt(sipfast, "session-set",
                    dict(ident, stream=dict(change, id=0)),
                    errno.ENOENT, errno.EEXIST)
        attempt(sipfast, "session-get", ident, errno.ENOENT)
        attempt(sipfast, "session-del", ident, errno.ENOENT)
    return made


def dump(contender, router):
    """Every session in a dump is whole, and is there once."""
    sipfast = control(router)
    dumps = 0
    while not contender.is_over():
        idents = []
        for session in sipfast.dump("session-get"):
            idents.append(session["id"])
            equal(len(session["stream"]), 1, "streams")
        assert len(set(idents)) == len(idents)
        dumps += 1
    return dumps


def flush(contender, router):
    sipfast = control(router)
    flushes = 0
    while not contender.is_over():
        sipfast.do("session-flush", {"cookie": "a-%d" % (flushes % 10)})
        flushes += 1
    return flushes


def count_events(contender, listener):
    """New ones and ended ones; None where some were lost."""
    count = {"session-new-ntf": 0, "session-end-ntf": 0}
    while True:
        over = contender.is_over()
        event = listener.event(0.2)
        if event and event[0] == "overrun-ntf":
            return None
        if event and event[0] in count:
            count[event[0]] += 1
        if over and not event:
            return count


@case("two make and end the same sessions, one dumps, one flushes")
def _(router):
    listener = control(router)
    listener.sock.setsockopt(1, 33, 16 << 20)  # SO_RCVBUFFORCE
    listener.listen()
    rtp_through = traffic(router)
    witnesses = [Contender(dump, router), Contender(flush, router)]
    events = Contender(count_events, listener)
    makers = [Contender(make_and_end, router, mark) for mark in "ab"]
    made = sum(maker.join() for maker in makers)
    for witness in witnesses:
        assert witness.stop() > 0
    assert made > ROUNDS, "made %d" % made
    assert rtp_through.stop() > 0
    router.sipfast.do("session-flush")
    stats = cpus_add_up(router)
    equal((stats["sessions"], stats["streams"]), (0, 0))
    equal(stats["sessions-made"], made)
    assert stats["packets"] > 0
    heard = events.stop()
    if heard:
        equal(heard, {"session-new-ntf": made, "session-end-ntf": made})
    listener.close()


@case("a call that stays is relayed all the while others come and go")
def _(router):
    router.relay(port=21000)
    before = router.stats()["packets"]
    rtp_through = traffic(router, 1, 21000)
    maker = Contender(make_and_end, router, "c")
    maker.join()
    sent = rtp_through.stop()
    wait_for(lambda: router.stats()["packets"] - before == sent)
    session, = router.sipfast.dump("session-get")
    both = session["stream"][0]
    equal(sum(both[side]["stats"]["packets"] for side in "ab"), sent)
    equal(sum(both[side]["stats"]["dropped"] for side in "ab"), 0)
    router.sipfast.do("session-flush")


@case("sessions end by themselves under traffic, while they are asked for")
def _(router):
    made = [router.sipfast.do("session-new", {
        "lifetime-ms": 20 + 10 * n,
        "stream": stream(router, 20000 + 2 * n)})["id"] for n in range(50)]
    rtp_through = traffic(router, 50)
    while router.stats()["sessions"]:
        for ident in made:
            attempt(router.sipfast, "session-get", {"id": ident},
                    errno.ENOENT)
    rtp_through.stop()
    equal(router.stats()["streams"], 0)


run(Router())
