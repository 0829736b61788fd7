#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The picture and the tables of Documentation/performance.rst say what the
# committed figures say: all three are of one run.

top=$(realpath "$(dirname "$0")/../..")
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
cd "$top" || exit

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r Documentation/performance Documentation/performance.rst "$work" ||
	ktap_bail "no committed figures: make bench"

agree()
{
	python3 selftests/perf/plot.py --check "$work/performance/table.json"
}

# Changes one file of the copy, sees the disagreement, and takes it back.
notices()	# FILE SED-SCRIPT
{
	local status=0

	sed -i.kept "$2" "$work/$1"
	if ! cmp -s "$work/$1" "$work/$1.kept"; then
		! agree || status=1
	else
		echo "nothing to change in $1"
		status=1
	fi
	mv "$work/$1.kept" "$work/$1"
	return "$status"
}

ktap_plan 5
ktap_test "figures, picture and page agree" agree
ktap_test "a figure that changed is noticed" \
	notices performance/table.json 's/"cost": [0-9]/"cost": 99&/;s/99"cost": /9/'
ktap_test "a picture that changed is noticed" \
	notices performance/cost.svg 's/<rect x=/<rect  x=/'
ktap_test "a table that changed is noticed" \
	notices performance.rst '/^sipfast, ingress hook  /s/  [0-9]/  9/'
ktap_test "they still agree when all is put back" agree
ktap_end
