# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that relay, as rows of the table: see rows.py.

Time stands still while a program is scheduled and leaps when all of them
wait, so nothing here counts seconds: a program is asked until it answers, and
packets are sent until all of them arrive.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import functools
import glob
import ipaddress
import os
import re
import resource
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../peers"))
from generator import Wrong  # noqa: E402
import ng  # noqa: E402
import plan  # noqa: E402
from network import run  # noqa: E402
from rows import Missing, Row  # noqa: E402

MAX_FILES = 1048576
TRIES = 100000  # for a program to answer
UDP_MEM = "/proc/sys/net/ipv4/udp_mem"
ROUNDS = 20  # for all packets to arrive
NG_PORT = 2223


class Program(Row):
    """A process in the gateway."""

    way = "relay"
    may_lose = True
    process = None

    def start(self, bench, *command, **options):
        resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_FILES, MAX_FILES))
        with bench.network.within("gw"):
            self.process = subprocess.Popen(command, text=True, **options)

    def tear_down(self, bench, case):
        self.process.terminate()
        self.process.wait()

    def warm_up(self, bench, case, directions=1):
        """What a program does for the first packets of a stream is not what
        it does for the others, and it may be late."""
        case = plan.Case(case.streams, 172, case.family, directions)
        bench.generator.streams(self.records(case))
        for _ in range(ROUNDS):
            try:
                bench.generator.run(case, 4 * bench.generator.n_streams)
                return
            except Wrong as wrong:
                last = wrong
                time.sleep(1)
        raise Missing(str(last))


class UserSpace(Program):
    """peers/relay.c, the least a program can do."""

    def __init__(self, name, title, mode):
        super().__init__(name, title)
        self.mode = mode

    def set_up(self, bench, case):
        allow_sockets()
        path = os.path.join(os.environ["SIPFAST_PERF"], "relay")
        self.start(bench, path, self.mode, stdin=subprocess.PIPE,
                   stdout=subprocess.PIPE)
        try:
            self.process.stdin.write(stream_lines(case))
            self.process.stdin.close()
            if self.process.stdout.readline() != "ready\n":
                raise Missing("relay did not start")
            self.warm_up(bench, case)
        except Exception:
            self.tear_down(bench, case)
            raise


def allow_sockets():
    """A socket that has once received is charged a page from then on. The
    kernel's own limit for all of them is an eighth of the memory: too few for
    200,000, though they need far less."""
    with open(UDP_MEM, "w") as file:
        file.write("%d %d %d" % ((MAX_FILES,) * 3))


def stream_lines(case):
    sides = [plan.endpoints(case, place)
             for place in ("lan", "phone", "wan", "peer")]
    return "".join(" ".join("%s %d" % text_of(case, *end) for end in ends)
                   + "\n" for ends in zip(*sides))


def text_of(case, packed, port):
    length = 4 if case.family == "4" else 16
    return readable(packed[:length]), int.from_bytes(port, "big")


@functools.lru_cache
def readable(packed):
    """There are few addresses, and many streams."""
    return str(ipaddress.ip_address(packed))


# --- rtpengine --------------------------------------------------------------

