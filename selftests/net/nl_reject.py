#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every request that is not right is rejected, and the answer says why.

Each attribute out of range, missing, doubled, of a wrong length, or for
replies only: the errno, the attribute that the extended ack blames or misses,
and that there is a text. Nothing of a rejected request is done.

Copyright (C) 2026 The sipfast authors
"""

import copy
import errno
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import (NETLINK_ADD_MEMBERSHIP, Rejected, SETS,  # noqa: E402
                  SOL_NETLINK, Sipfast, attr,
                  encode, encode_one, endpoint, number, set_of)
from router import Router  # noqa: E402
from tap import case, equal, run  # noqa: E402

A_LOCAL, A_REMOTE = "192.168.1.1:20000", "192.168.1.10:4000"
B_LOCAL, B_REMOTE = "203.0.113.1:20000", "203.0.113.10:6000"


def side(local, remote):
    return {"local": endpoint(local), "remote": endpoint(remote)}


def stream(**changes):
    """A good relay stream, but for what is changed; None takes out."""
    return patched({"a": side(A_LOCAL, A_REMOTE),
                    "b": side(B_LOCAL, B_REMOTE)}, changes)


def patched(values, changes):
    values = copy.deepcopy(values)
    for name, value in changes.items():
        name = name.replace("_", "-")
        if value is None:
            values.pop(name, None)
        elif isinstance(value, dict) and isinstance(values.get(name), dict):
            values[name] = patched(values[name], value)
        else:
            values[name] = value
    return values


def new(streams=None, **changes):
    return dict({"stream": streams or [stream()]}, **{
        name.replace("_", "-"): value for name, value in changes.items()})


def rejected(router, op, values, code, blames=None, misses=None):
    """Sends what must be rejected and checks what the answer says."""
    where = set_of(op)
    before = state(router)
    try:
        router.sipfast.do(op, values)
    except Rejected as answer:
        equal(errno.errorcode.get(answer.errno), errno.errorcode[code],
              "%s (%s)" % (op, answer.message))
        assert answer.message, "%s: no text" % op
        if blames:
            equal(answer.blames(where), blames, answer.message)
        if misses:
            nest, kind = misses
            equal(answer.missing, kind, "missing (%s)" % answer.message)
            equal(answer.path(answer.nest, where), nest, "its nest")
    else:
        raise AssertionError("%s %r was accepted" % (op, values))
    equal(state(router), before, "what is there after %s" % op)


def state(router):
    return ([s["id"] for s in router.sipfast.dump("session-get")],
            [p["id"] for p in router.sipfast.dump("pinhole-get")],
            [d["ifname"] for d in router.sipfast.dump("device-get")])


def one_of(where, name):
    """Some good value of an attribute."""
    kind = SETS[where][name].rstrip("*")
    if kind == "endpoint":
        return endpoint(B_REMOTE)
    if kind in ("string", "ip", "binary"):
        return {"ifname": "wan0", "addr4": "192.0.2.1",
                "addr6": "2001:db8::1"}.get(name, "x")
    return {"ifindex": 1}.get(name, 1)


# --- the module as a whole --------------------------------------------------

@case("info-get: capabilities nobody knows, doubled")
def _(router):
    known = router.sipfast.do("info-get")["capabilities"]
    router.sipfast.do("info-get", {"capabilities": known})
    rejected(router, "info-get", {"capabilities": known + 1},
             errno.EINVAL, "capabilities")
    rejected(router, "info-get", {"capabilities": 1 << 31}, errno.EINVAL,
             "capabilities")
    rejected(router, "info-get", [("capabilities", 1), ("capabilities", 2)],
             errno.EINVAL, "capabilities")


@case("stats-get: no such CPU, doubled, for replies only")
def _(router):
    rejected(router, "stats-get", {"cpu": 0xffffffff}, errno.EINVAL, "cpu")
    rejected(router, "stats-get", [("cpu", 0), ("cpu", 0)], errno.EINVAL,
             "cpu")
    for name in ("packets", "sessions", "learned"):
        rejected(router, "stats-get", {name: 1}, errno.EINVAL, name)


# --- missing ----------------------------------------------------------------

@case("what is missing is named, with the nest it is missing in")
def _(router):
    id_of = number("a", "session", "id")
    for op in ("session-set", "session-del", "session-get"):
        rejected(router, op, {}, errno.EINVAL, misses=(None, id_of))
    for op in ("pinhole-del", "pinhole-get"):
        rejected(router, op, {}, errno.EINVAL,
                 misses=(None, number("a", "pinhole", "id")))
    for op in ("device-new", "device-del", "device-get"):
        rejected(router, op, {}, errno.EINVAL,
                 misses=(None, number("a", "device", "ifindex")))
    rejected(router, "session-new", {"cookie": "x"}, errno.EINVAL,
             misses=(None, number("a", "session", "stream")))
    rejected(router, "pinhole-new", {"cookie": "x"}, errno.EINVAL,
             misses=(None, number("a", "pinhole", "local")))
    rejected(router, "session-batch", {}, errno.EINVAL,
             misses=(None, number("a", "batch", "session")))
    good = {"session": 1, "stream": 0, "side": "a", "data": b"x"}
    for name in good:
        rejected(router, "payload-send", patched(good, {name: None}),
                 errno.EINVAL, misses=(None, number("a", "payload", name)))


@case("a stream lacks a side, a side an endpoint, an endpoint a part")
def _(router):
    for name in ("a", "b"):
        rejected(router, "session-new", new([stream(**{name: None})]),
                 errno.EINVAL,
                 misses=("stream", number("a", "stream", name)))
        for end in ("local", "remote"):
            rejected(router, "session-new",
                     new([stream(**{name: {end: None}})]), errno.EINVAL,
                     misses=("stream." + name, number("a", "side", end)))
            where = "stream.%s.%s" % (name, end)
            rejected(router, "session-new",
                     new([stream(**{name: {end: {"port": None}}})]),
                     errno.EINVAL,
                     misses=(where, number("a", "endpoint", "port")))
            rejected(router, "session-new",
                     new([stream(**{name: {end: {"addr4": None}}})]),
                     errno.EINVAL,
                     misses=(where, number("a", "endpoint", "addr4")))


@case("a nat stream needs to know where its side a is")
def _(router):
    rejected(router, "session-new",
             new([stream(rule="nat", a={"local": None, "remote": None})]),
             errno.EINVAL, misses=("stream.a", number("a", "side", "remote")))
    rejected(router, "session-new",
             new([stream(rule="nat", a={"local": None},
                         b={"learn": "learn-once", "remote": None})]),
             errno.EINVAL, misses=("stream.a", number("a", "side", "local")))


# --- doubled ----------------------------------------------------------------

def doubled(where, values, name):
    pairs = list(values.items()) if isinstance(values, dict) else values
    pairs = [(n, v) for n, v in pairs if n != name]
    value = dict(values).get(name, one_of(where, name))
    return pairs + [(name, value), (name, value)]


@case("session-new: any attribute twice, but stream")
def _(router):
    for name in ("cookie", "lifetime-ms", "idle-notify-ms", "idle-expire-ms"):
        rejected(router, "session-new", doubled("session", new(), name),
                 errno.EINVAL, name)


@case("any attribute of a stream, side or endpoint twice")
def _(router):
    for name in SETS["stream"]:
        rejected(router, "session-new",
                 {"stream": encode("stream",
                                   doubled("stream", stream(), name))},
                 errno.EINVAL, "stream." + name)
    for name in SETS["side"]:
        if name in ("learned", "stats"):
            continue
        a = encode("side", doubled("side", stream()["a"], name))
        rejected(router, "session-new", new([stream(a=a)]), errno.EINVAL,
                 "stream.a." + name)
    for name in ("addr4", "port"):
        local = encode("endpoint", doubled("endpoint", endpoint(A_LOCAL),
                                           name))
        rejected(router, "session-new", new([stream(a={"local": local})]),
                 errno.EINVAL, "stream.a.local." + name)


@case("any attribute of a pinhole or device twice, but peer")
def _(router):
    good = {"local": endpoint("203.0.113.1:5060")}
    for name in ("cookie", "local", "protocol", "ifindex", "lifetime-ms"):
        rejected(router, "pinhole-new", doubled("pinhole", good, name),
                 errno.EINVAL, name)
    for op in ("device-new", "device-del", "device-get"):
        for name in ("ifindex", "ifname"):
            rejected(router, op, doubled("device", {}, name), errno.EINVAL,
                     name)
    for op in ("session-get", "session-del", "pinhole-get", "pinhole-del"):
        rejected(router, op, [("id", 1), ("id", 1)], errno.EINVAL, "id")
    rejected(router, "session-flush", [("cookie", "a"), ("cookie", "b")],
             errno.EINVAL, "cookie")


@case("any attribute of a session in a batch twice, or of a payload")
def _(router):
    for name in ("cookie", "lifetime-ms", "idle-notify-ms", "idle-expire-ms"):
        twice = encode("session", doubled("session", new(), name))
        rejected(router, "session-batch", {"session": [twice]}, errno.EINVAL,
                 "session." + name)
    good = {"session": 1, "stream": 0, "side": "a", "data": b"x",
            "remote": endpoint(A_REMOTE)}
    for name in good:
        rejected(router, "payload-send", doubled("payload", good, name),
                 errno.EINVAL, name)


# --- out of range -----------------------------------------------------------

@case("numbers out of range")
def _(router):
    beyond = {"id": 256, "rule": 2, "kind": 3, "stun": 3, "dtls": 3,
              "zrtp": 3, "turn": 3}
    for name, value in beyond.items():
        code = errno.ERANGE
        rejected(router, "session-new", new([stream(**{name: value})]), code,
                 "stream." + name)
    for name, value in {"learn": 4, "dscp": 64}.items():
        rejected(router, "session-new", new([stream(a={name: value})]),
                 errno.ERANGE, "stream.a." + name)
    for op in ("session-get", "session-del", "pinhole-get", "pinhole-del"):
        rejected(router, op, {"id": 0}, errno.ERANGE, "id")
    for name, value in {"session": 0, "stream": 256, "side": 2}.items():
        rejected(router, "payload-send",
                 dict({"session": 1, "stream": 0, "side": "a", "data": b"x"},
                      **{name: value}), errno.ERANGE, name)
    rejected(router, "device-new", {"ifindex": 0}, errno.ERANGE, "ifindex")
    rejected(router, "device-new", {"ifname": "wan0", "hook": 2},
             errno.ERANGE, "hook")


@case("strings too long, or without an end")
def _(router):
    for op, where in (("session-new", "session"), ("pinhole-new", "pinhole")):
        good = new() if where == "session" else \
            {"local": endpoint("203.0.113.1:5060")}
        rejected(router, op, dict(good, cookie="x" * 65), errno.EINVAL,
                 "cookie")
        rejected(router, op, dict(good, cookie=b"unended"), errno.EINVAL,
                 "cookie")
    rejected(router, "device-new", {"ifname": "x" * 16}, errno.EINVAL,
             "ifname")


@case("attributes of a wrong length")
def _(router):
    for name in ("id", "rule", "kind", "stun"):
        rejected(router, "session-new", new([stream(**{name: b"\1\0"})]),
                 errno.EINVAL, "stream." + name)
    for name, value in (("addr4", b"\1" * 5), ("port", b"\1")):
        rejected(router, "session-new",
                 new([stream(a={"local": {name: value}})]), errno.EINVAL,
                 "stream.a.local." + name)
    rejected(router, "session-new",
             new([stream(a={"local": {"addr4": None, "addr6": b"\1" * 15}})]),
             errno.ERANGE, "stream.a.local.addr6")
    for name in ("rate-packets", "rate-bytes", "mark", "learn-window-ms"):
        rejected(router, "session-new", new([stream(a={name: b"\1\0"})]),
                 errno.EINVAL, "stream.a." + name)
    for name in ("session", "stream", "side"):
        rejected(router, "payload-send", {name: b"\1\0"}, errno.EINVAL, name)
    for size, code in ((0, errno.EINVAL), (1501, errno.EMSGSIZE)):
        rejected(router, "payload-send",
                 {"session": 1, "stream": 0, "side": "a",
                  "data": bytes(size)}, code, "data")
    rejected(router, "session-new", new(lifetime_ms=b"\1"), errno.EINVAL,
             "lifetime-ms")


@case("attributes nobody knows, and nests that are not marked as such")
def _(router):
    rejected(router, "session-new", encode("session", new()) + attr(99, b""),
             errno.EINVAL)
    rejected(router, "session-new",
             new([encode("stream", stream()) + attr(99, b"")]), errno.EINVAL)
    rejected(router, "session-new",
             attr(number("a", "session", "stream"),
                  encode("stream", stream())), errno.EINVAL, "stream")
    rejected(router, "session-get",
             encode_one("session", "id", 1) + struct.pack("HH", 200, 1),
             errno.EINVAL)


@case("attributes for replies only")
def _(router):
    for name in ("age-ms", "idle-ms", "end-reason"):
        rejected(router, "session-new", new(**{name: 1}), errno.EINVAL, name)
    rejected(router, "session-new", new(id=5), errno.EINVAL, "id")
    for name, value in (("learned", endpoint(B_REMOTE)),
                        ("stats", {"packets": 1})):
        rejected(router, "session-new", new([stream(b={name: value})]),
                 errno.EINVAL, "stream.b." + name)
    rejected(router, "session-new",
             new([stream(b={"stats": {"round-trip-us": 1}})]), errno.EINVAL,
             "stream.b.stats")
    for name, value in (("cookie", "x"), ("class", "stun"),
                        ("local", endpoint(A_LOCAL))):
        rejected(router, "payload-send", {name: value}, errno.EINVAL, name)
    rejected(router, "session-batch", {"id": [1]}, errno.EINVAL, "id")
    rejected(router, "pinhole-new",
             {"local": endpoint("203.0.113.1:5060"), "packets": 1},
             errno.EINVAL, "packets")
    rejected(router, "device-new", {"ifname": "wan0", "packets": 1},
             errno.EINVAL, "packets")


# --- addresses --------------------------------------------------------------

@case("port 0, and addresses that are no host's")
def _(router):
    for text in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"):
        for end in ("local", "remote"):
            rejected(router, "session-new",
                     new([stream(a={end: {"addr4": text}})]), errno.EINVAL,
                     "stream.a.%s.addr4" % end)
    for text in ("::", "::1", "ff02::1", "::ffff:192.0.2.1"):
        rejected(router, "session-new",
                 new([stream(b={"local": {"addr4": None, "addr6": text}})]),
                 errno.EINVAL, "stream.b.local.addr6")
    rejected(router, "session-new",
             new([stream(b={"remote": {"port": 0}})]), errno.EINVAL,
             "stream.b.remote.port")


@case("both addresses in one endpoint, two families on one side")
def _(router):
    rejected(router, "session-new",
             new([stream(a={"local": {"addr6": "2001:db8::1"}})]),
             errno.EINVAL, "stream.a.local.addr6")
    rejected(router, "session-new",
             new([stream(a={"remote": {"addr4": None,
                                       "addr6": "2001:db8::1"}})]),
             errno.EINVAL, "stream.a")


@case("a link-local remote endpoint needs a device")
def _(router):
    link_local = {"addr4": None, "addr6": "fe80::5"}
    local = {"addr4": None, "addr6": "2001:db8:1::1"}
    rejected(router, "session-new",
             new([stream(a={"local": local, "remote": link_local})]),
             errno.EINVAL,
             misses=("stream.a", number("a", "side", "ifindex")))


# --- what there is not, and what there is already ---------------------------

@case("no such session, pinhole, device, stream")
def _(router):
    for op in ("session-get", "session-del", "pinhole-get", "pinhole-del"):
        rejected(router, op, {"id": 4711}, errno.ENOENT, "id")
    rejected(router, "session-set", {"id": 4711}, errno.ENOENT, "id")
    rejected(router, "payload-send",
             {"session": 4711, "stream": 0, "side": "a", "data": b"x"},
             errno.ENOENT, "session")
    for op in ("device-new", "device-del", "device-get"):
        rejected(router, op, {"ifname": "nothere"}, errno.ENODEV, "ifname")
        rejected(router, op, {"ifindex": 4711}, errno.ENODEV, "ifindex")
    for op in ("device-del", "device-get"):
        rejected(router, op, {"ifname": "lo"}, errno.ENOENT, "ifname")
    rejected(router, "session-new", new([stream(a={"ifindex": 4711})]),
             errno.ENODEV, "stream.a.ifindex")
    rejected(router, "pinhole-new",
             {"local": endpoint("203.0.113.1:5060"), "ifindex": 4711},
             errno.ENODEV, "ifindex")


@case("a key that is taken: by another session, stream or side")
def _(router):
    session = router.sipfast.do("session-new", new())["id"]
    rejected(router, "session-new", new(), errno.EEXIST, "stream.a.local")
    rejected(router, "session-new",
             new([stream(a={"local": endpoint("192.168.1.1:20002")})]),
             errno.EEXIST, "stream.b.local")
    one = stream(a={"local": {"port": 1}}, b={"local": {"port": 1}})
    rejected(router, "session-new",
             new([dict(one, id=0), dict(one, id=1)]), errno.EEXIST,
             "stream.a.local")
    rejected(router, "session-new",
             new([stream(a={"local": {"port": 7}},
                         b={"local": endpoint("192.168.1.1:7")})]),
             errno.EEXIST, "stream.b.local")
    rejected(router, "session-set",
             {"id": session, "stream": [dict(stream(), id=9)]}, errno.EEXIST,
             "stream.a.local")
    router.sipfast.do("session-del", {"id": session})


@case("payload-send: no such stream, nowhere to send to, another family")
def _(router):
    session = router.sipfast.do("session-new", new([stream(
        a={"remote": None, "learn": "learn-once"})]))["id"]
    good = {"session": session, "stream": 0, "side": "a", "data": b"x"}
    rejected(router, "payload-send", dict(good, stream=5), errno.ENOENT,
             "stream")
    rejected(router, "payload-send", good, errno.EDESTADDRREQ,
             misses=(None, number("a", "payload", "remote")))
    rejected(router, "payload-send",
             dict(good, remote=endpoint("[2001:db8:1::10]:6000")),
             errno.EAFNOSUPPORT, "remote")
    rejected(router, "payload-send", dict(good, remote={"port": 1}),
             errno.EINVAL, misses=("remote", number("a", "endpoint", "addr4")))
    router.sipfast.do("session-del", {"id": session})


@case("session-set: what is fixed, unknown, or asked for twice")
def _(router):
    session = router.sipfast.do("session-new", new())["id"]
    rejected(router, "session-set",
             {"id": session, "stream": [{"id": 0, "rule": "nat"}]},
             errno.EINVAL, "stream.rule")
    rejected(router, "session-set",
             {"id": session, "stream": [{"id": 0, "kind": "opaque"}]},
             errno.EINVAL, "stream.kind")
    rejected(router, "session-set", {"id": session, "stream-remove": [5]},
             errno.ENOENT, "stream-remove")
    rejected(router, "session-set", {"id": session, "stream-remove": [0, 0]},
             errno.EINVAL, "stream-remove")
    rejected(router, "session-set",
             {"id": session, "stream": [{"id": 0}], "stream-remove": [0]},
             errno.EINVAL, "stream-remove")
    rejected(router, "session-set",
             {"id": session, "stream": [{"id": 0}, {"id": 0}]}, errno.EINVAL,
             "stream.id")
    router.sipfast.do("session-del", {"id": session})


@case("too many streams, too many peers")
def _(router):
    many = [stream(a={"local": {"port": 1000 + n}},
                   b={"local": {"port": 1000 + n}}) for n in range(17)]
    rejected(router, "session-new", new(many), errno.E2BIG, "stream")
    session = router.sipfast.do("session-new", new(many[:16]))["id"]
    rejected(router, "session-set",
             {"id": session, "stream": [dict(many[16], id=16)]}, errno.E2BIG,
             "stream")
    router.sipfast.do("session-del", {"id": session})
    rejected(router, "pinhole-new",
             {"local": endpoint("203.0.113.1:5060"),
              "peer": [{"addr4": "192.0.2.%d" % n} for n in range(1, 18)]},
             errno.E2BIG, "peer")


@case("a full table: sessions, pinholes")
def _(router):
    limits = "/sys/module/sipfast/parameters/max_"
    old = {}
    for name in ("sessions", "pinholes"):
        with open(limits + name) as file:
            old[name] = file.read()
        with open(limits + name, "w") as file:
            file.write("1")
    session = router.sipfast.do("session-new", new())["id"]
    other = stream(a={"local": {"port": 1}}, b={"local": {"port": 1}})
    rejected(router, "session-new", new([other]), errno.ENOSPC)
    hole = router.sipfast.do("pinhole-new",
                             {"local": endpoint("203.0.113.1:5060")})["id"]
    rejected(router, "pinhole-new", {"local": endpoint("203.0.113.1:5061")},
             errno.ENOSPC)
    equal(router.sipfast.do("info-get")["max-sessions"], 1)
    for name, value in old.items():
        with open(limits + name, "w") as file:
            file.write(value)
    router.sipfast.do("session-del", {"id": session})
    router.sipfast.do("pinhole-del", {"id": hole})


@case("pinholes: protocol, taken, a peer of another family")
def _(router):
    good = {"local": endpoint("203.0.113.1:5060")}
    rejected(router, "pinhole-new", dict(good, protocol=132),
             errno.EPROTONOSUPPORT, "protocol")
    rejected(router, "pinhole-new", {"local": {"addr4": "203.0.113.1"}},
             errno.EINVAL,
             misses=("local", number("a", "endpoint", "port")))
    rejected(router, "pinhole-new",
             dict(good, peer=[{"addr6": "2001:db8::1"}]), errno.EINVAL,
             "peer")
    rejected(router, "pinhole-new", dict(good, peer=[{"port": 5060}]),
             errno.EINVAL, misses=("peer", number("a", "endpoint", "addr4")))
    hole = router.sipfast.do("pinhole-new", good)["id"]
    rejected(router, "pinhole-new", good, errno.EEXIST, "local")
    router.sipfast.do("pinhole-del", {"id": hole})


@case("devices: attached already, a bridge's port, two names for two")
def _(router):
    rejected(router, "device-new", {"ifname": "wan0"}, errno.EEXIST, "ifname")
    rejected(router, "device-new", {"ifname": "p"}, errno.EINVAL, "ifname")
    rejected(router, "device-new", {"ifindex": 1, "ifname": "wan0"},
             errno.EINVAL, "ifname")


@case("a nat stream: two families, and a side a that learns")
def _(router):
    v6 = {"local": endpoint("[2001:db8:1::1]:20000"),
          "remote": endpoint("[2001:db8:1::10]:6000")}
    rejected(router, "session-new", new([dict(stream(rule="nat"), b=v6)]),
             errno.EINVAL, "stream.b")
    rejected(router, "session-new",
             new([stream(rule="nat", a={"learn": "learn-once"})]),
             errno.EINVAL, "stream.a")


@case("a dump takes no attributes")
def _(router):
    for where in ("session", "pinhole", "device"):
        name = "ifindex" if where == "device" else "id"
        try:
            router.sipfast.raw(number("cmd", where, "get"),
                               encode(where, {name: 1}), 0x300)
        except Rejected as answer:
            equal(answer.errno, errno.EINVAL)
            assert answer.message
        else:
            raise AssertionError("the dump of %ss was accepted" % where)


@case("who is not privileged may ask for info, and for nothing else")
def _(router):
    with router.within("gw"):
        child = os.fork()
        if not child:
            os._exit(unprivileged())
    _, status = os.waitpid(child, 0)
    equal(status, 0)


def unprivileged():
    os.setgid(65534)
    os.setuid(65534)
    sipfast = Sipfast()
    try:
        assert sipfast.do("info-get")["version"]
    except Rejected:
        return 2
    for group in sipfast.groups:
        try:
            sipfast.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                                    sipfast.groups[group])
            return 3
        except PermissionError:
            pass
    for op in ("session-get", "session-new", "session-flush", "device-get",
               "stats-get", "pinhole-get", "session-batch", "payload-send"):
        try:
            sipfast.do(op, {})
            return 4
        except Rejected as answer:
            if answer.errno != errno.EPERM:
                return 5
    return 0


run(Router())
