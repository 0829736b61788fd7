# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of sf_bench.ko: see kmod/main.c.

Copyright (C) 2026 The sipfast authors
"""

import re

import plan

DIRECTORY = "/sys/kernel/debug/sf_bench/"
TIMES = 3  # each cell is timed
BURST = 32  # rtpengine reads no more than 50 from a socket at a time


class Wrong(Exception):
    """Packets were lost, or did not arrive as they should."""

    def __init__(self, line, found):
        super().__init__(line)
        self.found = found


class Generator:
    """Sends at both ends of a network and counts what arrives there."""

    def __init__(self, network):
        self.network = network
        self.n_streams = 0
        for n, (end, device) in enumerate((("phone", "lan"), ("peer", "wan"))):
            with network.within(end):
                write("end%d" % n, "eth0 " + network.mac[device])

    def wire(self, on):
        with self.network.within("gw"):
            write("wire", "lan wan" if on else "off")

    def streams(self, records):
        with open(DIRECTORY + "streams", "wb", buffering=0) as file:
            if file.write(records) != len(records):
                raise OSError("streams")
        self.n_streams = len(records) // plan.RECORD_LEN

    def forget(self):
        """Gives the memory of the streams back."""
        with open(DIRECTORY + "streams", "wb"):
            self.n_streams = 0

    def run(self, case, count, verify=False, burst=BURST):
        """Sends count packets; returns what the module says of them."""
        write("run", "%d %d %d %d" % (count, case.payload, burst, verify))
        with open(DIRECTORY + "run") as file:
            line = file.read().strip()
        found = {name: int(value) for name, value
                 in re.findall(r"(\w+)=(\d+)", line)}
        if found["received"] != found["sent"] or found["sent"] != count \
                or found["bad"]:
            raise Wrong(line, found)
        return found

    def verify(self, case, rounds=2):
        """Some packets of each stream, each of them looked at."""
        self.run(case, rounds * self.n_streams, verify=True)

    def per_packet(self, case, count):
        """Instructions per packet, from the generator to the sink. What was
        set up just before may still have works to run: the quietest counts."""
        return min(self.run(case, count)["ns"] for _ in range(TIMES)) / count


def write(name, text):
    with open(DIRECTORY + name, "w") as file:
        file.write(text)
