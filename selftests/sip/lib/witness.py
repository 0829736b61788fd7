# SPDX-License-Identifier: GPL-2.0-or-later
"""Who looks on at both sides of the gateway, and judges every scenario alike.

- No LAN address is seen on the WAN: not in an IP header, not in a payload.
- What leaves the gateway is what came in, but for the bytes that it owns:
  addresses that stand for one another, ports of media, Content-Length.
- Content-Length is as right as it was.
- tshark's dissectors, which are none of ours, find nothing malformed in what
  has left on the WAN; they are asked once, at the end.

Packets are taken from the devices by packet sockets, so the real peers are
judged, too, and so is what no agent waits for.

Copyright (C) 2026 The sipfast authors
"""

import difflib
import re
import socket
import struct
import subprocess
import tempfile

from place import ADDRESS as PLACES, G, SOCKET, TRANSPORT, either

ETH_P_ALL = 3
ETH_P = either(0x0800, 0x86dd)
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
LINKTYPE_RAW = 101
ICMP = either(socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6)
# The router itself, and behind a VPN.
OTHERS = (PLACES["lan"], either("10.8.0.2", "fd00:8::2"))
LAN_BYTES = re.compile(either(rb"\xc0\xa8[\1\2]", rb"\xfd\0\0[\1\2]\0{4}"))
LAN = either(rb"192\.168\.[12]\.\d+", rb"\[?fd00:[12]::[0-9a-f]+\]?")
WAN = either(rb"203\.0\.113\.[1-9](?!\d)",
             rb"\[?2001:db8:1::[1-9](?![0-9a-f])\]?")
ADDRESS = re.compile(rb"(?:%s|%s)(?::\d+)?" % (LAN, WAN))
# sent-by is the sender's own, whatever it says; the gateway's choice of ports.
OWNED = (
    (re.compile(rb"(?is)\A(.*?\n(?:via|v)\s*:\s*SIP\s*/\s*2\.0\s*/\s*\w+\s+)"
                rb"(?:\[[^]]*\]|[^\s;,:]+)(?:\s*:\s*\d+)?"), rb"\1@"),
    (ADDRESS, b"@"),
    (re.compile(rb"(?i)(;\s*rport=)\d+"), rb"\1@"),
    (re.compile(rb"(?im)^(m=\w+ )[1-9]\d*"), rb"\1@"),
    (re.compile(rb"(?im)^(a=rtcp:)\d+"), rb"\1@"),
    (re.compile(rb"(?im)^((?:content-length|l)\s*:\s*)\d+"), rb"\1@"),
)
QUOTED = 8 + either(20, 40)  # ICMP's header, and that of what it is about
# Who calls itself by a name in the Via may do so where it says how to reach it.
SENDER = re.compile(rb"(?is)\A.*?\n(?:via|v)\s*:\s*SIP\s*/\s*2\.0\s*/\s*\w+\s+"
                    rb"((?!\d+\.|\[)[^\s;,:]+)")
OWN = re.compile(rb"(?i)\n(?:contact|m|record-route|path)\s*:[^\n]*"
                 rb"(?:\n[ \t][^\n]*)*")
# They say who, and not where to: sip-alg B23, C2.
WHO = re.compile(rb"(?im)^(?:(?:from|to|f|t|call-id|i)\s*:|o=).*$")


class Piece:
    """What one frame has of a datagram: all of it, or a fragment."""

    def __init__(self, frame):
        if frame[0] >> 4 == 4:
            size, self.ident, place = struct.unpack_from("!HHH", frame, 2)
            start = (frame[0] & 15) * 4
            self.tos, self.protocol = frame[1], frame[9]
            self.addresses, self.data = frame[12:20], frame[start:size]
            self.offset, self.more = (place & 0x1fff) * 8, place & 0x2000
        else:
            word, size, self.protocol = struct.unpack_from("!IHB", frame)
            self.tos, self.addresses = word >> 20 & 0xff, frame[8:40]
            self.data = frame[40:40 + size]
            self.ident, self.offset, self.more = 0, 0, 0
            if self.protocol == socket.IPPROTO_FRAGMENT:
                self.protocol, place, self.ident = struct.unpack_from(
                    "!BxHI", self.data)
                self.data = self.data[8:]
                self.offset, self.more = place & ~7, place & 1


class Packet:
    """A UDP datagram, put together of all its fragments."""

    def __init__(self, piece, data, outgoing):
        half = len(piece.addresses) // 2
        self.source = socket.inet_ntop(SOCKET, piece.addresses[:half])
        self.target = socket.inet_ntop(SOCKET, piece.addresses[half:])
        self.ports = struct.unpack_from("!HH", data)
        self.tos, self.outgoing, self.payload = piece.tos, outgoing, data[8:]

    @property
    def is_sip(self):
        return b"SIP/2.0" in self.payload.lstrip().split(b"\n")[0]

    def __str__(self):
        return "%s:%d > %s:%d" % (self.source, self.ports[0], self.target,
                                  self.ports[1])


