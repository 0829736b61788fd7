#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Succeeds where tests need no virtual machine: as root, on a kernel that
# takes modules, and has taken $SIPFAST_KO (kmod/sipfast.ko unless told).

ko=${SIPFAST_KO:-$(dirname "$0")/../../kmod/sipfast.ko}

[ "$(id -u)" -eq 0 ] || exit 1
[ -e /proc/modules ] || exit 1
[ -d /sys/module/sipfast ] && exit 0
insmod "$ko" 2>/dev/null || exit 1
rmmod sipfast
