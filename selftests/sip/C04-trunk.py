# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls of one trunk share addresses and ports, and nothing else.

given	an office whose calls all go from one SIP port to one server
when	three of them are up, and one ends
then	the other two still have their audio

Copyright (C) 2026 The sipfast authors
"""

from agent import talk


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    calls = [scene.call(p, s, 40000 + 2 * n, 6000 + 2 * n) for n in range(3)]
    for _, here, there in calls:
        talk(there, here)
    calls[1][0].end()
    for _, here, there in calls[::2]:
        talk(there, here)
    calls[0][0].end(by=s)
    talk(*calls[2][:0:-1])
    calls[2][0].end()
