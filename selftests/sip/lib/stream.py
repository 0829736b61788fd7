# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP over TCP: connections, and messages as each side is to see them.

What one side writes is in its own words, and what the other side reads is
compared with what should stand there, byte by byte: nobody looks on at a
stream as the witness does at datagrams.

Copyright (C) 2026 The sipfast authors
"""

import re
import select
import socket

import sip
import tap
from place import G, P, S, SOCKET
from sip import Message

PATIENCE_S = 10
SILENCE_S = 0.5


class Stream:
    """One end of a connection. @source: who is at the other one."""

    def __init__(self, sock, source=None):
        self.sock, self.source = sock, source
        sock.settimeout(tap.bound(PATIENCE_S))

    def send(self, data):
        self.sock.sendall(data)
        return data

    def take(self, size):
        """Exactly so many bytes."""
        got = b""
        while len(got) < size:
            got += self.more(size - len(got), got)
        return got

    def message(self):
        """The next one; no byte behind it is read."""
        got = b""
        while not got.endswith(b"\r\n\r\n"):
            got += self.more(1, got)
        return Message(got + self.take(int(Message(got)["Content-Length"])))

    def more(self, size, got):
        try:
            data = self.sock.recv(size)
        except socket.timeout:
            raise AssertionError("nothing comes after %r" % got[-200:]
                                 ) from None
        assert data, "it ended after %r" % got[-200:]
        return data

    def reads(self, data, what="it reads"):
        """What comes is exactly this."""
        tap.equal(self.take(len(data)), data, what)

    def ends(self):
        """The other side closes, or resets, it; returns what came before."""
        got = b""
        try:
            while True:
                data = self.sock.recv(65536)
                if not data:
                    return got
                got += data
        except ConnectionResetError:
            return got
        except socket.timeout:
            raise AssertionError("it goes on after %r" % got[-200:]) from None

    def close(self):
        self.sock.close()


class Listener:
    """Where connections are waited for."""

    def __init__(self, sock):
        self.sock = sock
        sock.listen()
        sock.settimeout(tap.bound(PATIENCE_S))

    def accept(self):
        try:
            sock, source = self.sock.accept()
            return Stream(sock, sip.at(*source))
        except socket.timeout:
            raise AssertionError("nobody has connected") from None

    def close(self):
        self.sock.close()


def tcp_socket(scene, name, port=0):
    """A socket that is bound, in that namespace."""
    with scene.within(name):
        sock = socket.socket(SOCKET)
    scene.opened.append(sock)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.bind((scene.ADDRESS[name], port))
    return sock


def listen(scene, name, port=5060):
    return Listener(tcp_socket(scene, name, port))


def connect(scene, name, to, port=5060):
    """A connection of @name's to @to, a name or an address."""
    sock = tcp_socket(scene, name)
    sock.settimeout(tap.bound(PATIENCE_S))
    sock.connect((scene.ADDRESS.get(to, to).strip("[]"), port))
    return Stream(sock)


def are_silent(*ends):
    """None of these connections, or listeners, has anything to be read."""
    return not select.select([end.sock for end in ends], [], [], SILENCE_S)[0]


def options(number=1, at=P + ":5060"):
    """An OPTIONS of the phone at @at; its Via and Contact name that."""
    return sip.write("OPTIONS sip:%s SIP/2.0" % S, [
        ("Via", "SIP/2.0/TCP %s;branch=%so%d;rport;alias" % (at, sip.MAGIC,
                                                             number)),
        ("From", "<sip:alice@%s>;tag=a" % S), ("To", "<sip:%s>" % S),
        ("Call-ID", "options-%d" % number), ("CSeq", "%d OPTIONS" % number),
        ("Contact", "<sip:alice@%s;transport=tcp>" % at)])


def invite(uri, at, number=1, transport="TCP"):
    """An INVITE without an offer, of a server at @at."""
    return sip.write("INVITE %s SIP/2.0" % uri, [
        ("Via", "SIP/2.0/%s %s;branch=%si%d" % (transport, at, sip.MAGIC,
                                                number)),
        ("From", "<sip:bob@%s>;tag=b" % S), ("To", "<sip:alice@%s>" % S),
        ("Call-ID", "invite-%d" % number), ("CSeq", "%d INVITE" % number),
        ("Contact", "<sip:bob@%s;transport=tcp>" % at)])


def answer(request, status, *more):
    """What the request's receiver says to it."""
    message = Message(request)
    return sip.write("SIP/2.0 %s" % status, [
        (name, message[name]) for name in ("Via", "From", "To", "Call-ID",
                                           "CSeq")] + list(more))


def public(data):
    """As the server is to see what the phone at P:5060 has written."""
    return re.sub(rb"(TCP |@)%s:5060" % re.escape(P.encode()),
                  rb"\g<1>%s:5060" % G.encode(), data)


def pair(scene, server):
    """A phone's connection, and the one that its server gets."""
    phone = connect(scene, "p", "s")
    phone.send(options(0))
    there = server.accept()
    there.reads(public(options(0)), "the first")
    return phone, there


def registered(scene, server, at=P + ":5060", params=";transport=tcp"):
    """A phone registers: its connection, the registrar's, and its Contact as
    the registrar has it."""
    phone = connect(scene, "p", "s")
    phone.send(sip.write("REGISTER sip:%s SIP/2.0" % S, [
        ("Via", "SIP/2.0/TCP %s;branch=%sr" % (at, sip.MAGIC)),
        ("From", "<sip:alice@%s>;tag=r" % S), ("To", "<sip:alice@%s>" % S),
        ("Call-ID", "register-" + at), ("CSeq", "1 REGISTER"),
        ("Contact", "<sip:alice@%s%s>" % (at, params)), ("Expires", 600)]))
    there = server.accept()
    request = there.message()
    there.send(answer(request.raw, "200 OK",
                      ("Contact", request["Contact"] + ";expires=600")))
    phone.message()
    return phone, there, request.contact