class Tap:
    """All of this run's family that a device sends and receives.

    Of ETH_P_ALL, as tcpdump: a socket for one protocol sees nothing that is
    sent, and nothing that a bridge or a hook at ingress has taken.
    """

    def __init__(self, topology, ns, device):
        with topology.within(ns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                      socket.htons(ETH_P_ALL))
            self.sock.bind((device, ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self.sock.setblocking(False)
        self.frames = []

    def read(self):
        """[Packet, ...] since the last time."""
        pieces, packets = {}, []
        while True:
            try:
                data, address = self.sock.recvfrom(65535)
            except BlockingIOError:
                return packets
            if address[1] != ETH_P:
                continue
            outgoing = address[2] == PACKET_OUTGOING
            self.frames.append((outgoing, data))
            piece = Piece(data)
            if piece.protocol != socket.IPPROTO_UDP:
                continue
            key = (piece.addresses, piece.ident, outgoing)
            parts = pieces.setdefault(key, {})
            parts[piece.offset] = piece.data
            if not piece.more:
                parts["end"] = piece.offset + len(piece.data)
            whole = b"".join(parts[at] for at in sorted(
                at for at in parts if at != "end"))
            if len(whole) == parts.get("end"):
                packets.append(Packet(piece, whole, outgoing))
                del pieces[key]


class Witness:
    """It looks on at wan0's cable, and at the LAN's bridge."""

    def __init__(self, topology):
        self.wan = Tap(topology, "switch", "gw")
        self.lan = Tap(topology, "gw", "br-lan")
        self.seen, self.kept = ([], []), []
        self.begin()

    def begin(self):
        self.look()
        self.wan.frames, self.lan.frames = [], []
        self.seen, self.excused, self.who = ([], []), set(), []
        self.told, self.got, self.has_real_peers = [], [], False

    def look(self):
        """What was seen up to now on either side: (WAN's, LAN's)"""
        self.seen[0].extend(self.wan.read())
        self.seen[1].extend(self.lan.read())
        return self.seen

    def said(self, data):
        """By an agent. Of TCP that is what is known to have come in."""
        self.told.append(data)

    def heard(self, agent, data, source):
        """Of TCP that is what is known to have gone out."""
        self.got.append((agent, data, source))

    def excuse(self, data):
        """A message that the gateway has made itself, as it should."""
        self.excused.add(data)

    def allow(self, *texts):
        """Bytes that may say what they like on the WAN."""
        self.who += texts

    def keep(self):
        """What has left on the WAN is for tshark, too."""
        self.kept += [frame for outgoing, frame in self.wan.frames
                      if not outgoing]

    def sound(self):
        """Is it, to tshark?"""
        with tempfile.NamedTemporaryFile(suffix=".pcap") as pcap:
            pcap.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                                   LINKTYPE_RAW))
            for n, frame in enumerate(self.kept):
                pcap.write(struct.pack("=IIII", n, 0, len(frame), len(frame)) +
                           frame)
            pcap.flush()
            found = subprocess.run(
                ["tshark", "-n", "-r", pcap.name, "-Y", "_ws.malformed"],
                text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                check=True).stdout
        assert not found, found

    def judge(self):
        self.judge_streams()
        wan, lan = self.look()
        from_gateway = [p for p in wan if not p.outgoing]
        into_gateway = [p for p in wan if p.outgoing] + \
            [p for p in lan if not p.outgoing]
        assert not all(outgoing for outgoing, _ in self.wan.frames), \
            "nothing has come out on the WAN"
        self.clean(from_gateway)
        came = {}
        for packet in into_gateway:
            if packet.is_sip:
                came.setdefault(plain(packet.payload), packet.payload)
        for packet in from_gateway + [p for p in lan if p.outgoing and
                                      p.source not in OTHERS]:
            if packet.is_sip and packet.payload not in self.excused:
                self.unchanged(packet, packet.payload, came)

    def judge_streams(self):
        """Who speaks TCP says what he says and hears; real peers do not."""
        if TRANSPORT != "TCP":
            return
        came = {plain(data): data for data in self.told}
        for agent, data, source in self.got:
            if data not in self.excused and not self.has_real_peers:
                self.unchanged(agent, data, came)
            if agent.ns in ("s", "t") and not re.match(LAN, source.encode()):
                self.silent_about_lan(data)

    def clean(self, packets):
        for outgoing, frame in self.wan.frames:
            piece = Piece(frame)
            said = piece.addresses[:len(piece.addresses) // 2] + (
                piece.data[:QUOTED] if piece.protocol == ICMP else b"")
            assert outgoing or not LAN_BYTES.search(said), \
                "a LAN address on the WAN: %r" % frame
        for packet in packets:
            self.silent_about_lan(packet.payload)

    def silent_about_lan(self, payload):
        text = payload
        for who in self.who:
            text = text.replace(who, b"")
        assert not re.search(LAN, WHO.sub(b"", text)), \
            "a LAN address on the WAN:\n%s" % payload.decode("latin-1")

    @staticmethod
    def unchanged(what, payload, came):
        text = plain(payload)
        if text not in came:
            raise AssertionError("not what came in: %s\n%s" % (
                what, difference(text, came)))
        assert missing(came[text]) == missing(payload), \
            "Content-Length is wrong:\n" + payload.decode("latin-1")


def plain(payload):
    """The message without the bytes that the gateway owns."""
    sender = SENDER.match(payload)
    if sender:
        payload = OWN.sub(lambda own: own[0].replace(
            b"@" + sender[1], b"@" + G.encode()), payload)
    for pattern, twin in OWNED:
        payload = pattern.sub(twin, payload)
    return payload


def missing(payload):
    """By how many bytes Content-Length is wrong; None where there is none."""
    payload = payload.lstrip(b"\r\n")
    length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", payload)
    head = re.search(rb"\r?\n\r?\n", payload)
    return length and head and \
        int(length.group(1)) - len(payload) + head.end()


def difference(text, came):
    """Against the likeliest of those that came."""
    lines = text.decode("latin-1").splitlines()
    best, ratio = ["nothing like it came in"] + lines, 0
    for other in came:
        others = other.decode("latin-1").splitlines()
        match = difflib.SequenceMatcher(None, others, lines).ratio()
        if match > ratio:
            best, ratio = list(difflib.unified_diff(
                others, lines, "came in", "went out", lineterm="")), match
    return "\n".join(best)
