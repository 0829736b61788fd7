# SPDX-License-Identifier: GPL-2.0-or-later
"""Two phones that offer the same media port have two calls.

given	P and Q, which both use port 40000 for their audio, as most of a kind do
when	both call S
then	there are two public ports, and each hears its own call

Copyright (C) 2026 The sipfast authors
"""

from agent import talk


def scenario(scene):
    p, q, s = scene.phone("p"), scene.phone("q"), scene.host("s")
    one, p_ear, s_ear = scene.call(p, s, 40000, 6000)
    other, q_ear, t_ear = scene.call(q, s, 40000, 6002)
    assert s_ear.peer != t_ear.peer, s_ear.peer
    for _ in range(2):
        talk(p_ear, s_ear)
        talk(q_ear, t_ear)
    one.end()
    other.end(by=s)
