#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Scripted flows through the gateway, SIPp at both ends: early media, hold and
# resume by re-INVITE, CANCEL, a busy callee, and what is sent outside calls.
# SIPp fails on anything that its scenario does not expect; tshark sees to the
# addresses.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/witness.sh
. "$here/../lib/witness.sh"
sipp=$(realpath "$here/sipp")

# Both ends of a flow; SIPp tells with its status whether its script was kept.
flow()	# NAME [WHILE-IT-RUNS...]
{
	local name=$1 status=0 uas uac

	shift
	cd "$dir" || return
	in_wan t timeout 60 sipp -sf "$sipp/uas_$name.xml" -i "$WAN_T" \
		-mi "$WAN_T" -mp 41000 -m 1 -nostdin -trace_err \
		>"uas_$name.log" 2>&1 &
	uas=$!
	wait_port "$(ns_of t)" udp 5060
	in_phone p timeout 60 sipp -sf "$sipp/uac_$name.xml" -i "$PHONE_P" \
		-mi "$PHONE_P" -mp 40000 -m 1 -s bob -nostdin -trace_err \
		"$WAN_T:5060" >"uac_$name.log" 2>&1 &
	uac=$!
	[ $# -eq 0 ] || "$@" || status=1
	wait "$uac" || { echo "the phone's end gave up"; status=1; }
	wait "$uas" || { echo "the provider's end gave up"; status=1; }
	[ "$status" -eq 0 ] || cat ./*_"$name"*_errors.log
	return "$status"
}

sessions()
{
	in_gw "$SIPFASTCTL" -j session list | jq length
}

session_count_is()	# NUMBER
{
	[ "$(sessions)" -eq "$1" ]
}

calls()
{
	in_gw "$SIPFASTCTL" --socket "$SIPFAST_SOCKET" -j call list
}

# While the call is held it is the same session with the same public port.
held()
{
	local before

	wait_for 20 session_count_is 1 || return
	before=$(gateway_rtp | jq -c .b.local)
	wait_while 20 session_is "$before"
	[ "$(sessions)" -eq 0 ]
}

session_is()	# ENDPOINT
{
	[ "$(gateway_rtp 2>/dev/null | jq -c .b.local)" = "$1" ]
}

body_kept()	# TEXT
{
	[ "$(witness_packets "sip.Method == MESSAGE and sip contains \"$1\"")" -eq 1 ]
}

dir=$(mktemp -d)
GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$dir" "$GATEWAY_DIR"
at_exit gateway_stop
gateway_load || ktap_bail "the module does not load"
# shellcheck disable=SC2119 # no options
gateway_start || ktap_bail "sipfastd does not start"
witness_start

ktap_plan 10
ktap_test "early media, hold, resume and BYE on one session" flow reinvite held
ktap_test "CANCEL while it rings" flow cancel
ktap_test "a busy callee" flow busy
ktap_test "OPTIONS, MESSAGE, SUBSCRIBE, NOTIFY and an unknown method" \
	flow others
ktap_test "no call is left" wait_for 10 session_count_is 0
ktap_equal "none that the daemon remembers as up" "[]" \
	"$(calls | jq -c '[.[] | select(.state == "up")]')"
witness_stop
ktap_test "no LAN address was seen on the WAN" witness_clean
ktap_test "what was rewritten is sound SIP to tshark" witness_sound
ktap_test "a body that is no SDP is none of ours" body_kept \
	"c=IN IP4 192.168.1.10"
gateway_stop
ktap_equal "nothing was left behind" "" "$(gateway_leftovers)"
ktap_end
