# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon that is replaced leaves its calls with the kernel, where so it is told.

given	a call, and keep-calls
when	the daemon is ended as it should be, and later another one begins
then	there is audio both ways before, in between and after; and BYE works. With
	keep-calls no more, the end of the daemon is that of the media

Copyright (C) 2026 The sipfast authors
"""

from agent import register, talk
from tap import equal

CONFIG = "keep-calls = true"


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    gateway = scene.gateway
    register(p, s)
    call, here, there = scene.call(p, s)
    talk(here, there)
    gateway.stop()
    equal(sessions(gateway), 1, "sessions in between")
    talk(here, there)
    gateway.start(CONFIG)
    equal([one["state"] for one in gateway.ask("call-list")], ["up"])
    talk(here, there)
    call.end(by=s)

    gateway.stop()
    gateway.start("")
    scene.call(p, s, 40010, 6010)
    equal(sessions(gateway), 1, "sessions")
    gateway.stop()
    equal(sessions(gateway), 0, "sessions at the end")
    gateway.start("")


def sessions(gateway):
    return gateway.module.do("stats-get")["sessions"]
