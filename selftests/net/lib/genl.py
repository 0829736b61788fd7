# SPDX-License-Identifier: GPL-2.0-or-later
"""The family "sipfast" over a raw netlink socket, standard library only.

The numbers come out of uapi/linux/sipfast.h, and how attributes are laid out
is told once, in SETS. A request is a dictionary of attribute names, or bytes
that attr() and nest() made by hand where a test wants what no dictionary can
hold. A rejection is raised as Rejected, with all that the extended ack says.

Copyright (C) 2026 The sipfast authors
"""

import ipaddress
import os
import re
import socket
import struct

HEADER = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                      "../../../uapi/linux/sipfast.h")

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
NLM_F_DUMP_INTR, NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x10, 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED = 0x8000
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 0x10, 3
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 270, 1
SO_RCVBUFFORCE = 33
NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 10, 11, 12
BUFFER = 65536


def read_header():
    """Every name of the header's enums and its numeric defines."""
    numbers = {}
    with open(HEADER, encoding="ascii") as header:
        text = re.sub(r"/\*.*?\*/", "", header.read(), flags=re.DOTALL)
    for name, value in re.findall(r"#define (SIPFAST_\w+)\s+(\d+)", text):
        numbers[name] = int(value)
    for body in re.findall(r"enum \w*\s*\{(.*?)\};", text, re.DOTALL):
        number = -1
        for name, value in re.findall(r"(\w+)(?:\s*=\s*(\d+))?\s*(?:,|$)",
                                      body.strip(), re.MULTILINE):
            number = int(value) if value else number + 1
            numbers[name] = number
    return numbers


NUMBERS = read_header()

# attribute: type; a type that is a set's name is a nest, "*" may be repeated
SETS = {
    "endpoint": {"addr4": "ip", "addr6": "ip", "port": "be16"},
    "flow-stats": {
        "packets": "u64", "bytes": "u64", "rtp-packets": "u64",
        "rtcp-packets": "u64", "lost": "s64", "reordered": "u64",
        "duplicates": "u64", "jitter": "u32", "ssrc": "u32",
        "ssrc-changes": "u32", "payload-type": "u8", "dscp": "u8",
        "last-seen-ms": "u64", "dropped": "u64", "round-trip-us": "u32"},
    "side": {
        "local": "endpoint", "remote": "endpoint", "learn": "learn",
        "learn-window-ms": "u32", "learned": "endpoint", "dscp": "u8",
        "mark": "u32", "ifindex": "u32", "rate-packets": "u32",
        "rate-bytes": "u32", "stats": "flow-stats"},
    "stream": {
        "id": "u32", "rule": "rule", "kind": "kind", "a": "side", "b": "side",
        "stun": "disposition", "dtls": "disposition", "zrtp": "disposition",
        "turn": "disposition"},
    "session": {
        "id": "u32", "cookie": "string", "stream": "stream*",
        "stream-remove": "u32*", "lifetime-ms": "u32",
        "idle-notify-ms": "u32", "idle-expire-ms": "u32", "age-ms": "u64",
        "idle-ms": "u64", "end-reason": "end-reason"},
    "batch": {"session": "session*", "id": "u32*"},
    "payload": {
        "session": "u32", "cookie": "string", "stream": "u32",
        "side": "side-name", "class": "payload-class", "local": "endpoint",
        "remote": "endpoint", "data": "binary"},
    "pinhole": {
        "id": "u32", "cookie": "string", "local": "endpoint",
        "protocol": "u8", "ifindex": "u32", "peer": "endpoint*",
        "lifetime-ms": "u32", "packets": "u64", "end-reason": "end-reason"},
    "device": {"ifindex": "u32", "ifname": "string", "hook": "hook",
               "packets": "u64"},
    "declined": dict.fromkeys(
        ("fragment", "ip-options", "malformed", "ttl", "no-route", "too-big",
         "gso"), "u64"),
    "dropped": dict.fromkeys(
        ("source-mismatch", "remote-unknown", "not-rtp", "policy", "rate",
         "queue-full", "no-listener", "no-memory", "xmit"), "u64"),
    "stats": {
        "packets": "u64", "bytes": "u64", "declined": "declined",
        "dropped": "dropped", "queued": "u64", "sent": "u64",
        "pinhole-admitted": "u64", "pinhole-refused": "u64",
        "learned": "u64", "sessions": "u32", "streams": "u32",
        "pinholes": "u32", "sessions-made": "u64",
        "sessions-expired": "u64", "events-lost": "u64", "cpu": "u32"},
    "info": {"version": "string", "capabilities": "u32",
             "max-sessions": "u32", "max-pinholes": "u32"},
}
ENUMS = {
    "rule": ("relay", "nat"),
    "kind": ("rtp", "rtcp", "opaque"),
    "learn": ("exact", "same-address", "learn-once", "off"),
    "disposition": ("relay", "user", "drop"),
    "hook": ("ingress", "pre-routing"),
    "end-reason": ("deleted", "flushed", "idle", "lifetime"),
    "side-name": ("a", "b"),
    "payload-class": ("stun", "dtls", "zrtp", "turn"),
}
# Operations that are not called after what their messages are made of.
SET_OF = {"session-batch": "batch", "overrun-ntf": "stats"}
INTEGERS = {"u8": "B", "u32": "I", "u64": "Q", "s64": "q", "be16": "!H"}


