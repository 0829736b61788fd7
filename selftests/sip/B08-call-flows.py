# SPDX-License-Identifier: GPL-2.0-or-later
"""The call flows of RFC 3665 come to pass behind the gateway, word for word.

given	each of those flows, once with the caller and once with the callee as P,
	and everybody else outside; over UDP, whatever the flow is written for
when	P and the others say their lines in order
then	what P is told are the words of the RFC, with P's own address wherever it
	stands for P; what the others are told names the public address in its
	place, and nothing else is different; where a call comes about there is
	audio both ways

SIPFAST_CASES says where they are.

Copyright (C) 2026 The sipfast authors
"""

import glob
import os
import re

import yaml

import sip
from agent import meet, register, talk
from gateway import TOP
from place import P, TRANSPORT
from sip import Message
from tap import equal

CASES = os.environ.get("SIPFAST_CASES",
                       os.path.join(TOP, "../shared/cases"))
# The parties, and where they are.
HOSTS = {"client.atlanta.example.com": "192.0.2.101",
         "client.biloxi.example.com": "192.0.2.201",
         "client.chicago.example.com": "192.0.2.100"}


def scenario(scene):
    paths = sorted(glob.glob(CASES + "/rfc3665-flows/rfc3665/*.yaml"))
    assert len(paths) >= 16, "%s: set SIPFAST_CASES" % CASES
    p, s = scene.phone("p"), scene.host("s")
    played = 0
    for path in paths:
        for name in HOSTS:
            flow = Flow(path, name, p, s, "%d" % played)
            if not flow.is_whole:
                continue
            try:
                flow.play(scene)
            except AssertionError as error:
                raise AssertionError("%s: %s" % (flow.what, error)) from None
            played += 1
    assert played >= 24, "%d parts were played" % played


def without_default(raw):
    """A gateway may write the port that is meant anyway."""
    return re.sub(r"(?<=[\d\]]):5060\b", "", raw.decode())


class Flow:
    """A flow as one of its parties, who is P, sees it."""

    def __init__(self, path, name, p, s, mark):
        """@mark: keeps it apart from the others, which have the same names."""
        self.what = "%s as %s" % (os.path.basename(path), name)
        self.p, self.s = p, s
        self.lines, asked = [], set()
        with open(path, encoding="ascii") as file:
            texts = yaml.safe_load(file)
        for text in texts:
            message = self.read(text, name, mark)
            self.take(message, asked)

    def read(self, text, name, mark):
        """The message as it would be written if all were where they are here,
        and P were reached by its address."""
        text = re.sub(r"SIP/2\.0/\w+", "SIP/2.0/" + TRANSPORT, text)
        text = text.replace(";transport=tcp", "").replace("sips:", "sip:")
        text = text.replace(":5061", ":5060").replace("z9hG4bK",
                                                      "z9hG4bK" + mark)
        text = re.sub("(?m)^Call-ID: ", "Call-ID: " + mark, text)
        here, there = self.p.address, self.s.address
        text = re.sub(r"(?<=UDP |TCP |...@)%s" % re.escape(name),
                      sip.literal(here), text)
        text = re.sub(r"(%s:5060;\S*\s*;received=)%s" % (
            re.escape(sip.literal(here)), HOSTS[name]), r"\g<1>" + here, text)
        text = text.replace("c=IN IP4 " + HOSTS[name],
                            "c=" + sip.named(here))
        address = r"192\.0\.2\.\d+"
        text = re.sub("received=" + address, "received=" + there, text)
        text = re.sub("IN IP4 " + address, sip.named(there), text)
        text = re.sub(address, sip.literal(there), text)
        head, _, body = text.strip("\n").partition("\n\n")
        body = "".join(line + "\r\n" for line in body.splitlines())
        if TRANSPORT == "TCP" and "Content-Length" not in head:
            head += "\nContent-Length:"
        head = re.sub("(?m)^Content-Length:.*",
                      "Content-Length: %d" % len(body), head)
        return Message(("\r\n".join(head.splitlines()) + "\r\n\r\n" + body)
                       .encode())

    def take(self, message, asked):
        """Is it P's, and which way? A proxy adds a Via, and a response takes
        the way of its request."""
        transaction = (message["Via"].partition(";received")[0].rstrip(),
                       message.method)
        is_own = len(message.all("Via")) == 1 and self.is_p(message.via)
        if not message.status:
            if is_own:
                self.lines.append((True, message))
            elif self.is_p(message.uri.partition("@")[2]):
                asked.add(transaction)
                self.lines.append((False, message))
        elif is_own:
            self.lines.append((False, message))
        elif transaction in asked:
            self.lines.append((True, message))

    def is_p(self, host):
        return sip.where("sip:" + host)[0] == self.p.address

    @property
    def is_whole(self):
        """Does it begin for P with a request that begins something?"""
        return bool(self.lines) and self.lines[0][1].kind in ("INVITE",
                                                              "REGISTER")

    def play(self, scene):
        request, _ = register(self.p, self.s)
        self.public = request.source
        sdp = {}
        for is_from_p, message in self.lines:
            got = self.say(is_from_p, message)
            if got.body:
                sdp[is_from_p] = (message, got)
            if got.kind == "ACK" and len(sdp) == 2:
                self.talk(scene, sdp[True], sdp[False])
            if got.kind == "BYE":
                sdp = {}

    def say(self, is_from_p, message):
        """One line, as the one who is told has it."""
        if is_from_p:
            self.p.send(message.raw)
            got = self.s.receive(message.kind)
            equal(got.source, self.public, "its source")
            expected = self.outside(message.raw)
            port = re.search(rb"(?m)^m=audio (\d+)", got.raw)
            if port:
                expected = re.sub(rb"(?m)^(m=audio )\d+",
                                  rb"\g<1>" + port[1], expected)
                expected = re.sub(rb"(Content-Length: )\d+",
                                  rb"\g<1>%d" % len(got.body), expected)
        else:
            self.s.send(self.outside(message.raw), self.public)
            got = self.p.receive(message.kind)
            expected = message.raw
        equal(without_default(got.raw), without_default(expected),
              "what is told")
        return got

    def outside(self, raw):
        """The same with the public address in place of P's: with its port
        where SIP is spoken, without it where only the host is named."""
        host, _ = sip.endpoint(self.public)
        raw = re.sub(rb"(UDP |TCP |@)%s(:5060)?" % re.escape(P.encode()),
                     rb"\g<1>" + self.public.encode(), raw)
        return raw.replace(self.p.address.encode(), host.encode())

    def talk(self, scene, from_p, from_s):
        """Both parties send audio to where SDP has told them to."""
        ears = [scene.ear(agent.ns, message.media[0][1])
                for agent, (message, _) in ((self.p, from_p),
                                            (self.s, from_s))]
        meet(*ears, from_p[1], from_s[1])
        talk(*ears, packets=1)
        for ear in ears:
            ear.sock.close()
