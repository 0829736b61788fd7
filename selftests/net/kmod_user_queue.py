#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Disposition user: payloads go to user space, and answers come back.

STUN and its kin arrive with five-tuple and ids and are not relayed, while RTP
is. An answer leaves from the endpoint that the side sends to. A flood, and
nobody to listen, are named drops; what is queued is bounded.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import errno
import glob
import os
import signal
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
import genl  # noqa: E402
from router import Router, STUN, rtp, silent  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402

DTLS = bytes([22, 254, 255]) + bytes(40)
ZRTP = b"\x10\0\0\1ZRTP" + bytes(20)
TURN = b"\x40\0\0\x04abcd"
PAYLOADS = {"stun": STUN, "dtls": DTLS, "zrtp": ZRTP, "turn": TURN}
# SF_QUEUE_STREAM_RATE, _MAX_PAYLOADS and _MAX_BYTES of kmod/queue.h
STREAM_RATE, MAX_PAYLOADS, MAX_BYTES = 100, 256, 256 * 1024
RT_RUNTIME = "/proc/sys/kernel/sched_rt_runtime_us"
NOBODY = 65534
ETH_P = {4: 0x0800, 6: 0x86dd}


class Call:
    """A relay session whose payloads go to user space, and its two ends."""

    def __init__(self, router, version=4, taken=tuple(PAYLOADS), **values):
        self.router, self.version = router, version
        # of a case that has failed
        router.sipfast.do("session-flush")
        self.id = router.relay(version, cookie="call", **values)
        router.sipfast.do("session-set", {"id": self.id, "stream": dict(
            {"id": 0}, **{name: "user" for name in taken})})
        self.phone = router.udp("p", 4000, version)
        self.peer = router.udp("s", 6000, version)

    def address(self, name):
        return (self.router.ADDRESS if self.version == 4
                else self.router.ADDRESS6)[name]

    def from_a(self, data):
        self.phone.sendto(data, (self.address("lan"), 20000))

    def from_b(self, data):
        self.peer.sendto(data, (self.address("wan"), 20000))

    def answer(self, side, data, **values):
        self.router.sipfast.do("payload-send", dict(
            {"session": self.id, "stream": 0, "side": side, "data": data},
            **values))

    def close(self):
        self.router.sipfast.do("session-del", {"id": self.id})
        self.phone.close()
        self.peer.close()


def listener(router):
    with router.within("gw"):
        sipfast = genl.Sipfast()
    sipfast.listen("payloads")
    return sipfast


NOTHING = {"queued": 0, "rate": 0, "queue-full": 0, "no-listener": 0,
           "no-memory": 0}


def outcomes(router):
    """How many payloads had which outcome up to now."""
    stats = router.stats()
    return {"queued": stats["queued"], **{
        name: stats["dropped"][name] for name in NOTHING
        if name != "queued"}}


def received(router):
    """Packets of ours from the LAN: a busy machine lets them wait."""
    return router.sipfast.do("device-get", {"ifname": "br-lan"})["packets"]


def since(router, before):
    after = outcomes(router)
    return {name: after[name] - before[name] for name in after}


def check_told(router, version):
    heard = listener(router)
    call = Call(router, version)
    for name, data in PAYLOADS.items():
        for side, local, remote, port in (("a", "lan", "p", 4000),
                                          ("b", "wan", "s", 6000)):
            (call.from_a if side == "a" else call.from_b)(data)
            op, told = heard.event(bound(5))
            equal(op, "payload-ntf")
            equal(told, {
                "session": call.id, "cookie": "call", "stream": 0,
                "side": side, "class": name, "data": data,
                "local": router.at(local, 20000, version),
                "remote": router.at(remote, port, version)})
    call.from_a(rtp(1))
    equal(call.peer.recv(2048), rtp(1), "the first to be relayed")
    call.from_b(rtp(2))
    equal(call.phone.recv(2048), rtp(2), "the first to be relayed")
    call.close()
    heard.close()


