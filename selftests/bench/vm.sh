#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
# Timeout: 900
#
# The virtual machine can be trusted: it says what its command said, and does
# not take a kernel that complained, crashed or hung for a success.

here=$(dirname "$0")
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
run=$here/../vm/run.sh

boot()	# OPTION... -- COMMAND...; sets $status and $out
{
	out=$("$run" "$@" 2>&1)
	status=$?
}

said()	# TEXT
{
	printf '%s\n' "$out"
	grep -qF -- "$1" <<<"$out"
}

[ -z "${SIPFAST_VM:-}" ] || ktap_skip_all "hardware: no machine in the machine"
ktap_plan 9

# shellcheck disable=SC2016 # for the shell in there
boot --timeout 180 -- bash -c '
	echo hello from $(id -u) on $(uname -n) in $PWD, slow: $KSFT_MACHINE_SLOW
	modprobe nft_tproxy && nft list ruleset && echo nft works
	exit 7'
ktap_equal "the status is the command's" 7 "$status"
ktap_test "so is the output" \
	said "hello from 0 on sipfast-vm in $PWD, slow: yes"
ktap_test "modules of the stock kernel are loaded" said "nft works"

boot --timeout 180 -- sh -c '
	echo "sipfast-test: the culprit" >/dev/kmsg
	echo "WARNING: CPU: 0 PID: 1 at a test of the bench" >/dev/kmsg'
ktap_equal "a kernel warning is a failure" 1 "$status"
ktap_test "it is shown" said "at a test of the bench"
ktap_test "with the test that was running" said "sipfast-test: the culprit"

boot --timeout 180 -- sh -c 'echo c >/proc/sysrq-trigger'
ktap_equal "a crash is no success" 125 "$status"
ktap_test "it is shown" said "Kernel panic"

boot --timeout 3 -- true
ktap_equal "a machine that takes too long is ended" 124 "$status"
ktap_end