def set_of(op):
    return SET_OF.get(op, op.split("-")[0])


def number(*words):
    return NUMBERS["SIPFAST_" + "_".join(words).upper().replace("-", "_")]


def attr(kind, payload, flags=0):
    size = 4 + len(payload)
    return struct.pack("HH", size, kind | flags) + payload + b"\0" * (-size % 4)


def encode_value(kind, value):
    if isinstance(value, bytes):
        return value
    if kind in INTEGERS:
        return struct.pack(INTEGERS[kind], value)
    if kind in ENUMS:
        return struct.pack("I", ENUMS[kind].index(value)
                           if isinstance(value, str) else value)
    if kind == "ip":
        return ipaddress.ip_address(value).packed
    return value.encode() + b"\0"


def encode_one(where, name, value):
    kind = SETS[where][name].rstrip("*")
    if kind in SETS:
        return attr(number("a", where, name), encode(kind, value),
                    NLA_F_NESTED)
    return attr(number("a", where, name), encode_value(kind, value))


def encode(where, values):
    """A dictionary, or a list of (name, value) where a name comes twice."""
    if isinstance(values, bytes):
        return values
    pairs = values.items() if isinstance(values, dict) else values
    data = b""
    for name, value in pairs:
        many = SETS[where][name].endswith("*") and isinstance(value, list)
        for one in value if many else [value]:
            data += encode_one(where, name, one)
    return data


def attrs(data):
    """Yields (type, payload, offset of the attribute in data)."""
    at = 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("HH", data, at)
        if size < 4:
            raise ValueError("attribute of %d bytes" % size)
        yield kind & 0x3fff, data[at + 4:at + size], at
        at += (size + 3) & ~3


def decode_value(kind, payload):
    if kind in INTEGERS:
        return struct.unpack(INTEGERS[kind], payload)[0]
    if kind in ENUMS:
        return ENUMS[kind][struct.unpack("I", payload)[0]]
    if kind == "ip":
        return str(ipaddress.ip_address(payload))
    if kind == "binary":
        return payload
    return payload.rstrip(b"\0").decode()


def decode(where, data):
    names = {number("a", where, name): name for name in SETS[where]}
    values = {}
    for kind, payload, _ in attrs(data):
        if kind not in names:
            continue  # padding, or newer than this program
        name = names[kind]
        form = SETS[where][name]
        plain = form.rstrip("*")
        value = (decode(plain, payload) if plain in SETS
                 else decode_value(plain, payload))
        if form != plain:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values


def endpoint(text):
    """192.0.2.1:5004 or [2001:db8::1]:5004 as a dictionary."""
    address, port = text.rsplit(":", 1)
    address = ipaddress.ip_address(address.strip("[]"))
    return {"addr%d" % address.version: str(address), "port": int(port)}


def text_of(values):
    """The other way round."""
    if "addr6" in values:
        return "[%s]:%d" % (values["addr6"], values["port"])
    return "%s:%d" % (values["addr4"], values["port"])


