#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 600
"""Plays the scenarios with SIP by TCP, as scenarios.py does.

Copyright (C) 2026 The sipfast authors
"""

import os
import runpy

os.environ["SIPFAST_TRANSPORT"] = "TCP"
runpy.run_path(os.path.join(os.path.dirname(os.path.realpath(__file__)),
                            "scenarios.py"), run_name="__main__")