@case("IPv4: STUN, DTLS, ZRTP and TURN are told, not relayed; RTP is")
def _(router):
    before = outcomes(router)
    check_told(router, 4)
    equal(since(router, before), dict(NOTHING, queued=8))


@case("IPv6: likewise")
def _(router):
    check_told(router, 6)


@case("what is not to be told is relayed")
def _(router):
    heard = listener(router)
    call = Call(router, taken=("dtls",))
    before = outcomes(router)
    call.from_a(STUN)
    equal(call.peer.recv(2048), STUN)
    call.from_a(DTLS)
    equal(heard.event(bound(5))[1]["class"], "dtls")
    equal(since(router, before)["queued"], 1)
    assert silent(call.peer)
    call.close()
    heard.close()


@case("nobody listens: a named drop")
def _(router):
    call = Call(router)
    before = outcomes(router)
    call.from_a(STUN)
    wait_for(lambda: since(router, before)["no-listener"] == 1)
    equal(since(router, before)["queued"], 0)
    call.from_a(rtp(1))
    equal(call.peer.recv(2048), rtp(1))
    call.close()


# --- answers


def fold(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def check_wire(packet, version):
    """Checksums as they are on the wire."""
    if version == 4:
        size = (packet[0] & 15) * 4
        equal(fold(packet[:size]), 0xffff, "IPv4 header checksum")
        equal(packet[9], 17)
        addresses, udp = packet[12:20], packet[size:]
    else:
        equal(packet[6], 17)
        addresses, udp = packet[8:40], packet[40:]
    assert udp[6:8] != b"\0\0", "no UDP checksum"
    equal(struct.unpack("!H", udp[4:6])[0], len(udp), "UDP length")
    equal(fold(addresses + struct.pack("!HH", 17, len(udp)) + udp), 0xffff,
          "UDP checksum")


def tap_of(router, name, version):
    with router.within(name):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                             socket.htons(ETH_P[version]))
    sock.bind(("eth0", ETH_P[version]))
    sock.settimeout(bound(3))
    return sock


def see(wire, data):
    """The packet that carries the data."""
    while True:
        packet = wire.recv(2048)
        if packet.endswith(data):
            return packet


def check_answers(router, version):
    call = Call(router, version)
    sent = router.stats()["sent"]
    for side, name, sock, local in (("a", "p", call.phone, "lan"),
                                    ("b", "s", call.peer, "wan")):
        wire = tap_of(router, name, version)
        for data in (STUN, b"x", bytes(range(256)) * 4 + b"odd"):
            call.answer(side, data)
            got, source = sock.recvfrom(2048)
            equal(got, data)
            equal(source[:2], (call.address(local), 20000), "source")
            check_wire(see(wire, data), version)
        wire.close()
    equal(router.stats()["sent"] - sent, 6)
    call.close()


@case("IPv4: an answer leaves from the endpoint that the side sends to")
def _(router):
    check_answers(router, 4)


@case("IPv6: likewise")
def _(router):
    check_answers(router, 6)


@case("a checksum that comes to zero is sent as all ones")
def _(router):
    call = Call(router)
    wire = tap_of(router, "s", 4)
    call.answer("b", b"\0\0")
    packet = see(wire, b"\0\0")
    check = packet[26:28]
    call.answer("b", check)
    packet = see(wire, check)
    equal(packet[26:28], b"\xff\xff")
    check_wire(packet, 4)
    equal([call.peer.recv(9) for _ in range(2)], [b"\0\0", check])
    wire.close()
    call.close()


@case("to an endpoint that is named")
def _(router):
    call = Call(router)
    other = router.udp("t", 7000)
    call.answer("b", STUN, remote=router.at("t", 7000))
    equal(other.recvfrom(2048), (STUN, (router.ADDRESS["wan"], 20000)))
    call.from_a(rtp(1))
    equal(call.peer.recv(2048), rtp(1), "RTP goes where it went")
    assert silent(other)
    other.close()
    call.close()


