#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counters never go backwards, and a changed session goes on with its own.

Two processes on two CPUs send both ways while the figures are read over and
over, and the session is changed as a re-INVITE would: DSCP, learning opened
anew, streams added and removed beside it. In the end every packet has been
counted once, in the flow, in the namespace, and on some CPU.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

N = 2000
GROWING = ("packets", "bytes", "rtp-packets", "rtcp-packets", "reordered",
           "duplicates", "ssrc-changes", "dropped")


def send_from_cpu(sock, cpu, destination, ssrc):
    """A process that sends N packets; its last act is to end."""
    pid = os.fork()
    if not pid:
        os.sched_setaffinity(0, {cpu})
        for n in range(N):
            sock.sendto(rtp(n, ssrc=ssrc), destination)
        os._exit(0)
    return pid


def flat(values, prefix=""):
    """Nested counters as {path: number}."""
    found = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found.update(flat(value, prefix + name + "."))
        elif isinstance(value, int):
            found[prefix + name] = value
    return found


class Reader:
    """Reads all figures, and compares them with what it read before."""

    def __init__(self, router, ident):
        self.router, self.ident = router, ident
        self.last = {}
        self.n_reads = self.n_moves = 0

    def read(self):
        session = self.router.sipfast.do("session-get", {"id": self.ident})
        now = {"ns." + name: value for name, value in
               flat(self.router.stats()).items()
               if name not in ("sessions", "streams", "pinholes")}
        for side in "ab":
            stats = session["stream"][0][side]["stats"]
            now.update(("%s.%s" % (side, name), stats[name])
                       for name in GROWING if name in stats)
        for name, value in self.last.items():
            assert now[name] >= value, "%s went from %d to %d" % (
                name, value, now[name])
        self.n_reads += 1
        self.n_moves += now != self.last
        self.last = now
        return session


def change(router, ident, n):
    """One change after another, each of them a new version of the stream."""
    b = ({"dscp": n % 64}, {"remote": router.at("s", 6000)},
         {"learn": "exact"})[n % 3]
    values = {"id": ident, "stream": [{"id": 0, "b": b}]}
    if n % 2:
        values["stream"].append({
            "id": 1, "a": {"local": router.at("lan", 20002),
                           "remote": router.at("p", 4002)},
            "b": {"local": router.at("wan", 20002),
                  "remote": router.at("s", 6002)}})
    elif n:
        values["stream-remove"] = [1]
    router.sipfast.do("session-set", values)


def is_running(pid):
    return os.waitpid(pid, os.WNOHANG) == (0, 0)


@case("two CPUs count, one reads and changes: nothing goes backwards")
def _(router):
    ident = router.relay()
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)
    before = router.stats()
    pids = [
        send_from_cpu(phone, 0, (router.ADDRESS["lan"], 20000), 1),
        send_from_cpu(peer, (os.cpu_count() or 1) - 1,
                      (router.ADDRESS["wan"], 20000), 2)]
    reader, n = Reader(router, ident), 0
    while pids:
        reader.read()
        change(router, ident, n)
        n += 1
        pids = [pid for pid in pids if is_running(pid)]
    wait_for(lambda: router.stats()["packets"] >= before["packets"] + 2 * N)
    stream = reader.read()["stream"][0]
    for side in "ab":
        stats = stream[side]["stats"]
        equal((stats["packets"], stats["rtp-packets"]), (N, N))
        equal((stats["bytes"], stats["dropped"]), (N * len(rtp(0)), 0))
        equal((stats["lost"], stats["duplicates"], stats["reordered"],
               stats["ssrc-changes"]), (0, 0, 0, 0))
    assert reader.n_moves > 5 and n > 5, (reader.n_moves, n)
    print("# %d reads, %d of them new, %d versions" % (
        reader.n_reads, reader.n_moves, n))
    phone.close()
    peer.close()


@case("the CPUs' counters add up to the namespace's")
def _(router):
    total = flat(router.stats())
    cpus = [flat(router.sipfast.do("stats-get", {"cpu": cpu}))
            for cpu in range(os.cpu_count() or 1)]
    for name in ("packets", "bytes", "dropped.source-mismatch", "learned"):
        equal(sum(cpu[name] for cpu in cpus), total[name], name)
    assert all(cpu["packets"] for cpu in cpus[:2]), cpus


@case("last seen: longer ago in silence, just now with the next packet")
def _(router):
    ident = router.relay(port=20010)
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)

    def last_seen():
        return router.sipfast.do("session-get", {"id": ident})[
            "stream"][0]["a"]["stats"].get("last-seen-ms")

    equal(last_seen(), None, "before the first packet")
    for n in range(2):
        phone.sendto(rtp(n), (router.ADDRESS["lan"], 20010))
        peer.recv(2048)
        just_now = last_seen()
        wait_for(lambda long=just_now + 300: last_seen() >= long)
        assert just_now < 300 or n == 0, just_now
    phone.close()
    peer.close()


run(Router())