class Rejected(Exception):
    """What an error and its extended ack say."""

    def __init__(self, code, request, data):
        self.errno, self.message = code, ""
        self.offset = self.missing = self.nest = None
        for kind, payload, _ in attrs(data):
            if kind == 1:
                self.message = payload.rstrip(b"\0").decode()
            elif kind == 2:
                self.offset = struct.unpack("I", payload)[0]
            elif kind == 5:
                self.missing = struct.unpack("I", payload)[0]
            elif kind == 6:
                self.nest = struct.unpack("I", payload)[0]
        super().__init__("%s: %s" % (os.strerror(code), self.message))
        self.request = request

    def blames(self, where):
        """The name of the attribute at the offset, as a path of types."""
        return self.path(self.offset, where)

    def path(self, offset, where):
        if offset is None:
            return None
        return find_path(where, self.request[20:], offset - 20)


def find_path(where, data, offset):
    names = {number("a", where, name): name for name in SETS[where]}
    for kind, payload, at in attrs(data):
        name = names.get(kind, str(kind))
        if at == offset:
            return name
        form = SETS[where].get(name, "").rstrip("*")
        if at < offset < at + 4 + len(payload) and form in SETS:
            rest = find_path(form, payload, offset - at - 4)
            return rest and name + "." + rest
    return None


class Sipfast:
    """A socket to the family, in the namespace it was opened in."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK,
                       NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.sequence = 0
        self.interrupted = False
        self.family, self.groups = GENL_ID_CTRL, {}
        self.find_family()

    def find_family(self):
        for _, data in self.raw(CTRL_CMD_GETFAMILY, attr(2, b"sipfast\0")):
            for kind, payload, _ in attrs(data):
                if kind == 1:
                    family = struct.unpack("H", payload)[0]
                elif kind == 7:
                    self.read_groups(payload)
        self.family = family

    def read_groups(self, data):
        for _, group, _ in attrs(data):
            found = {kind: payload for kind, payload, _ in attrs(group)}
            self.groups[found[1].rstrip(b"\0").decode()] = \
                struct.unpack("I", found[2])[0]

    def close(self):
        self.sock.close()

    # --- requests

    def send(self, cmd, data, flags):
        self.sequence += 1
        request = struct.pack("IHHIIBBH", 20 + len(data), self.family,
                              flags | NLM_F_REQUEST, self.sequence, 0, cmd,
                              1, 0) + data
        self.sock.send(request)
        self.interrupted = False
        return request

    def raw(self, cmd, data=b"", flags=NLM_F_ACK):
        """Returns [(command, attributes)]; raises Rejected."""
        request = self.send(cmd, data, flags)
        answers = []
        while True:
            if self.read(request, answers):
                return answers

    def read(self, request, answers):
        data = self.sock.recv(BUFFER)
        at = 0
        while at + 16 <= len(data):
            size, kind, flags, _, _ = struct.unpack_from("IHHII", data, at)
            body = data[at + 16:at + size]
            if flags & NLM_F_DUMP_INTR:
                self.interrupted = True
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                code = -struct.unpack_from("i", body)[0]
                if code:
                    skip = 20 if kind == NLMSG_ERROR else 4
                    raise Rejected(code, request, body[skip:]
                                   if flags & NLM_F_ACK_TLVS else b"")
                return True
            answers.append((body[0], body[4:]))
            at += (size + 3) & ~3
        return False

    def do(self, op, values=()):
        """One request by its name: do("session-get", {"id": 1})."""
        where = set_of(op)
        answers = self.raw(number("cmd", op), encode(where, values or {}))
        return decode(where, answers[0][1]) if answers else None

    def dump(self, op):
        answers = self.raw(number("cmd", op), flags=NLM_F_DUMP)
        return [decode(set_of(op), data) for _, data in answers]

    # --- notifications

    def listen(self, group="events", room=4 << 20):
        """Joins a group, with room for a burst of it."""
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, room)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             self.groups[group])

    def event(self, timeout_s):
        """The next (name, object), or None where none comes in time."""
        self.sock.settimeout(timeout_s)
        try:
            data = self.sock.recv(BUFFER)
        except (socket.timeout, BlockingIOError):
            return None
        names = {value: name for name, value in NUMBERS.items()
                 if name.startswith("SIPFAST_CMD_")}
        name = names[data[16]][12:].lower().replace("_", "-")
        return name, decode(set_of(name), data[20:])
