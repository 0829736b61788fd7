#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two sources on two CPUs, one latch: exactly one of them is learned.

Two processes, each kept to a CPU of its own, send to a session that has just
been made, while its owner changes it. One source is accepted for as long as
the session lives, the other never is, and what the other side sends goes to
the one that was.
"""

import os
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import text_of  # noqa: E402
from race import Contender, case  # noqa: E402
from router import Router, rtp, silent  # noqa: E402
from tap import equal, run, wait_for  # noqa: E402

ROUNDS = 60
BURST = 10


class Sender:
    """A process on a CPU; go() makes it send a burst from its socket."""

    def __init__(self, sock, cpu, destination):
        self.sock = sock
        self.orders, self.orderer = os.pipe()
        self.contender = Contender(self.send, cpu, destination)

    def send(self, contender, cpu, destination):
        os.sched_setaffinity(0, {cpu})
        while True:
            ready, _, _ = select.select([self.orders, contender.stopper], [],
                                        [])
            if contender.stopper in ready:
                return
            os.read(self.orders, 1)
            for n in range(BURST):
                self.sock.sendto(rtp(n), destination)

    def go(self):
        os.write(self.orderer, b"x")

    def end(self):
        self.contender.stop()
        os.close(self.orders)
        os.close(self.orderer)
        self.sock.close()


def one_round(router, senders, phone, changes):
    before = router.stats()
    ident = router.sipfast.do("session-new", {"stream": {
        "a": {"local": router.at("lan", 20000),
              "remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 20000),
              "learn": "learn-once"}}})["id"]
    for sender in senders:
        sender.go()
    seen = set()
    for n in range(changes):
        stream = router.sipfast.do("session-set", {
            "id": ident, "stream": {"id": 0, "b": {"dscp": n}}})["stream"][0]
        seen.add(str(stream["b"].get("learned")))
    wait_for(lambda: moved(router, before)[0] >= 2 * BURST)
    n, mismatches, learned = moved(router, before)
    equal((n, learned), (2 * BURST, 1), "packets, learned")
    # A version on its way out learns no more: it may cost the winner a few.
    assert mismatches == BURST or changes and mismatches > BURST, mismatches
    side = router.sipfast.do("session-get", {"id": ident})["stream"][0]["b"]
    equal(side["stats"]["packets"], 2 * BURST - mismatches)
    seen |= {"None", str(side["learned"])}
    equal(len(seen), 2, "learned, one after another: %s" % seen)
    port = int(text_of(side["learned"]).rsplit(":", 1)[1])
    winner, loser = sorted(senders, key=lambda sender:
                           sender.sock.getsockname()[1] != port)
    phone.sendto(rtp(99), (router.ADDRESS["lan"], 20000))
    equal(winner.sock.recv(2048), rtp(99))
    assert silent(loser.sock)
    router.sipfast.do("session-del", {"id": ident})
    return port


def moved(router, before):
    now = router.stats()
    mismatches = (now["dropped"]["source-mismatch"] -
                  before["dropped"]["source-mismatch"])
    return (now["packets"] - before["packets"] + mismatches, mismatches,
            now["learned"] - before["learned"])


def race(router, changes):
    wan = (router.ADDRESS["wan"], 20000)
    phone = router.udp("p", 4000)
    senders = [Sender(router.udp("s", 6000), 0, wan),
               Sender(router.udp("t", 7000), (os.cpu_count() or 1) - 1, wan)]
    ports = [one_round(router, senders, phone, changes)
             for _ in range(ROUNDS)]
    for sender in senders:
        sender.end()
    phone.close()
    print("# %d of %d rounds went to the first" % (
        ports.count(6000), ROUNDS))


@case("one is learned, the other never gets in")
def _(router):
    race(router, 0)


@case("so it is while the session is changed")
def _(router):
    race(router, 8)


run(Router())
