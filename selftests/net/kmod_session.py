#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A session is what was asked for, all of it or nothing, and can be read back.

Every attribute comes back; the largest session fits a dump; a dump that saw a
change says so; a change happens whole or not at all, and under traffic.

Copyright (C) 2026 The sipfast authors
"""

import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import NLM_F_DUMP, Rejected, Sipfast, number, text_of  # noqa: E402
from router import Router, rtp, silent  # noqa: E402
from tap import case, equal, run  # noqa: E402


def streams(router, ports):
    return [{
        "id": n,
        "a": {"local": router.at("lan", port, 6),
              "remote": router.at("p", port, 6)},
        "b": {"local": router.at("wan", port, 6),
              "remote": router.at("s", port, 6)}}
        for n, port in enumerate(ports)]


def holds(actual, wanted, where=""):
    """What was wanted is there; more may be."""
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            assert name in actual, "%s has no %s" % (where, name)
            holds(actual[name], value, where + "." + name)
    else:
        equal(actual, wanted, where)


@case("every attribute comes back as it was given")
def _(router):
    loopback = 1
    wanted = {
        "rule": "relay", "kind": "rtcp", "id": 7, "stun": "drop",
        "dtls": "drop", "zrtp": "relay", "turn": "drop",
        "a": {"local": router.at("lan", 20001), "remote": router.at("p", 4001),
              "learn": "same-address", "learn-window-ms": 5000, "dscp": 46,
              "mark": 0xdeadbeef},
        "b": {"local": router.at("wan", 20001), "learn": "learn-once",
              "ifindex": loopback, "dscp": 0}}
    session = router.sipfast.do("session-new", {
        "cookie": "c" * 64, "stream": wanted, "lifetime-ms": 4000000000,
        "idle-notify-ms": 60000, "idle-expire-ms": 120000})
    for reply in (session,
                  router.sipfast.do("session-get", {"id": session["id"]})):
        holds(reply, {"cookie": "c" * 64, "lifetime-ms": 4000000000,
                      "idle-notify-ms": 60000, "idle-expire-ms": 120000})
        holds(reply["stream"][0], wanted)
        assert "remote" not in reply["stream"][0]["b"]
        assert "end-reason" not in reply
    router.sipfast.do("session-del", {"id": session["id"]})


@case("streams without an id are numbered by their position")
def _(router):
    wanted = streams(router, (1, 2, 3))
    for stream in wanted:
        del stream["id"]
    session = router.sipfast.do("session-new", {"stream": wanted})
    equal([s["id"] for s in session["stream"]], [0, 1, 2])
    router.sipfast.do("session-del", {"id": session["id"]})


@case("the largest session fits a dump, and ids do not come again at once")
def _(router):
    made = [router.sipfast.do("session-new", {
        "cookie": "large", "stream": streams(router, range(p, p + 16))})["id"]
        for p in (1000, 2000, 3000)]
    dump = router.sipfast.dump("session-get")
    equal([s["id"] for s in dump], made)
    equal([len(s["stream"]) for s in dump], [16, 16, 16])
    equal(router.stats()["streams"], 48)
    router.sipfast.do("session-flush", {"cookie": "large"})
    equal(router.stats()["streams"], 0)
    again = router.sipfast.do("session-new",
                              {"stream": streams(router, [1])})["id"]
    assert again not in made
    router.sipfast.do("session-del", {"id": again})


@case("a dump that saw a change says so")
def _(router):
    for port in range(1, 201):
        router.sipfast.do("session-new", {"stream": streams(router, [port])})
    with router.within("gw"):
        dumper = Sipfast()
    equal(len(dumper.dump("session-get")), 200)
    assert not dumper.interrupted
    equal(interrupted_dump(router, dumper), True)
    dumper.close()
    router.sipfast.do("session-flush")


def interrupted_dump(router, dumper):
    """Ends a session between the first part of a dump and the rest."""
    dumper.send(number("cmd", "session-get"), b"", NLM_F_DUMP)
    answers = []
    assert not dumper.read(b"", answers), "the dump is one message long"
    router.sipfast.do("session-del",
                      {"id": router.sipfast.dump("session-get")[0]["id"]})
    while not dumper.read(b"", answers):
        pass
    return dumper.interrupted


@case("a change of which one part cannot be, is none")
def _(router):
    other = router.sipfast.do("session-new",
                              {"stream": streams(router, [5000])})["id"]
    ident = router.relay()
    before = router.sipfast.do("session-get", {"id": ident})["stream"]
    change = streams(router, [6000, 5000])
    for stream, number_of in zip(change, (1, 2)):
        stream["id"] = number_of
    try:
        router.sipfast.do("session-set", {
            "id": ident, "cookie": "new", "lifetime-ms": 1,
            "stream": [{"id": 0, "b": {"remote": router.at("t", 6000)}}]
            + change})
        raise AssertionError("a taken key was given away")
    except Rejected as answer:
        equal(answer.errno, errno.EEXIST)
    after = router.sipfast.do("session-get", {"id": ident})
    assert "cookie" not in after
    equal((after["lifetime-ms"], len(after["stream"])), (0, 1))
    equal(text_of(after["stream"][0]["b"]["remote"]),
          text_of(before[0]["b"]["remote"]))
    for one in (other, ident):
        router.sipfast.do("session-del", {"id": one})


@case("under traffic: the peer moves, the port moves, and figures go on")
def _(router):
    ident = router.relay()
    phone = router.udp("p", 4000)
    first, second = router.udp("s", 6000), router.udp("t", 7000)
    phone.sendto(rtp(1), (router.ADDRESS["lan"], 20000))
    equal(first.recv(2048), rtp(1))
    router.sipfast.do("session-set", {"id": ident, "stream": {
        "id": 0, "a": {"local": router.at("lan", 20020)},
        "b": {"remote": router.at("t", 7000),
              "local": router.at("wan", 20020)}}})
    phone.sendto(rtp(2), (router.ADDRESS["lan"], 20020))
    data, source = second.recvfrom(2048)
    equal((data, source), (rtp(2), (router.ADDRESS["wan"], 20020)))
    assert silent(first)
    stats = router.sipfast.do("session-get",
                              {"id": ident})["stream"][0]["a"]["stats"]
    equal((stats["packets"], stats["lost"], stats["ssrc-changes"]), (2, 0, 0))
    router.sipfast.do("session-new", {"stream": {  # the old key is free
        "a": {"local": router.at("lan", 20000), "remote": router.at("p", 1)},
        "b": {"local": router.at("wan", 20000), "remote": router.at("s", 1)}}})
    router.sipfast.do("session-flush")
    for sock in (phone, first, second):
        sock.close()


@case("streams are added and removed, a key may pass from one to another")
def _(router):
    ident = router.sipfast.do("session-new",
                              {"stream": streams(router, [1, 2])})["id"]
    session = router.sipfast.do("session-set", {
        "id": ident, "stream-remove": [1],
        "stream": dict(streams(router, [2])[0], id=9)})
    equal(sorted(s["id"] for s in session["stream"]), [0, 9])
    session = router.sipfast.do("session-set", {"id": ident,
                                                "stream-remove": [0, 9]})
    assert "stream" not in session
    equal(router.stats()["streams"], 0)
    router.sipfast.do("session-del", {"id": ident})


@case("loss, order and duplicates are those of RFC 3550")
def _(router):
    ident = router.relay()
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)
    for n in (65534, 65535, 0, 2, 1, 1, 5):
        phone.sendto(rtp(n), (router.ADDRESS["lan"], 20000))
        peer.recv(2048)
    stats = router.sipfast.do("session-get",
                              {"id": ident})["stream"][0]["a"]["stats"]
    holds(stats, {"rtp-packets": 7, "lost": 1, "duplicates": 1,
                  "reordered": 1, "payload-type": 0})
    router.sipfast.do("session-del", {"id": ident})
    phone.close()
    peer.close()


@case("the counters of the CPUs add up to the namespace's")
def _(router):
    total = router.stats()["packets"]
    assert total
    equal(sum(router.sipfast.do("stats-get", {"cpu": cpu})["packets"]
              for cpu in range(os.cpu_count())), total)


run(Router())
