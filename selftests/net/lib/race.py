# SPDX-License-Identifier: GPL-2.0-or-later
"""Contenders: processes that do things to the same gateway at the same time.

Each is a process of its own, for Python's threads take turns. How often one
does its thing is a number, not a time; a witness goes on until the others are
done. What one has counted comes back when it is joined. A case that breaks
leaves none behind.

Copyright (C) 2026 The sipfast authors
"""

import ctypes
import errno
import functools
import json
import os
import select
import signal
import traceback

from genl import Rejected, Sipfast
from router import rtp
import tap

PATIENCE_S = 60
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)
running = []


def case(name):
    """As in tap.py, and ends the contenders that a failure has left."""
    def add(function):
        @functools.wraps(function)
        def alone(*args):
            try:
                function(*args)
            finally:
                while running:
                    running[-1].end()
        return tap.case(name)(alone)
    return add


class Contender:
    """A process that runs work(self) and brings back what that returns."""

    def __init__(self, work, *args):
        self.reader, writer = os.pipe()
        self.stopper, self.stop_writer = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(writer)
            running.append(self)
            return
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        status = 1
        try:
            answer = json.dumps(work(self, *args))
            os.write(writer, answer.encode())
            status = 0
        except BaseException:  # whatever it was, the parent is told
            os.write(writer, traceback.format_exc().encode())
        finally:
            os._exit(status)

    def is_over(self, within=0):
        """In the process: is it told to stop, within so many seconds?"""
        return bool(select.select([self.stopper], [], [], within)[0])

    def stop(self):
        os.write(self.stop_writer, b"!")
        return self.join()

    def join(self):
        text = b""
        while select.select([self.reader], [], [], tap.bound(PATIENCE_S))[0]:
            part = os.read(self.reader, 65536)
            if not part:
                break
            text += part
        else:
            text += b"it did not end in time"
            os.kill(self.pid, signal.SIGKILL)
        status = self.forget()
        assert not status, text.decode()
        return json.loads(text)

    def end(self):
        """Whatever it is doing."""
        os.kill(self.pid, signal.SIGKILL)
        self.forget()

    def forget(self):
        for end in self.reader, self.stopper, self.stop_writer:
            os.close(end)
        running.remove(self)
        return os.waitpid(self.pid, 0)[1]


def traffic(router, streams=4, port=20000):
    """RTP through the streams in both directions, until it is stopped: returns
    how many packets were sent."""
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)

    def work(contender):
        sent = 0
        while not contender.is_over():
            for n in range(32):
                to = port + 2 * (n % streams)
                for sock, name in (phone, "lan"), (peer, "wan"):
                    try:
                        sock.sendto(rtp(sent), (router.ADDRESS[name], to))
                        sent += 1
                    except OSError:
                        pass  # the gateway has let go, and said so
        return sent

    contender = Contender(work)
    phone.close()
    peer.close()
    return contender


def control(router):
    """A netlink socket of one's own."""
    with router.within("gw"):
        return Sipfast()


def attempt(sipfast, op, values, *excused):
    """Does it, or returns None where it was refused for an excused errno."""
    try:
        return sipfast.do(op, values) or {}
    except Rejected as answer:
        if answer.errno not in excused:
            raise
        return None


def end_pinholes(sipfast, mark=""):
    """Those whose cookies begin with it; others may be faster."""
    for pinhole in sipfast.dump("pinhole-get"):
        if pinhole.get("cookie", "").startswith(mark):
            attempt(sipfast, "pinhole-del", {"id": pinhole["id"]},
                    errno.ENOENT)


def cpus_add_up(router):
    """The counters of the CPUs add up, now that no traffic runs."""
    stats = router.stats()
    per_cpu = [router.sipfast.do("stats-get", {"cpu": cpu})
               for cpu in range(os.cpu_count())]
    for name in ("packets", "bytes", "learned"):
        assert sum(cpu[name] for cpu in per_cpu) == stats[name], name
    return stats
