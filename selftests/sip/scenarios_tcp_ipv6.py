#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 600
"""Plays the scenarios with SIP by TCP over IPv6, as scenarios.py does.

Copyright (C) 2026 The sipfast authors
"""

import os
import runpy

os.environ.update(SIPFAST_TRANSPORT="TCP", SIPFAST_FAMILY="6")
runpy.run_path(os.path.join(os.path.dirname(os.path.realpath(__file__)),
                            "scenarios.py"), run_name="__main__")
