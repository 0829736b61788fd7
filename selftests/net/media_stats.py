#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of received RTP are right to 1 %, by tshark and by RFC 3550.

Streams with all that happens to RTP go through the router at once, while a
capture runs on the device where they come in. tshark's RTP analysis gives
packets and losses of each SSRC, and mean and maximum of the jitter.
lib/reception.py, fed with what tshark has dissected, gives the same, which
shows that it computes the same thing, and beyond it what tshark has no figure
for: reordered, duplicates, and the jitter after any packet.

Where tshark and RFC 3550 differ:
- tshark counts per SSRC, the module per stream: losses are summed up.
- tshark takes a restarted sequence for a loss of all numbers in between.
  RFC 3550 appendix A.1 begins a new count; there only the latter is compared.
- tshark takes a packet from before the wrap that comes after it for another
  turn: its loss is compared but for multiples of 65536.
- tshark knows no clock for a dynamic payload type, and has no jitter then.
- tshark passes over packets with a marker for its maximum, and its mean is not
  one of the others where there are any: it is compared where there are none.
- The module reports whole units of the timestamp, as an RTCP report does, so
  a unit is always allowed.

The jitter is a running value that forgets with each packet a sixteenth. It is
compared at many moments of a stream, each at the packet that the module had
counted just then. Capture and module read the clock one after the other; the
emulator, or an interrupt, may come in between. Then one value is off by a
sixteenth of that time, and the next fifty by less and less. So the typical
moment has to be right to 1 %, and nine in ten to 5 %.
"""

import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from capture import Capture, timestamps_at_reception  # noqa: E402
from race import Contender, case, control  # noqa: E402
from reception import Reception  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import equal, run, wait_for  # noqa: E402

N = 300             # packets of a stream
PTIME = 0.04        # seconds from one to the next, on average
SETTLED = 40        # packets after which a jitter means something
PORT = 20000
CHANCE = random.Random(os.environ.get("SEED", "sipfast"))


class Talk:
    """A stream as its sender means it, and what becomes of it on the way."""

    def __init__(self, payload_type=0, rate=8000, step=None, frame=1):
        self.payload_type, self.rate = payload_type, rate
        step = step or int(rate * PTIME)
        self.packets = [[PTIME * n, 0xff80 + n,
                         0xffffc000 + n // frame * frame * step, 0x5f, False]
                        for n in range(N)]
        self.unlike_tshark = False

    def send_times(self):
        """Late by up to 40 ms each, yet in the order of the list."""
        last = 0
        for packet in self.packets:
            last = max(last, packet[0] + CHANCE.uniform(0, PTIME))
            yield last, self.write(packet)

    def write(self, packet):
        _, sequence, timestamp, ssrc, marker = packet
        return rtp(sequence, timestamp, ssrc,
                   self.payload_type | marker << 7)

    def places(self, share):
        return sorted(CHANCE.sample(range(20, N - 50), int(N * share)))

    def move(self, place, to):
        """Packets change; the times at which one is sent do not."""
        packet = self.packets.pop(place)
        self.packets.insert(to, packet)
        self.keep_times()

    def keep_times(self):
        for time_, packet in zip(sorted(p[0] for p in self.packets),
                                 self.packets):
            packet[0] = time_

    def swap(self):
        for place in self.places(0.05):
            self.move(place, place + 1)

    def delay(self):
        for place in self.places(0.02):
            self.move(place, place + CHANCE.randint(2, 40))

    def repeat(self):
        for place in reversed(self.places(0.05)):
            again = list(self.packets[place])
            later = place + CHANCE.choice((1, 1, 1, 5, 20))
            again[0] = self.packets[later - 1][0] + 0.001
            self.packets.insert(later, again)

    def lose(self):
        gone = set(self.places(0.03))
        for begin in self.places(0.01):
            gone.update(range(begin, begin + 10))
        self.packets = [p for n, p in enumerate(self.packets)
                        if n not in gone]

    def change_ssrc(self):
        for n, packet in enumerate(self.packets):
            which = n * 3 // len(self.packets)
            packet[3] += which
            packet[1] += which * 7777
            packet[2] += which * 123456789

    def restart(self):
        self.unlike_tshark = True
        for packet in self.packets[N // 2:]:
            packet[1] += 20000

    def pause(self):
        for place in self.places(0.02):
            seconds = CHANCE.uniform(0.1, 0.4)
            self.packets[place][4] = True
            for packet in self.packets[place:]:
                packet[0] += seconds
                packet[2] += int(seconds * self.rate)

    def stand(self):
        """The clock of the sender stands while it pauses."""
        for packet in self.packets[N // 2:]:
            packet[0] += 1.5


def with_all(talk, *names):
    for name in names:
        getattr(talk, name)()
    return talk


TALKS = {
    "numbers and timestamps that wrap": Talk(),
    "the next one overtakes": with_all(Talk(), "swap"),
    "late by up to forty": with_all(Talk(), "delay"),
    "duplicates": with_all(Talk(), "repeat"),
    "losses, single and in bursts": with_all(Talk(), "lose"),
    "three SSRCs": with_all(Talk(), "change_ssrc"),
    "a restarted sequence": with_all(Talk(), "restart"),
    "silence, and a marker after it": with_all(Talk(), "pause"),
    "silence in which the timestamps stand": with_all(Talk(), "stand"),
    "90 kHz, frames of three packets": with_all(
        Talk(34, 90000, frame=3), "lose"),
    "48 kHz, a dynamic payload type": with_all(Talk(96, 48000), "swap"),
    "all of it at once": with_all(
        Talk(8), "delay", "repeat", "lose", "pause", "change_ssrc"),
}
PORTS = {PORT + 2 * n: name for n, name in enumerate(TALKS)}
SAMPLES = {name: [] for name in TALKS}
FIGURES = {}
RECEIVED = {}
BY_TSHARK = {}


def figures(sipfast):
    """What the module has to say of each stream by now."""
    for session in sipfast.dump("session-get"):
        stream = session["stream"][0]
        yield PORTS[stream["b"]["local"]["port"]], stream["b"]["stats"]


def watch(contender, sipfast):
    """Who sends has no time for it."""
    samples = []
    while not contender.is_over(within=0.3):
        samples += [(name, stats["rtp-packets"], stats["jitter"])
                    for name, stats in figures(sipfast) if "jitter" in stats]
    return samples


def send_all(router, sock):
    schedule = sorted((when, port, packet)
                      for port, name in PORTS.items()
                      for when, packet in TALKS[name].send_times())
    begin = time.monotonic()
    for when, port, packet in schedule:
        early = begin + when - time.monotonic()
        if early > 0:
            time.sleep(early)
        sock.sendto(packet, (router.ADDRESS["wan"], port))
    return len(schedule)


def run_talks(router):
    phone = router.udp("p", 4000)
    peer = router.udp("s", 6000)
    for port in PORTS:
        router.relay(port=port)
    with timestamps_at_reception():
        capture = Capture(router, "wan0", list(PORTS))
        watcher = Contender(watch, control(router))
        n = send_all(router, peer)
        wait_for(lambda: router.stats()["packets"] == n)
        for name, packets, jitter in watcher.stop():
            SAMPLES[name].append((packets, jitter))
        FIGURES.update(figures(router.sipfast))
        capture.stop(n)
    packets, streams = capture.dissect()
    for port, name in PORTS.items():
        RECEIVED[name] = Reception(packets[port], TALKS[name].rate)
        BY_TSHARK[name] = {ssrc: stream for (to, ssrc), stream
                           in streams.items() if to == port}
    capture.remove()
    phone.close()
    peer.close()


def near(actual, expected, share, slack, what):
    assert abs(actual - expected) <= share * abs(expected) + slack, \
        "%s: %r, not %r" % (what, actual, expected)


@case("twelve streams pass while a capture runs")
def _(router):
    run_talks(router)
    equal(sum(len(r.jitters) for r in RECEIVED.values()),
          router.stats()["packets"])


def compare_counts(name):
    figures, received = FIGURES[name], RECEIVED[name]
    tshark = BY_TSHARK[name].values()
    equal(figures["packets"], sum(s.packets for s in tshark), "packets")
    equal(figures["rtp-packets"], figures["packets"], "RTP packets")
    equal(figures["bytes"], received.n_bytes, "bytes")
    equal(figures["ssrc-changes"], len(tshark) - 1, "SSRC changes, tshark")
    equal(figures["ssrc-changes"], received.ssrc_changes, "SSRC changes")
    equal(figures["reordered"], received.total("reordered"), "reordered")
    equal(figures["duplicates"], received.total("duplicates"), "duplicates")
    equal(figures["lost"], received.lost(), "lost")
    if not TALKS[name].unlike_tshark:
        equal((figures["lost"] - sum(s.lost for s in tshark)) % 0x10000, 0,
              "lost, tshark")


def compare_with_tshark(name):
    """Does lib/reception.py compute what tshark does?"""
    received, streams = RECEIVED[name], BY_TSHARK[name]
    if TALKS[name].unlike_tshark or TALKS[name].payload_type >= 96:
        return
    scale = TALKS[name].rate / 1000
    near(max(received.jitters[n] for n in received.unmarked) / scale,
         max(s.max_ms for s in streams.values()), 0.001, 0.002, "max")
    if len(received.unmarked) < len(received.jitters):
        return
    n = sum(s.packets - 1 for s in streams.values())
    near(sum(received.jitters) / n / scale,
         sum(s.mean_ms * (s.packets - 1) for s in streams.values()) / n,
         0.001, 0.002, "mean")


def compare_jitter(name):
    received = RECEIVED[name]
    settled = SETTLED
    if TALKS[name].payload_type >= 96:
        settled = 170   # the clock has been measured by then, see jitter.h
    pairs = [(jitter, received.jitters[n - 1])
             for n, jitter in SAMPLES[name] if n >= settled and
             received.ages[n - 1] >= SETTLED]
    assert len(pairs) >= 5, "%d samples" % len(pairs)
    errors = sorted(max(0, abs(ours - theirs) - 1) / theirs
                    for ours, theirs in pairs)
    typical, most = statistics.median(errors), errors[len(errors) * 9 // 10]
    print("# jitter: %d samples, typical error %.2f %%, nine in ten %.2f %%" %
          (len(pairs), 100 * typical, 100 * most))
    assert typical <= 0.01 and most <= 0.05, pairs


def add_cases(name):
    @case("%s: counts" % name)
    def _(_router):
        compare_counts(name)

    @case("%s: jitter" % name)
    def _(_router):
        compare_with_tshark(name)
        compare_jitter(name)


for talk_name in TALKS:
    add_cases(talk_name)
run(Router())