class Rtpengine(Program):
    """The daemon of the distribution, with or without its kernel module.

    It takes the endpoints of an offer and an answer for what they are, as
    sipfast does here, and learns none.
    """

    streams = (1, 1000)  # it leaves gaps between the ports it hands out

    def __init__(self, name, title, kernel):
        super().__init__(name, title)
        self.kernel = kernel
        self.root = None
        self.ports = {}

    def records(self, case):
        return plan.records(case, self.way, ports=self.ports)

    def set_up(self, bench, case):
        where = os.environ.get("SIPFAST_RTPENGINE")
        if not where:
            raise Missing("no rtpengine, see peers/fetch.sh")
        self.root = os.path.join(where, "root")
        if self.kernel:
            self.insert(bench, where)
        self.start(bench, *self.environment(),
                   self.root + "/usr/bin/rtpengine", *self.options(case),
                   stdin=subprocess.DEVNULL)
        try:
            self.make_calls(bench, case)
            self.warm_up(bench, case, directions=2)
            if self.kernel:
                self.await_targets(bench, case)
        except Exception:
            self.tear_down(bench, case)
            raise

    def environment(self):
        """It is not installed, and brings its libraries along."""
        libraries = [path for pattern in
                     ("/usr/lib/*-linux-gnu*", "/lib/*-linux-gnu*")
                     for path in glob.glob(self.root + pattern)]
        return ["env", "LD_LIBRARY_PATH=" + ":".join(libraries),
                "XTABLES_LIBDIR=" + glob.glob(
                    self.root + "/usr/lib/*-linux-gnu*/xtables")[0]]

    def options(self, case):
        """Nothing times out: time leaps when the machine idles."""
        return ["--config-file=none", "--foreground", "--log-stderr",
                "--log-level=3", "--table=%d" % (0 if self.kernel else -1),
                "--num-threads=1",
                "--interface=in/%s" % case.address("lan"),
                "--interface=out/%s" % case.address("wan"),
                "--listen-ng=127.0.0.1:%d" % NG_PORT,
                "--port-min=20000", "--port-max=64000",
                "--endpoint-learning=off", "--timeout=86400",
                "--silent-timeout=86400", "--offer-timeout=86400",
                *(["--no-fallback"] if self.kernel else [])]

    def insert(self, bench, where):
        """Its module, and the rule that hands it packets of INPUT."""
        module = os.path.join(where, os.uname().release, "xt_RTPENGINE.ko")
        for name in run("modinfo", "-F", "depends", module).split(","):
            if name.strip():
                run("modprobe", name.strip())
        run("insmod", module)
        self.iptables(bench, "-I", "INPUT", "-p", "udp", "-j", "RTPENGINE",
                      "--id", "0")

    def iptables(self, bench, *words):
        bench.network.do("gw", *self.environment(),
                         self.root + "/usr/sbin/xtables-nft-multi",
                         "iptables", *words)

    def make_calls(self, bench, case):
        with bench.network.within("gw"):
            client = ng.Client(("127.0.0.1", NG_PORT))
        self.ask_until_ready(client)
        self.ports = {"lan": [], "wan": []}
        for i, (phone, peer) in enumerate(zip(plan.endpoints(case, "phone"),
                                              plan.endpoints(case, "peer"))):
            lan, wan = client.call("bench-%d" % i, text_of(case, *phone),
                                   text_of(case, *peer))
            self.ports["lan"].append(lan)
            self.ports["wan"].append(wan)
        client.close()

    def ask_until_ready(self, client):
        for _ in range(TRIES):
            if client.ping():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise Missing("rtpengine did not start")

    def await_targets(self, bench, case):
        """It moves streams into the kernel one by one, in its own time."""
        wanted = 2 * case.streams
        for _ in range(ROUNDS):
            with open("/proc/rtpengine/0/list") as file:
                found = len(re.findall(r"^local ", file.read(), re.MULTILINE))
            if found >= wanted:
                return
            time.sleep(1)
            self.warm_up(bench, case, directions=2)
        raise Missing("%d of %d streams are in the kernel" % (found, wanted))

    def tear_down(self, bench, case):
        super().tear_down(bench, case)
        if self.kernel:
            # the table goes, too: its chain is one that others would cross
            bench.network.nft("delete table ip filter")
            with contextlib.suppress(OSError), \
                    open("/proc/rtpengine/control", "w") as file:
                file.write("del 0\n")
            run("rmmod", "xt_RTPENGINE")


ROWS = [
    Rtpengine("rtpengine-kernel", "rtpengine, kernel module", kernel=True),
    UserSpace("user-single", "user space, recvfrom and sendto", "single"),
    UserSpace("user-many", "user space, recvmmsg and sendmmsg", "many"),
    Rtpengine("rtpengine-user", "rtpengine, user space", kernel=False),
]
