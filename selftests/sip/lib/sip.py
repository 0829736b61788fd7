# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP messages as text: written from parts, and read just far enough.

Nothing in here knows the gateway. A message is read as somebody would who
trusts nobody: start line, headers in order, body; what a test wants to know in
more detail it asks of the bytes.

Copyright (C) 2026 The sipfast authors
"""

import hashlib
import re
import textwrap

MAGIC = "z9hG4bK"
PHRASES = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK",
           202: "Accepted", 302: "Moved Temporarily", 401: "Unauthorized",
           403: "Forbidden", 408: "Request Timeout",
           423: "Interval Too Brief", 486: "Busy Here",
           487: "Request Terminated", 488: "Not Acceptable Here",
           503: "Service Unavailable"}


def raw(text, body=b"", **values):
    """A message out of an indented text: lines end with CRLF, {name} is filled
    in, {length} is the body's."""
    if isinstance(body, str):
        body = body.encode()
    lines = textwrap.dedent(text).strip("\n").splitlines()
    head = "\r\n".join(lines).format(length=len(body), **values)
    return head.encode() + b"\r\n\r\n" + body


def write(start, headers, body=b""):
    """A message out of (name, value) pairs, as most phones write it."""
    if isinstance(body, str):
        body = body.encode()
    headers = list(headers) + [("Content-Length", len(body))]
    lines = [start] + ["%s: %s" % pair for pair in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sdp(address, *media, direction="sendrecv", session=(), origin=None):
    """An offer or answer; a media is a port of audio, or lines of its own."""
    lines = ["v=0", "o=- 1 1 " + named(origin or address), "s=-",
             "c=" + named(address), *session, "t=0 0"]
    for one in media:
        if isinstance(one, int):
            one = ("m=audio %d RTP/AVP 8" % one, "a=rtpmap:8 PCMA/8000",
                   "a=" + direction)
        lines += one
    return "\r\n".join(lines) + "\r\n"


def named(address):
    """An address as SDP has it (RFC 8866 5.7)."""
    return "IN IP%d %s" % (6 if ":" in address else 4, address)


def literal(address):
    """An address as a URI has it: "192.0.2.1", "[2001:db8::1]"."""
    return "[%s]" % address if ":" in address else address


def at(address, port, *_):
    """An address and port as a URI has them; a socket's own form will do."""
    return "%s:%d" % (literal(address), port)


def endpoint(text, port=5060):
    """("192.0.2.1", 5060) of "192.0.2.1" or "192.0.2.1:5060";
    ("2001:db8::1", 5060) of "[2001:db8::1]" or "[2001:db8::1]:5060"."""
    host, number = re.fullmatch(r"(\[[^]]*\]|[^:]*)(?::(\d+))?", text).groups()
    return host.strip("[]"), int(number or port)


class Message:
    """One that has come, or was sent."""

    def __init__(self, data, source=None):
        self.raw, self.source = data, source
        head, _, self.body = data.partition(b"\r\n\r\n")
        self.start, *lines = re.sub(r"\r\n[ \t]+", " ",
                                    head.decode("latin-1")).split("\r\n")
        self.headers = [tuple(part.strip() for part in line.split(":", 1))
                        for line in lines if ":" in line]
        first, _, rest = self.start.partition(" ")
        self.status = int(rest[:3]) if first == "SIP/2.0" else 0
        self.uri = None if self.status else rest.rpartition(" ")[0]
        self.method = first if not self.status \
            else self["CSeq"].rpartition(" ")[2]

    def all(self, name):
        return [value for key, value in self.headers
                if key.lower() == name.lower()]

    def __getitem__(self, name):
        """The first header of that name; "" where there is none."""
        return (self.all(name) or [""])[0]

    @property
    def kind(self):
        """What it is: a method, or a status."""
        return self.status or self.method

    @property
    def contacts(self):
        """The URIs of Contact."""
        return re.findall(r"<([^>]*)>", ", ".join(self.all("Contact")))

    @property
    def contact(self):
        return (self.contacts or [""])[0]

    @property
    def via(self):
        """sent-by of the topmost Via."""
        return re.split(r"[;,]", self["Via"])[0].split()[-1]

    @property
    def has_rport(self):
        return ";rport" in self["Via"].partition(",")[0]

    @property
    def sdp(self):
        return self.body.decode("latin-1")

    @property
    def media(self):
        """Where each m-line wants its packets: [(host, port), ...]"""
        session, *sections = re.split(r"(?m)^m=", self.sdp)
        places = []
        for section in sections:
            host = re.search(r"(?m)^c=IN IP\d (\S+)", section) or \
                re.search(r"(?m)^c=IN IP\d (\S+)", session)
            places.append((host.group(1),
                           int(re.match(r"\w+ (\d+)", section).group(1))))
        return places


def where(uri):
    """Host and port that a URI names, which is where to send to."""
    host = re.match(r"sips?:(?:[^@;>]*@)?([^;?>]*)", uri).group(1)
    return endpoint(host, 5061 if uri.startswith("sips") else 5060)


def credentials(challenge, method, uri, user, password, extra=""):
    """The answer to a digest challenge without qop (RFC 2617 3.2.2.1)."""
    said = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    ha1 = md5("%s:%s:%s" % (user, said["realm"], password))
    ha2 = md5("%s:%s" % (method, uri))
    return ('Digest username="%s", realm="%s", nonce="%s", uri="%s", '
            'response="%s", algorithm=MD5%s' % (
                user, said["realm"], said["nonce"], uri,
                md5("%s:%s:%s" % (ha1, said["nonce"], ha2)), extra))


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()
