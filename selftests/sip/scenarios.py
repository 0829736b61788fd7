#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 600
"""Plays the scenarios, one after the other, through one gateway.

A case each, named after its file. SIPFAST_SCENARIOS names those that are to be
played ("A03 C"), SIPFAST_GATEWAY what they go through: sipfast, masquerade or
nf_nat_sip; SIPFAST_FAMILY says by which IP, 4 or 6, SIPFAST_TRANSPORT how SIP
travels, by UDP or TCP. What only sipfast can be asked is played with sipfast only.

Copyright (C) 2026 The sipfast authors
"""

import glob
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "../net/lib")]

import gateway  # noqa: E402
import place  # noqa: E402
import tap  # noqa: E402
from scene import Scenario, Scene  # noqa: E402


def scenarios():
    wanted = tuple(os.environ.get("SIPFAST_SCENARIOS", "").split())
    for path in sorted(glob.glob(os.path.join(HERE, "[A-F][0-9][0-9]-*.py"))):
        if not wanted or os.path.basename(path).startswith(wanted):
            scenario = Scenario(path)
            if place.FAMILY in scenario.families and (
                    scenario.by_tcp or place.TRANSPORT == "UDP") and (
                        not scenario.own or gateway.chosen() == "sipfast"):
                yield scenario


for scenario in scenarios():
    tap.case("sip/" + scenario.name)(scenario.play)
if gateway.chosen() == "sipfast":
    tap.case("tshark finds nothing malformed in all that")(
        lambda scene: scene.witness.sound())
tap.run(Scene())
