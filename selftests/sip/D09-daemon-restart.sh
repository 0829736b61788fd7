#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
# Timeout: 500
#
# D09: the daemon is killed in the middle of a call, and started again. Audio goes
# on meanwhile, without a gap; hold, resume and BYE work afterwards; the phone is
# still registered, at the same public port, and is called there. Then it is killed
# at random moments, also of its start, while phones talk to their provider.
#
#	SIPFAST_KILLS	how often at most, 200 unless given
#	SIPFAST_KILLS_S	and for how long at most, 60 seconds unless given

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/peers.sh
. "$here/../lib/peers.sh"
# shellcheck source=../lib/witness.sh
. "$here/../lib/witness.sh"
sipp=$(realpath "$here/sipp")

ctl()	# ARGUMENT...
{
	in_gw "$SIPFASTCTL" --socket "$SIPFAST_SOCKET" -j "$@"
}

session_id()
{
	in_gw "$SIPFASTCTL" -j session list | jq -en 'input | .[0].id'
}

# So many more than there are now
relays()	# PACKETS
{
	local now

	now=$(gateway_rtp | jq '[.a.stats.packets, .b.stats.packets] | max')
	wait_for 30 gateway_relayed $((now + $1))
}

# RFC 3550: a packet that was not relayed is missing in the sequence.
no_gap()
{
	gateway_rtp | jq -en 'input | .a.stats.lost == 0 and .b.stats.lost == 0 and
			     .a.stats.dropped == 0 and .b.stats.dropped == 0'
}

# What is known of alice: where she is, under which port, and why
alice()
{
	ctl endpoint list | jq -ce --arg lan "$PHONE_P" '.[] |
		select(.lan.addr4 == $lan) |
		[.id, .lan, .public, [.leases[] | [.kind, .what]]]'
}

call_is_up()
{
	ctl call list | jq -en --argjson session "$1" \
		'input | length == 1 and .[0].state == "up" and
		 .[0].session == $session'
}

store_count()	# KEY
{
	ctl stats daemon | jq ".store[\"$1\"]"
}

# It is killed and started again, and what it was is what it is.
restarted()
{
	gateway_kill
	# shellcheck disable=SC2119 # no options
	gateway_start
}

# Phones that talk to their provider all the while; what is lost is sent again.
chatter_start()
{
	in_phone q sipp -sf "$sipp/uac_options.xml" -i "$PHONE_Q" -p 5060 \
		-r 20 -m 1000000 -nostdin -bg "$WAN_S:5060" \
		>"$PEERS_DIR/chatter.log" 2>&1
	chatter=$(sed -n 's/.*PID=\[\([0-9]*\)\].*/\1/p' \
		  "$PEERS_DIR/chatter.log")
	[ -n "$chatter" ]
}

chatter_stop()
{
	[ -z "${chatter:-}" ] || kill -KILL "$chatter"
	chatter=
}

# From 0 to 1.5 seconds: while it starts, when it has, and when it is at work.
kill_at_random()
{
	local until=$((SECONDS + ${SIPFAST_KILLS_S:-60}))

	kills=0
	while [ "$kills" -lt "${SIPFAST_KILLS:-200}" ] && [ "$SECONDS" -lt "$until" ]; do
		sleep "$(printf '%d.%03d' $((RANDOM % 2)) $((RANDOM % 500)))"
		gateway_kill
		gateway_begin
		kills=$((kills + 1))
	done
	wait_for 20 gateway_answers
}

PEERS_DIR=$(mktemp -d)
GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$PEERS_DIR" "$GATEWAY_DIR"
at_exit gateway_stop
at_exit peers_stop
at_exit chatter_stop
gateway_load || ktap_bail "the module does not load"
# shellcheck disable=SC2119 # no options
gateway_start || ktap_bail "sipfastd does not start"
witness_start
peers_tone "$PEERS_DIR/tone.wav" 440 600
provider_start "$(ns_of s)" "$WAN_S" || ktap_bail "Kamailio does not start"
phone_start "$(ns_of p)" alice "$PHONE_P" "$WAN_S" 900
phone_start "$(ns_of t)" bob "$WAN_T" "$WAN_S" 900
wait_for 20 phone_registered alice || ktap_bail "alice cannot register"
wait_for 20 phone_registered bob || ktap_bail "bob cannot register"

ktap_plan 24
before=$(alice)
ktap_test "alice calls bob" phone_call alice bob "$WAN_S"
ktap_test "audio both ways" wait_for 30 gateway_relayed 100
session=$(session_id)
gateway_kill
ktap_test "the daemon is killed, and audio goes on" relays 100
# shellcheck disable=SC2119 # no options
ktap_test "the next daemon starts" gateway_start
ktap_test "it has adopted the call" call_is_up "$session"
ktap_equal "one session, as it ran" "1 0 0" \
	"$(store_count adopted-sessions) $(store_count made-sessions) $(
	   store_count ended-sessions)"
ktap_equal "alice is known as before" "$before" "$(alice)"
ktap_test "audio goes on" relays 100
ktap_test "nothing of it was lost" no_gap
ktap_test "alice holds the call" phone_do alice hold
ktap_test "and takes it back, after another kill" restarted
ktap_test "... by a re-INVITE" phone_do alice resume
ktap_test "audio goes on again" relays 100
ktap_equal "in the same session" "$session" "$(session_id)"
ktap_test "alice hangs up, and bob hears of it" phone_hangup alice bob
ktap_test "the session has ended with the call" wait_for 10 gateway_no_session
ktap_test "killed again without a call" restarted
ktap_test "bob calls alice at her port" phone_call bob alice "$WAN_S"
wait_for 30 gateway_relayed 10
session=$(session_id)
chatter_start || ktap_bail "SIPp does not start"
ktap_test "killed at random moments" kill_at_random
echo "# that were $kills"
chatter_stop
ktap_test "the call is up, its session was never touched" \
	call_is_up "$session"
ktap_equal "alice is known as before" "$before" "$(alice)"
ktap_test "nothing of the audio was lost" no_gap
ktap_test "bob hangs up, and alice hears of it" phone_hangup bob alice
ktap_test "the session has ended with the call" wait_for 10 gateway_no_session
witness_stop
peers_stop
gateway_stop
ktap_end
