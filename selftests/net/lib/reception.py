# SPDX-License-Identifier: GPL-2.0-or-later
"""What RFC 3550 says of a stream that was received, told the long way round.

Here everything is remembered: each sequence number that came, unwrapped, and
each value of the jitter, in floating point. There is no window, no limit and
not a line in common with the module.

Copyright (C) 2026 The sipfast authors
"""

import math

RESTART = 3000      # RFC 3550 appendix A.1, MAX_DROPOUT
MISORDER = 100      # and MAX_MISORDER


class Count:
    """The packets of one SSRC up to a restart of its sequence."""

    def __init__(self, sequence):
        self.highest = self.lowest = sequence
        self.came = {sequence}
        self.received = 1
        self.reordered = self.duplicates = 0

    def unwrap(self, sequence):
        """The number next to the highest one that looks like this."""
        return self.highest + (sequence - self.highest + 0x8000) % 0x10000 \
            - 0x8000

    def belongs(self, number):
        return -MISORDER < number - self.highest < RESTART

    def add(self, number):
        self.received += 1
        if number in self.came:
            self.duplicates += 1
        elif number < self.highest:
            self.reordered += 1
        self.came.add(number)
        self.highest = max(self.highest, number)
        self.lowest = min(self.lowest, number)

    def lost(self):
        return self.highest - self.lowest + 1 - self.received


class Reception:
    """Packets of lib/capture.py, one after another."""

    def __init__(self, packets, rate):
        self.rate = rate
        self.counts = []
        self.ssrc = self.jitter = self.last = self.jump = None
        self.ssrc_changes = self.begun = 0
        self.jitters = []   # after each packet
        self.ages = []      # how many of its SSRC there were by then
        self.unmarked = [n for n, packet in enumerate(packets)
                         if not packet.marker]
        self.n_bytes = sum(packet.size for packet in packets)
        for packet in packets:
            self.add(packet)
            self.jitters.append(self.jitter)
            self.ages.append(len(self.jitters) - self.begun)

    def add(self, packet):
        if packet.ssrc != self.ssrc:
            self.begin(packet)
        elif self.count_it(packet.sequence):
            self.measure(packet)
        elif self.jump is None:     # begun anew
            self.last = packet

    def begin(self, packet):
        if self.counts:
            self.ssrc_changes += 1
        self.ssrc, self.begun = packet.ssrc, len(self.jitters)
        self.counts.append(Count(packet.sequence))
        self.jitter, self.last, self.jump = 0.0, packet, None

    def count_it(self, sequence):
        """False where it is too far off, or the second one in a row."""
        count = self.counts[-1]
        number = count.unwrap(sequence)
        if count.belongs(number):
            count.add(number)
            return True
        if sequence != self.jump:
            self.jump = (sequence + 1) % 0x10000
            return False
        self.counts.append(Count(number - 1))
        self.counts[-1].add(number)
        self.jump = None
        return False

    def measure(self, packet):
        """Appendix A.8, with the time of the capture."""
        ticks = (packet.timestamp - self.last.timestamp + 2**31) % 2**32 \
            - 2**31
        late = (packet.time - self.last.time) * self.rate - ticks
        self.jitter += (math.fabs(late) - self.jitter) / 16
        self.last = packet

    def total(self, what):
        return sum(getattr(count, what) for count in self.counts)

    def lost(self):
        return sum(count.lost() for count in self.counts)
