# SPDX-License-Identifier: GPL-2.0-or-later
"""As much of rtpengine's ng protocol as makes calls: a cookie and a bencoded
dictionary each way, over UDP.

Copyright (C) 2026 The sipfast authors
"""

import re
import socket

SDP = """v=0\r
o=- 1 1 IN IP4 {address}\r
s=-\r
c=IN IP4 {address}\r
t=0 0\r
m=audio {port} RTP/AVP 0\r
a=rtpmap:0 PCMU/8000\r
"""


def encode(value):
    if isinstance(value, dict):
        return b"d%be" % b"".join(encode(key) + encode(value[key])
                                  for key in sorted(value))
    if isinstance(value, list):
        return b"l%be" % b"".join(map(encode, value))
    if isinstance(value, int):
        return b"i%de" % value
    return b"%d:%b" % (len(value.encode()), value.encode())


def decode(data, at=0):
    """The value that begins at a place, and the place behind it."""
    if data[at:at + 1] == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1:end]), end + 1
    if data[at:at + 1] in (b"l", b"d"):
        items, is_list = [], data[at:at + 1] == b"l"
        at += 1
        while data[at:at + 1] != b"e":
            item, at = decode(data, at)
            items.append(item)
        if not is_list:
            items = dict(zip(items[::2], items[1::2]))
        return items, at + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    return data[colon + 1:end].decode(), end


class Client:
    """Asks one daemon, a question at a time."""

    TRIES = 100

    def __init__(self, where):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(where)
        self.socket.settimeout(1)
        self.cookie = 0

    def close(self):
        self.socket.close()

    def ask(self, **question):
        """The daemon knows a question that is asked again by its cookie."""
        self.cookie += 1
        cookie = b"%d " % self.cookie
        for _ in range(self.TRIES):
            self.socket.send(cookie + encode(question))
            try:
                answer = self.socket.recv(65536)
                while not answer.startswith(cookie):
                    answer = self.socket.recv(65536)
            except TimeoutError:
                continue
            return decode(answer[len(cookie):])[0]
        raise TimeoutError("no answer to %s" % question["command"])

    def ping(self):
        try:
            return self.ask(command="ping").get("result") == "pong"
        except OSError:
            return False

    def call(self, call_id, caller, callee):
        """Offer and answer; the ports it chose on the caller's side and on
        the callee's. Who calls is on interface "in", the other on "out"."""
        common = {"call-id": call_id, "from-tag": "a", "ICE": "remove",
                  "replace": ["origin", "session-connection"]}
        offer = self.ask(command="offer", sdp=sdp(caller),
                         direction=["in", "out"], **common)
        answer = self.ask(command="answer", sdp=sdp(callee), **common,
                          **{"to-tag": "b"})
        return port_of(answer), port_of(offer)


def sdp(endpoint):
    return SDP.format(address=endpoint[0], port=endpoint[1])


def port_of(answer):
    if answer.get("result") != "ok":
        raise RuntimeError("rtpengine: %s" % answer.get("error-reason"))
    return int(re.search(r"^m=audio (\d+) ", answer["sdp"],
                         re.MULTILINE).group(1))
