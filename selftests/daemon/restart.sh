#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The tests of calls once more, with a daemon that is killed after every message
# (call_fixture.h): whatever a call has come to, the next daemon goes on with it.
# Those are left out in which the kernel refuses something, for at its start a
# daemon asks again.

here=$(realpath "$(dirname "$0")")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
build=${SIPFAST_BUILD:-$here/../../build}/selftests/daemon

tests="flow fork life policy random sdp"

# shellcheck disable=SC2086 # a list of tests
set -- $tests
ktap_plan $#
for test; do
	program=$build/call_${test}_test
	if [ -x "$program" ]; then
		ktap_test "call_${test}_test, killed after every message" \
			env RESTART=always "$program"
	else
		ktap_skip "call_${test}_test" "it is not built"
	fi
done
ktap_end