@case("DSCP of the side, and who was asked is answered")
def _(router):
    call = Call(router)
    router.sipfast.do("session-set", {"id": call.id, "stream": {
        "id": 0, "b": {"dscp": 46}}})
    wire = tap_of(router, "s", 4)
    call.answer("b", DTLS)
    equal(see(wire, DTLS)[1] >> 2, 46)
    wire.close()
    call.close()


@case("nat: outside from the public port, inside from the peer's endpoint")
def _(router):
    session = router.sipfast.do("session-new", {"stream": {
        "rule": "nat", "stun": "user",
        "a": {"remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 30000),
              "remote": router.at("s", 6000)}}})["id"]
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)
    heard = listener(router)
    phone.sendto(STUN, (router.ADDRESS["s"], 6000))
    told = heard.event(bound(5))[1]
    equal((told["local"], told["remote"]),
          (router.at("s", 6000), router.at("p", 4000)))
    request = {"session": session, "stream": 0, "data": STUN}
    router.sipfast.do("payload-send", dict(request, side="b"))
    equal(peer.recvfrom(99), (STUN, (router.ADDRESS["wan"], 30000)))
    router.sipfast.do("payload-send", dict(request, side="a"))
    equal(phone.recvfrom(99), (STUN, (router.ADDRESS["s"], 6000)))
    router.sipfast.do("session-del", {"id": session})
    for sock in (phone, peer, heard):
        sock.close()


def refused(code, send, *args, **values):
    try:
        send(*args, **values)
    except genl.Rejected as rejected:
        equal(rejected.errno, code, rejected.message)
    else:
        raise AssertionError("it was sent")


@case("what cannot be sent says why")
def _(router):
    call = Call(router)
    sent = router.stats()["sent"]
    refused(errno.EMSGSIZE, call.answer, "b", bytes(1473))
    refused(errno.EAFNOSUPPORT, call.answer, "b", STUN,
            remote=router.at("s", 6000, 6))
    refused(errno.ENOENT, call.answer, "b", STUN, stream=5)
    refused(errno.ENOENT, call.answer, "b", STUN, session=call.id + 999)
    call.close()
    session = router.sipfast.do("session-new", {"stream": {
        "a": {"local": router.at("lan", 20000),
              "remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 20000),
              "learn": "learn-once"}}})["id"]
    refused(errno.EDESTADDRREQ, router.sipfast.do, "payload-send", {
        "session": session, "stream": 0, "side": "b", "data": STUN})
    router.sipfast.do("session-del", {"id": session})
    equal(router.stats()["sent"], sent)


# --- bounds


@case("a flood is bounded and counted; RTP of the same stream passes")
def _(router):
    heard = listener(router)
    call = Call(router)
    before = outcomes(router)
    begin = time.monotonic()
    for n in range(1000):
        call.from_a(STUN)
        if n % 100 == 0:
            call.from_a(rtp(n))
            equal(call.peer.recv(2048), rtp(n))
    wait_for(lambda: sum(since(router, before).values()) == 1000)
    seconds = time.monotonic() - begin
    after = since(router, before)
    assert 0 < after["queued"] <= STREAM_RATE * (1 + seconds) + 1, after
    assert after["rate"] > 0, (after, seconds)
    for _ in range(after["queued"]):
        equal(heard.event(bound(5))[1]["data"], STUN)
    equal(heard.event(0), None)
    call.close()
    heard.close()


def occupy(processor):
    """A child that leaves a processor to nothing but interrupts."""
    child = os.fork()
    if not child:
        os.sched_setaffinity(0, {processor})
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        end = time.monotonic() + bound(10)
        while time.monotonic() < end:
            pass
        os._exit(0)
    return child


def softirq_threads():
    """Who receives packets where a machine is too slow to do it at once."""
    for name in glob.glob("/proc/[0-9]*/comm"):
        with contextlib.suppress(FileNotFoundError), open(name) as file:
            if file.read().startswith("ksoftirqd/"):
                yield int(name.split("/")[2])


