#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The runner counts right, and takes nothing for a pass that is none.

here=$(dirname "$0")
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Runs a test made of the lines given; sets $totals and $status.
run()	# LINE...
{
	printf '%s\n' '#!/bin/sh' '# Timeout: 2' "$@" >"$dir/a_test"
	chmod +x "$dir/a_test"
	"$here/../run" --log "$dir/log" "$dir/a_test" >"$dir/out" 2>&1
	status=$?
	totals="$(tail -n 1 "$dir/out"); $status"
}

# The verdict on a test that prints and does these things.
verdict()	# NAME EXPECTED LINE...
{
	local name=$1 expected=$2

	shift 2
	run "$@"
	[ "$totals" = "$expected" ] || sed 's/^/# /' "$dir/out"
	ktap_equal "$name" "$expected" "$totals"
}

ktap_plan 16
unset CI
verdict "a plan kept is a pass" "2 passed, 0 failed, 0 skipped; 0" \
	'echo 1..2' 'echo ok 1 - one' 'echo ok 2 two'
verdict "a failed case" "1 passed, 1 failed, 0 skipped; 1" \
	'echo 1..2' 'echo ok 1 one' 'echo not ok 2 two' 'exit 1'
verdict "a skipped case" "1 passed, 0 failed, 1 skipped; 0" \
	'echo 1..2' 'echo ok 1 one' 'echo "ok 2 two # SKIP no such thing"'
verdict "a skipped test" "0 passed, 0 failed, 1 skipped; 0" \
	'echo "1..0 # SKIP no such thing"' 'exit 4'
verdict "two plans, as cmocka prints them" "2 passed, 0 failed, 0 skipped; 0" \
	'echo 1..1' 'echo ok 1 - one' 'echo 1..1' 'echo ok 1 - two'
verdict "a test without cases" "1 passed, 0 failed, 0 skipped; 0" 'true'
verdict "its failure" "0 passed, 1 failed, 0 skipped; 1" 'exit 3'
verdict "dies before its plan is done" "1 passed, 1 failed, 0 skipped; 1" \
	'echo 1..2' 'echo ok 1 one' 'exit 0'
verdict "has cases and no plan" "1 passed, 1 failed, 0 skipped; 1" \
	'echo ok 1 one'
verdict "all cases passed, but the exit status is not 0" \
	"1 passed, 1 failed, 0 skipped; 1" 'echo 1..1' 'echo ok 1 one' 'exit 1'
verdict "bails out" "0 passed, 1 failed, 0 skipped; 1" \
	'echo 1..2' 'echo "Bail out! no network"' 'exit 1'
verdict "is killed" "0 passed, 1 failed, 0 skipped; 1" 'kill -SEGV $$'
verdict "hangs" "0 passed, 1 failed, 0 skipped; 1" \
	'echo 1..1' 'exec tail -f /dev/null'

run 'echo 1..1' 'echo "# the reason"' 'echo not ok 1 one' 'exit 1'
ktap_test "the diagnostics of a failure are shown" \
	grep -q "the reason" "$dir/out"

export CI=true
verdict "in CI a skip is a failure" "0 passed, 0 failed, 1 skipped; 1" \
	'echo 1..1' 'echo "ok 1 one # SKIP no such thing"'
verdict "unless hardware is missing" "0 passed, 0 failed, 1 skipped; 0" \
	'echo 1..1' 'echo "ok 1 one # SKIP hardware: no network card"'
ktap_end
