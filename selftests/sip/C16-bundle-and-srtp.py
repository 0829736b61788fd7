# SPDX-License-Identifier: GPL-2.0-or-later
"""Encrypted media, and several streams on one port, pass end to end.

given	an offer with BUNDLE and DTLS-SRTP, and one with SDES keys
when	keys, fingerprints and setup pass, and then STUN, DTLS and SRTP
then	no byte of them is different, and two m-lines with one port still have
	one port

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet
from router import STUN, rtp
from sip import sdp
from tap import equal

DTLS = b"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x04hi\r\n"
FINGERPRINT = ("a=fingerprint:sha-256 " + ":".join(["4A"] * 32),
               "a=setup:actpass", "a=rtcp-mux")
CRYPTO = ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
          "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4",)

ODD = True  # a DTLS record that is none


def bundle(address, port):
    return sdp(address, ("m=audio %d UDP/TLS/RTP/SAVPF 8" % port, "a=mid:a",
                         *FINGERPRINT),
               ("m=video %d UDP/TLS/RTP/SAVPF 96" % port, "a=mid:v",
                *FINGERPRINT), session=("a=group:BUNDLE a v",))


def sdes(address, port):
    return sdp(address, ("m=audio %d RTP/SAVP 8" % port, *CRYPTO))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    srtp = [rtp(n)[:12] + bytes((n * 37 + i) & 255 for i in range(90))
            for n in range(3)]
    for n, description in enumerate((bundle, sdes)):
        here, there = scene.ear("p", 40000 + n * 2), scene.ear("s",
                                                               6000 + n * 2)
        call = Call(p, s)
        offer, answer = call.set_up(description(*here.at),
                                    description(*there.at))
        equal(len(set(offer.media)), 1, "public ports")
        meet(here, there, offer, answer)
        packets = srtp + [STUN, DTLS] * (description is bundle)
        for packet in packets:
            there.hear(here.say(packet), there.peer)
            here.hear(there.say(packet), here.peer)
        call.end()
