# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Copyright (C) 2026 The sipfast authors
#
# TAP from shell scripts, as kselftest writes it. A script says how many cases
# it has, reports each, and ends with ktap_end, which exits 0 or 1.
#
#	ktap_plan 3
#	ktap_test "NAME" COMMAND...	passes when the command succeeds
#	ktap_fails "NAME" COMMAND...	passes when it fails, as it should
#	ktap_equal "NAME" EXPECTED ACTUAL
#	ktap_pass "NAME"; ktap_fail "NAME"; ktap_skip "NAME" "REASON"
#	ktap_diag TEXT...		a remark
#	ktap_end
#
#	ktap_skip_all "REASON"		instead of a plan; exits 4
#	ktap_bail "REASON"		set-up failed; exits 1
#
# In CI only a reason that begins with `hardware:' excuses a skip.

KTAP_PLANNED=0
KTAP_DONE=0
KTAP_PASSED=0
KTAP_FAILED=0
KTAP_SKIPPED=0
KTAP_LOG=$(mktemp)

ktap_diag()	# TEXT...
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

ktap_plan()	# N
{
	KTAP_PLANNED=$1
	echo "TAP version 13"
	echo "1..$1"
}

ktap_pass()	# NAME
{
	KTAP_DONE=$((KTAP_DONE + 1))
	KTAP_PASSED=$((KTAP_PASSED + 1))
	echo "ok $KTAP_DONE $1"
}

ktap_fail()	# NAME
{
	KTAP_DONE=$((KTAP_DONE + 1))
	KTAP_FAILED=$((KTAP_FAILED + 1))
	echo "not ok $KTAP_DONE $1"
}

ktap_skip()	# NAME REASON
{
	KTAP_DONE=$((KTAP_DONE + 1))
	KTAP_SKIPPED=$((KTAP_SKIPPED + 1))
	echo "ok $KTAP_DONE $1 # SKIP $2"
}

# The command runs in this shell, so that it may set variables; what it prints
# is shown only when it has not done what it should.
ktap_run()	# WANTED NAME COMMAND...
{
	local wanted=$1 name=$2 status=0

	shift 2
	"$@" >"$KTAP_LOG" 2>&1 || status=$?
	if { [ $status -eq 0 ] && [ "$wanted" = success ]; } ||
	   { [ $status -ne 0 ] && [ "$wanted" = failure ]; }; then
		ktap_pass "$name"
	else
		ktap_diag "$* gave status $status, and said:"
		awk '{ print "# " $0 }' "$KTAP_LOG"
		ktap_fail "$name"
	fi
}

ktap_test()	# NAME COMMAND...
{
	ktap_run success "$@"
}

ktap_fails()	# NAME COMMAND...
{
	ktap_run failure "$@"
}

ktap_equal()	# NAME EXPECTED ACTUAL
{
	if [ "$2" = "$3" ]; then
		ktap_pass "$1"
	else
		ktap_diag "expected: $2"
		ktap_diag "actual:   $3"
		ktap_fail "$1"
	fi
}

ktap_skip_all()	# REASON
{
	echo "TAP version 13"
	echo "1..0 # SKIP $1"
	rm -f "$KTAP_LOG"
	exit 4
}

ktap_bail()	# REASON
{
	echo "Bail out! $1"
	rm -f "$KTAP_LOG"
	exit 1
}

ktap_end()
{
	if [ "$KTAP_DONE" -ne "$KTAP_PLANNED" ]; then
		ktap_diag "planned $KTAP_PLANNED cases, ran $KTAP_DONE"
	fi
	echo "# Totals: pass:$KTAP_PASSED fail:$KTAP_FAILED skip:$KTAP_SKIPPED"
	rm -f "$KTAP_LOG"
	[ "$KTAP_FAILED" -eq 0 ] && [ "$KTAP_DONE" -eq "$KTAP_PLANNED" ]
	exit
}
