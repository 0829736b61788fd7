# SPDX-License-Identifier: GPL-2.0-or-later
"""What a device of the gateway has received, as tcpdump and tshark tell it.

The capture and the module see a packet at the same place: taps come right
before the ingress hook, and a packet gets its timestamp there, too, once
netdev_tstamp_prequeue is off.

Copyright (C) 2026 The sipfast authors
"""

import collections
import contextlib
import os
import re
import signal
import subprocess
import tempfile

import tap

SNAPLEN = 64        # the headers, of packets that are all longer
PREQUEUE = "/proc/sys/net/core/netdev_tstamp_prequeue"
FIELDS = ("frame.time_epoch", "udp.dstport", "udp.length", "rtp.ssrc",
          "rtp.seq", "rtp.timestamp", "rtp.p_type", "rtp.marker")
STREAM = re.compile(
    r"\s*[\d.]+\s+[\d.]+\s+\S+\s+\d+\s+\S+\s+(?P<port>\d+)\s+"
    r"0x(?P<ssrc>[0-9A-Fa-f]+)\s+.*?\s+(?P<packets>\d+)\s+"
    r"(?P<lost>-?\d+) \(-?[\d.]+%\)\s+[\d.]+\s+[\d.]+\s+[\d.]+\s+"
    r"(?P<min>-?[\d.]+)\s+(?P<mean>-?[\d.]+)\s+(?P<max>-?[\d.]+)")

Packet = collections.namedtuple(
    "Packet", "time port size ssrc sequence timestamp payload_type marker")
Stream = collections.namedtuple("Stream", "packets lost mean_ms max_ms")


@contextlib.contextmanager
def timestamps_at_reception():
    with open(PREQUEUE, encoding="ascii") as file:
        before = file.read()
    write(PREQUEUE, "0")
    try:
        yield
    finally:
        write(PREQUEUE, before)


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


class Capture:
    """Incoming UDP on a device of the gateway, from here on."""

    def __init__(self, router, device, ports):
        self.ports = ports
        self.path = tempfile.mktemp(suffix=".pcap")
        self.log = open(self.path + ".log", "w+", encoding="utf-8")
        self.tcpdump = subprocess.Popen(
            ["ip", "netns", "exec", router.ns["gw"], "tcpdump", "-q", "-n",
             "-s", str(SNAPLEN), "-B", "16384", "-U", "-Q", "in",
             "-i", device, "--time-stamp-precision", "nano", "-w", self.path,
             "udp dst portrange %d-%d" % (min(ports), max(ports))],
            stderr=self.log)
        tap.wait_for(lambda: "listening on" in self.said())

    def said(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def stop(self, n_packets):
        """Ends it when so many have been written down."""
        size = 24 + n_packets * (16 + SNAPLEN)
        tap.wait_for(lambda: os.path.getsize(self.path) >= size)
        self.tcpdump.send_signal(signal.SIGINT)
        self.tcpdump.wait(tap.bound(10))
        assert re.search(r"\b0 packets dropped", self.said()), self.said()

    def remove(self):
        self.log.close()
        os.remove(self.log.name)
        os.remove(self.path)

    def tshark(self):
        """What it says of each packet, then of each stream: it starts slowly,
        and is asked but once."""
        decode = [word for port in self.ports
                  for word in ("-d", "udp.port==%d,rtp" % port)]
        fields = [word for name in FIELDS for word in ("-e", name)]
        return subprocess.run(
            ["tshark", "-n", "-r", self.path] + decode +
            ["-T", "fields"] + fields + ["-z", "rtp,streams"],
            check=True, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout

    def dissect(self):
        """{port: [Packet, ...]} in order of arrival, and
        {(port, ssrc): Stream}, tshark's RTP analysis."""
        packets, streams = {port: [] for port in self.ports}, {}
        for line in self.tshark().splitlines():
            stream = STREAM.match(line)
            if line.count("\t") == len(FIELDS) - 1:
                time, port, size, *rtp = line.split("\t")
                packet = Packet(float(time), int(port), int(size) - 8,
                                *(int(value, 0) for value in rtp))
                packets[packet.port].append(packet)
            elif stream:
                key = int(stream["port"]), int(stream["ssrc"], 16)
                streams[key] = Stream(
                    int(stream["packets"]), int(stream["lost"]),
                    float(stream["mean"]), float(stream["max"]))
        return packets, streams