@contextlib.contextmanager
def without_works():
    """Packets are received, and no work runs that would empty the queue."""
    processors = os.sched_getaffinity(0)
    threads = list(softirq_threads())
    for thread in threads:
        os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(2))
    with open(RT_RUNTIME) as file:
        runtime = file.read()
    with open(RT_RUNTIME, "w") as file:
        file.write("-1")
    mine, *others = sorted(processors)
    children = [occupy(processor) for processor in others]
    os.sched_setaffinity(0, {mine})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        yield
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, processors)
        for thread in threads:
            os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))
        with open(RT_RUNTIME, "w") as file:
            file.write(runtime)


def fill(router, data, n_streams):
    """STREAM_RATE payloads for each of some streams, at once; the outcomes."""
    heard = listener(router)
    session = router.sipfast.do("session-new", {"stream": [
        {"id": n, "stun": "user",
         "a": {"local": router.at("lan", 20000 + 2 * n),
               "remote": router.at("p", 4000)},
         "b": {"local": router.at("wan", 20000 + 2 * n),
               "remote": router.at("s", 6000)}}
        for n in range(n_streams)]})["id"]
    phone = router.udp("p", 4000)
    before = outcomes(router)
    sent = n_streams * STREAM_RATE
    with without_works():
        for n in range(sent):
            phone.sendto(data, (router.ADDRESS["lan"],
                                20000 + 2 * (n % n_streams)))
    wait_for(lambda: sum(since(router, before).values()) == sent)
    after = since(router, before)
    told = 0
    while heard.event(0):
        told += 1
    equal(told, after["queued"])
    router.sipfast.do("session-del", {"id": session})
    phone.close()
    heard.close()
    return after


def check_full(router, data, n_streams, room):
    """So many are told at least, and the rest is dropped by name. Where packets
    were late, a work has come in between and made room for all: then it is done
    again."""
    for _ in range(20):
        after = fill(router, data, n_streams)
        assert after["queued"] >= room, after
        equal(after["queued"] + after["queue-full"], n_streams * STREAM_RATE)
        if after["queue-full"]:
            return
    raise AssertionError("never %d: %r" % (room, after))


@case("no more payloads wait than there is room for; the rest is counted")
def _(router):
    check_full(router, STUN, 4, MAX_PAYLOADS)


@case("no more bytes, either")
def _(router):
    data = STUN[:2] + struct.pack("!H", 1380) + STUN[4:] + bytes(1380)
    check_full(router, data, 3, MAX_BYTES // len(data))


@case("a listener without room: counted, and RTP passes")
def _(router):
    heard = listener(router)
    heard.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    call = Call(router)
    before = outcomes(router)
    for _ in range(50):
        call.from_a(DTLS)
    wait_for(lambda: sum(since(router, before).values()) == 50)
    after = since(router, before)
    assert after["queue-full"] > 0, after
    equal(after["queued"] + after["queue-full"], 50)
    call.from_a(rtp(1))
    equal(call.peer.recv(2048), rtp(1))
    call.close()
    heard.close()


@case("a session that ends takes what waits with it")
def _(router):
    call = Call(router)
    heard = listener(router)
    before, came = outcomes(router), received(router)
    for _ in range(50):
        call.from_a(DTLS)
    wait_for(lambda: received(router) == came + 50)
    call.close()
    wait_for(lambda: sum(since(router, before).values()) == 50)
    after = since(router, before)
    equal(after["queued"] + after["no-listener"], 50)
    heard.close()


@case("who may not administer the network may not listen, nor send")
def _(router):
    child = os.fork()
    if not child:
        status = 1
        try:
            with router.within("gw"):
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
                sipfast = genl.Sipfast()
                try:
                    sipfast.sock.setsockopt(
                        genl.SOL_NETLINK, genl.NETLINK_ADD_MEMBERSHIP,
                        sipfast.groups["payloads"])
                except PermissionError:
                    refused(errno.EPERM, sipfast.do, "payload-send",
                            {"session": 1, "stream": 0, "side": "a",
                             "data": STUN})
                    status = 0
        finally:
            os._exit(status)
    equal(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)


run(Router())
