# SPDX-License-Identifier: GPL-2.0-or-later
"""How an agent's messages travel: as datagrams, or on connections.

Both are sent to, and come from, "host:port". A connection is made where there
is none to that place, and kept (RFC 3261 18): what is said to a place goes on
the connection that has come from there.

Copyright (C) 2026 The sipfast authors
"""

import re
import select
import socket

import place
import sip
import tap

PATIENCE_S = 2
LENGTH = re.compile(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)")


class Datagrams:
    """One UDP socket."""

    def __init__(self, scene, ns, address, port):
        self.sock = scene.udp_at(ns, address, port)
        self.sock.settimeout(tap.bound(PATIENCE_S))

    def send(self, data, to):
        self.sock.sendto(data, sip.endpoint(to))

    def receive(self):
        """(data, "host:port"), or None if nothing comes."""
        try:
            data, source = self.sock.recvfrom(65535)
        except socket.timeout:
            return None
        return data, sip.at(*source)

    def waiting(self):
        """The same of what is there already."""
        self.sock.setblocking(False)
        try:
            data, source = self.sock.recvfrom(65535)
        except BlockingIOError:
            return None
        finally:
            self.sock.settimeout(tap.bound(PATIENCE_S))
        return data, sip.at(*source)


class Connections:
    """A TCP listener, and the connections of its owner."""

    def __init__(self, scene, ns, address, port):
        self.scene, self.ns, self.address = scene, ns, address
        self.streams, self.unread = {}, {}
        self.listener = self.socket(port)
        self.listener.listen()

    def socket(self, port):
        with self.scene.within(self.ns):
            sock = socket.socket(place.SOCKET)
        self.scene.opened.append(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((self.address, port))
        sock.settimeout(tap.bound(PATIENCE_S))
        return sock

    def add(self, sock, source):
        self.scene.opened.append(sock)
        self.streams[source], self.unread[sock] = sock, b""

    def send(self, data, to):
        self.look(0)
        if to not in self.streams:
            sock = self.socket(0)
            sock.connect(sip.endpoint(to))
            self.add(sock, to)
        self.streams[to].sendall(data)

    def receive(self):
        return self.next(tap.bound(PATIENCE_S))

    def waiting(self):
        return self.next(0)

    def next(self, patience):
        """(message, "host:port") of the next one that is whole, or None."""
        while True:
            for source, sock in self.streams.items():
                message = self.take(sock)
                if message:
                    return message, source
            if not self.look(patience):
                return None

    def look(self, patience):
        """Is there anything new within that time?"""
        ready = select.select([self.listener, *self.unread], [], [],
                              patience)[0]
        for sock in ready:
            if sock is self.listener:
                sock, source = sock.accept()
                self.add(sock, sip.at(*source))
            else:
                self.read(sock)
        return ready

    def read(self, sock):
        try:
            data = sock.recv(65536)
        except ConnectionResetError:
            data = b""
        if data:
            self.unread[sock] += data
            return
        del self.unread[sock]
        self.streams = {source: other for source, other
                        in self.streams.items() if other is not sock}

    def take(self, sock):
        head, end, rest = self.unread[sock].partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        size = int(length[1]) if length else 0
        if not end or len(rest) < size:
            return None
        self.unread[sock] = rest[size:]
        return head + end + rest[:size]


KINDS = {"UDP": Datagrams, "TCP": Connections}
