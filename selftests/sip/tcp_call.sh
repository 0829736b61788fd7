#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 400
# Copyright (C) 2026 The sipfast authors
#
# Phones that speak TCP with their provider, baresip and Kamailio, over IPv4 and
# then over IPv6: the phone behind NAT registers, calls and is called, by the
# connection that it has opened itself; the audio is the kernel's.

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

enough=100	# packets of 20 ms each, in each direction
export PHONE_TRANSPORT=tcp

# Only who opens a connection sends a SYN alone.
opened()	# ip|ipv6 FROM TO
{
	witness_packets "tcp.flags.syn == 1 and tcp.flags.ack == 0 and
			 $1.src == $2 and $1.dst == $3"
}

sip_over()	# udp|tcp
{
	witness_packets "sip and $1"
}

# bob's port is not the one in his Via, which the provider takes for NAT, as it
# would with alice.
sees_nat_of()	# NAME
{
	phone_logged provider "ct=<sip:$1"
}

calls_over()	# PHONE PROVIDER OTHER
{
	local pair caller callee

	provider_start "$(ns_of s)" "$2" || return
	phone_start "$(ns_of p)" alice "$1" "$2"
	phone_start "$(ns_of t)" bob "$3" "$2"
	ktap_test "$1 registers" wait_for 30 phone_registered alice
	ktap_test "so does $3" wait_for 30 phone_registered bob
	for pair in "alice bob" "bob alice"; do
		read -r caller callee <<<"$pair"
		ktap_test "$caller calls $callee" \
			phone_call "$caller" "$callee" "$2"
		ktap_test "audio both ways" wait_for 30 gateway_relayed "$enough"
		ktap_test "they hang up" phone_hangup "$caller" "$callee"
		ktap_test "alice heard bob" phone_heard alice "$enough"
		ktap_test "bob heard alice" phone_heard bob "$enough"
		ktap_test "the session has ended with the call" \
			wait_for 10 gateway_no_session
	done
	ktap_test "the provider looks for NAT" sees_nat_of bob
	ktap_fails "it saw none in front of alice" sees_nat_of alice
	peers_stop
	rm -rf "${PEERS_DIR:?}"/*
}

PEERS_DIR=$(mktemp -d)
GATEWAY_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$PEERS_DIR" "$GATEWAY_DIR"
at_exit gateway_stop
at_exit peers_stop
gateway_load || ktap_bail "the module does not load"
# shellcheck disable=SC2119 # no options
gateway_start || ktap_bail "sipfastd does not start"
witness_start

ktap_plan 41
calls_over "$PHONE_P" "$WAN_S" "$WAN_T"
calls_over "[$PHONE_P6]" "[$WAN_S6]" "[$WAN_T6]"
witness_stop
ktap_equal "nothing of it was UDP" 0 "$(sip_over udp)"
ktap_test "all of it was TCP" [ "$(sip_over tcp)" -ge 40 ]
ktap_equal "the phone opened one connection over IPv4" \
	1 "$(opened ip "$GW_WAN" "$WAN_S")"
ktap_equal "and one over IPv6" 1 "$(opened ipv6 "$GW_WAN6" "$WAN_S6")"
ktap_equal "the provider opened none, over IPv4" \
	0 "$(opened ip "$WAN_S" "$GW_WAN")"
ktap_equal "nor over IPv6" 0 "$(opened ipv6 "$WAN_S6" "$GW_WAN6")"
ktap_test "no LAN address was seen on the WAN" witness_clean
ktap_test "what was rewritten is sound SIP to tshark" witness_sound
gateway_stop
ktap_equal "nothing was left behind" "" "$(gateway_leftovers)"
ktap_end
