# SPDX-License-Identifier: GPL-2.0-or-later
"""Who takes part in a scenario: phones and servers, and what they hear.

An agent does what RFC 3261 says and repairs nothing: an answer goes where the
Via wants it, a request where the Contact points to. So a message arrives only
if the addresses in it are right. Each wait is for one datagram, with a bound.

Copyright (C) 2026 The sipfast authors
"""

import socket
import struct

import link
import place
import sip
import tap
from router import rtp
from sip import Message

PATIENCE_S = 2


class Agent:
    """A user agent, or a server, at one address of one namespace."""

    def __init__(self, scene, ns, address, port, user, server=None):
        self.scene, self.ns, self.address, self.user = (scene, ns, address,
                                                        user)
        self.at = sip.at(address, port)
        self.server = server
        self.link = link.KINDS[place.TRANSPORT](scene, ns, address, port)

    @property
    def sock(self):
        """Where it speaks UDP."""
        return self.link.sock

    def send(self, data, to=None):
        """@to: "host:port", or a URI; else the agent's server."""
        to = to or self.server
        to = sip.at(*(sip.where(to) if to.startswith("sip") else
                      sip.endpoint(to)))
        data = data if isinstance(data, bytes) else data.encode()
        self.scene.witness.said(data)
        try:
            self.link.send(data, to)
        except OSError:
            pass  # nowhere: whoever waits for it will say so
        return data

    def receive_bytes(self, what="a datagram"):
        """(data, "host:port") of the next datagram."""
        got = self.link.receive()
        assert got, "%s got nothing, where %s was due" % (self, what)
        self.scene.witness.heard(self, *got)
        return got

    def receive(self, kind, by_gateway=False):
        """The next message is this request or response. One that the gateway
        has made itself is expected to be told so."""
        data, source = self.receive_bytes(kind)
        assert b"SIP/2.0" in data, "%s: %r, where %s was due" % (self, data,
                                                                 kind)
        message = Message(data, source)
        assert message.kind == kind, "%s got %s, where %s was due:\n%s" % (
            self, message.kind, kind, data.decode("latin-1"))
        if by_gateway:
            self.scene.witness.excuse(data)
        return message

    def hears_nothing(self):
        """To be asked after what came later did come in."""
        got = self.link.waiting()
        assert not got, "%s got %s" % (self, got)

    def headers(self, method, via=None, sender=None, to=None, call_id=None,
                cseq=1, contact=None, **_):
        n = self.scene.next()
        via = via or self.at + ";rport"
        return [("Via", "SIP/2.0/%s %s;branch=%s%s" % (place.TRANSPORT, via,
                                                       sip.MAGIC, n)),
                ("Max-Forwards", 70),
                ("From", sender or "<sip:%s@example.com>;tag=%s" % (self.user,
                                                                    n)),
                ("To", to or "<sip:somebody@example.com>"),
                ("Call-ID", call_id or n + "@example.com"),
                ("CSeq", "%d %s" % (cseq, method)),
                ] + ([("Contact", contact or "<%s>" % self.uri)]
                     if contact != "" else [])

    @property
    def uri(self):
        """How it wants to be reached."""
        return place.uri(self.user, self.at)

    def request(self, method, uri="sip:example.com", body=b"", kind=None,
                more=(), through=None, **values):
        """Sends one; @more: (name, value) pairs; @through: where it is sent to
        if not to the server."""
        headers = self.headers(method, **values) + list(more)
        if body:
            headers.append(("Content-Type", kind or "application/sdp"))
        return Message(self.send(sip.write(
            "%s %s SIP/2.0" % (method, uri), headers, body), through))

    def reply(self, request, status, body=b"", tag="there", more=(),
              contact=None, kind=None):
        """Answers as RFC 3261 18.2.2 and RFC 3581 4 say."""
        host, port = sip.endpoint(request.source)
        via = request["Via"]
        if request.has_rport:
            via = via.replace(";rport", ";received=%s;rport=%d" % (host, port),
                              1)
        else:
            port = sip.endpoint(request.via)[1]
            if sip.endpoint(request.via)[0] != host:
                via += ";received=" + host
        to = request["To"]
        if status > 100 and ";tag=" not in to:
            to += ";tag=" + tag
        headers = [("Via", via)] + [("Via", lower) for lower
                                    in request.all("Via")[1:]]
        headers += [("Record-Route", route) for route
                    in request.all("Record-Route")]
        headers += [("From", request["From"]), ("To", to),
                    ("Call-ID", request["Call-ID"]),
                    ("CSeq", request["CSeq"])]
        if contact != "":
            headers.append(("Contact", contact or "<%s>" % self.uri))
        headers += more
        if body:
            headers.append(("Content-Type", kind or "application/sdp"))
        return Message(self.send(sip.write(
            "SIP/2.0 %d %s" % (status, sip.PHRASES[status]), headers, body),
            sip.at(host, port)))

    def __str__(self):
        return "%s (%s)" % (self.user, self.at)


