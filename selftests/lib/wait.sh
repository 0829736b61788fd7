# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Copyright (C) 2026 The sipfast authors
#
# Waiting for a condition, never for a time. Each wait has a bound in seconds,
# SIPFAST_PATIENCE times as long where time runs slowly.
#
#	wait_for SECONDS COMMAND...	until the command succeeds
#	wait_while SECONDS COMMAND...	until it fails
#	wait_port NETNS udp|tcp PORT [SECONDS]	until somebody listens

wait_bound_ms()	# SECONDS
{
	echo $(($1 * 1000 * ${SIPFAST_PATIENCE:-1}))
}

wait_now_ms()
{
	local now=${EPOCHREALTIME/[.,]/}

	echo $((now / 1000))
}

wait_for()	# SECONDS COMMAND...
{
	local end

	end=$(($(wait_now_ms) + $(wait_bound_ms "$1")))
	shift
	until "$@"; do
		[ "$(wait_now_ms)" -lt "$end" ] || return 1
		sleep 0.05
	done
}

wait_not()
{
	! "$@"
}

wait_while()	# SECONDS COMMAND...
{
	local seconds=$1

	shift
	wait_for "$seconds" wait_not "$@"
}

wait_listening()	# NETNS udp|tcp PORT
{
	local flags=-Hln

	case $2 in
	udp) flags+=u ;;
	tcp) flags+=t ;;
	esac
	[ -n "$(ip netns exec "$1" ss $flags "sport = :$3")" ]
}

wait_port()	# NETNS udp|tcp PORT [SECONDS]
{
	wait_for "${4:-10}" wait_listening "$1" "$2" "$3"
}
