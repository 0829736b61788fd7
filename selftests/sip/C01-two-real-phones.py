# SPDX-License-Identifier: GPL-2.0-or-later
"""Two real phones talk, and the WAN sees nothing of the LAN.

given	a baresip at P, one at T, and a Kamailio at which they register
when	the one at P calls the other
then	RTP flows both ways for a second and more, from and to one port of the
	gateway each, and the call ends in order; Kamailio notices no NAT

Copyright (C) 2026 The sipfast authors
"""

from tap import equal, wait_for

ENOUGH = 50  # packets of 20 ms


def scenario(scene):
    provider = scene.provider()
    bob = scene.baresip("t", "c01bob")
    alice = scene.baresip("p", "c01alice")
    alice.dial("c01bob")
    for outgoing in (False, True):
        wait_for(lambda: len(audio(scene, outgoing)) > ENOUGH, 20)
        ports = {packet.ports[outgoing] for packet in audio(scene, outgoing)}
        equal(len(ports), 1, "ports of the gateway")
    scene.opened.remove(alice)
    alice.close()
    wait_for(lambda: bob.said("terminated"))
    equal([line for line in provider.nat_seen() if "c01alice" in line], [],
          "the provider's log")


def audio(scene, outgoing):
    """RTP on the WAN, to the gateway or from it."""
    wan, _ = scene.witness.look()
    return [packet for packet in wan if packet.outgoing == outgoing and
            len(packet.payload) == 172 and
            packet.target == scene.ADDRESS["wan" if outgoing else "t"]]