def spoofed(scene, ns, source, target, data, cuts=(), order=None):
    """A UDP datagram with any source, in fragments cut there, in any order."""
    (s_host, s_port), (t_host, t_port) = (sip.endpoint(at) for at
                                          in (source, target))
    addresses = b"".join(socket.inet_pton(place.SOCKET, host)
                         for host in (s_host, t_host))
    data = struct.pack("!HHH", s_port, t_port, 8 + len(data)) + \
        udp_checksum(addresses, s_port, t_port, data) + data
    cuts = [0, *cuts, len(data)]
    with scene.within(ns):
        sock = socket.socket(place.SOCKET, socket.SOCK_RAW,
                             socket.IPPROTO_RAW)
    for n in order or range(len(cuts) - 1):
        header = place.either(header4, header6)
        piece = data[cuts[n]:cuts[n + 1]]
        sock.sendto(header(addresses, len(piece), cuts[n],
                           n < len(cuts) - 2) + piece, (t_host, 0))
    sock.close()


def udp_checksum(addresses, s_port, t_port, data):
    """RFC 768, RFC 8200 8.1"""
    text = addresses + struct.pack(
        "!HHHHH", socket.IPPROTO_UDP, 8 + len(data), s_port, t_port,
        8 + len(data)) + data + bytes(len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(text) // 2), text)) % 0xffff
    return struct.pack("!H", 0xffff - total)


def header4(addresses, _, offset, more):
    """The kernel fills in length and checksum."""
    return struct.pack("!BBHHHBBH", 0x45, 0, 0, 0x5f5f,
                       offset // 8 | more << 13, 64, socket.IPPROTO_UDP,
                       0) + addresses


def header6(addresses, size, offset, more):
    """With a fragment header (RFC 8200 4.5), where there are fragments."""
    if not offset and not more:
        return struct.pack("!IHBB", 6 << 28, size, socket.IPPROTO_UDP,
                           64) + addresses
    return struct.pack("!IHBB", 6 << 28, 8 + size, socket.IPPROTO_FRAGMENT,
                       64) + addresses + struct.pack(
        "!BBHI", socket.IPPROTO_UDP, 0, offset | more, 0x5f5f)


def register(phone, registrar, expires=3600, contact=None, more=()):
    """REGISTER and 200. Returns the request as the registrar has it, and the
    response as the phone has it."""
    phone.request("REGISTER", to="<sip:%s@example.com>" % phone.user,
                  contact=contact,
                  more=[("Expires", expires)] + list(more))
    request = registrar.receive("REGISTER")
    bindings = ", ".join(request.all("Contact"))
    registrar.reply(request, 200, contact=bindings,
                    more=[("Expires", expires)])
    return request, phone.receive(200)


class Side:
    """What one end knows of a dialog (RFC 3261 12)."""

    def __init__(self, agent, local, remote, target, routes):
        self.agent, self.local, self.remote = agent, local, remote
        self.target, self.routes, self.cseq = target, routes, 1


class Call:
    """A dialog between two agents, in which each sends where it was told to."""

    def __init__(self, caller, callee, uri=None):
        """@uri: whom the caller asks for; a phone asks its server."""
        self.caller, self.callee = caller, callee
        self.uri = uri or "sip:%s@example.com" % callee.user
        self.through = uri if not caller.server else None
        self.sides = {}

    def invite(self, offer=b"", **values):
        """Returns the INVITE as the callee has it."""
        self.sent = self.caller.request(
            "INVITE", self.uri, offer, through=self.through, **values)
        self.got = self.callee.receive("INVITE")
        return self.got

    def reply(self, status, body=b"", tag="there", request=None, **values):
        """The callee's; returned as the caller has it."""
        request = request or self.got
        self.callee.reply(request, status, body, tag, **values)
        reply = self.caller.receive(status)
        if ";tag=" in reply["To"] and status < 300:
            self.begin(request, reply, tag)
        return reply

    def begin(self, request, reply, tag):
        routes = reply.all("Record-Route")
        self.sides = {
            self.caller: Side(self.caller, reply["From"], reply["To"],
                              reply.contact, routes[::-1]),
            self.callee: Side(self.callee, request["To"] + ";tag=" + tag,
                              request["From"], request.contact,
                              request.all("Record-Route"))}

    def send(self, by, method, body=b"", cseq=None, more=(), **values):
        """A request inside the dialog."""
        side = self.sides[by]
        if not cseq and method not in ("ACK", "CANCEL"):
            side.cseq += 1
        more = [("Route", route) for route in side.routes] + list(more)
        hop = side.routes[0].strip("<>") if side.routes else side.target
        return by.request(method, side.target, body, more=more, through=hop,
                          sender=side.local, to=side.remote,
                          call_id=self.got["Call-ID"],
                          cseq=cseq or side.cseq, **values)

    def other(self, agent):
        return self.callee if agent is self.caller else self.caller

    def ask(self, by, method, body=b"", **values):
        """The same, returned as the other side has it."""
        self.send(by, method, body, **values)
        return self.other(by).receive(method)

    def agree(self, by, method, body=b"", answer=b"", status=200, **values):
        """A request and its answer: as the one and the other have them."""
        request = self.ask(by, method, body, **values)
        self.other(by).reply(request, status, answer)
        reply = by.receive(status)
        if method == "INVITE":
            self.ask(by, "ACK", cseq=self.sides[by].cseq)
        return request, reply

    def ack(self, body=b""):
        return self.ask(self.caller, "ACK", body)

    def set_up(self, offer, answer):
        """INVITE, 200, ACK. Returns INVITE and 200 as they arrived."""
        invite = self.invite(offer)
        reply = self.reply(200, answer)
        self.ack()
        return invite, reply

    def end(self, by=None):
        self.agree(by or self.caller, "BYE")


class Ear:
    """A socket for RTP, at an agent's address or another."""

    def __init__(self, scene, ns, address, port):
        self.at, self.peer, self.n = (address, port), None, 0
        self.sock = scene.udp_at(ns, address, port)
        self.patience = tap.bound(PATIENCE_S)
        self.sock.settimeout(self.patience)

    def say(self, data=None):
        """One packet to the peer that SDP has named."""
        self.n += 1
        data = data or rtp(self.n, ssrc=self.at[1])
        try:
            self.sock.sendto(data, self.peer)
        except OSError:
            pass
        return data

    def hear(self, data, source):
        try:
            got, seen = self.sock.recvfrom(4096)
        except socket.timeout:
            raise AssertionError("%s:%d hears nothing" % self.at) from None
        tap.equal(seen[:2], source, "%s:%d hears" % self.at)
        tap.equal(got, data, "%s:%d hears" % self.at)

    def hears_nothing(self):
        self.sock.setblocking(False)
        try:
            data, source = self.sock.recvfrom(4096)
            raise AssertionError("%s hears %s: %r" % (self.at, source, data))
        except BlockingIOError:
            self.sock.settimeout(self.patience)


def meet(one, other, offer, answer, line=0):
    """Both ears have read where the other one is: @one's owner has sent the
    offer, which is as it arrived, and so is the answer."""
    one.peer, other.peer = answer.media[line], offer.media[line]


def talk(one, other, packets=3):
    """Each hears each packet of the other, from where it sends its own."""
    for speaker, listener in ((one, other), (other, one)):
        for _ in range(packets):
            listener.hear(speaker.say(), listener.peer)
