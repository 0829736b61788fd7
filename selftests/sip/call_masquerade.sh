#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The call of call.sh on the same router without sipfast: plain masquerade. The
# provider repairs nothing, so it must fail. A test that passes here as well
# would show nothing there.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/peers.sh
. "$here/../lib/peers.sh"
# shellcheck source=../lib/witness.sh
. "$here/../lib/witness.sh"

heard()	# LISTENER
{
	tr '\r' '\n' <"$PEERS_DIR/$1.log" | grep -q 'incoming rtp for'
}

PEERS_DIR=$(mktemp -d)
topo_router || ktap_bail "the router cannot be built"
at_exit rm -rf "$PEERS_DIR"
at_exit peers_stop

ktap_plan 6
witness_start
provider_start "$(ns_of s)" "$WAN_S" || ktap_bail "Kamailio does not start"
phone_start "$(ns_of p)" alice "$PHONE_P" "$WAN_S"
phone_start "$(ns_of t)" bob "$WAN_T" "$WAN_S"
wait_for 20 phone_registered bob || ktap_bail "bob is not registered"
wait_for 20 phone_registered alice
ktap_test "the provider saw a NAT" wait_for 10 phone_logged provider "nat seen"
phone_do alice dial "sip:bob@$WAN_S"
wait_for 20 phone_logged bob "Call established"
ktap_test "bob sends audio to the phone's private address" wait_for 20 \
	phone_logged bob "audio: source started"
ktap_fails "alice hears nothing" wait_for 5 heard alice
phone_do alice hangup
phone_do bob dial "sip:alice@$WAN_S"
ktap_fails "alice cannot be called" wait_for 5 phone_logged alice \
	"answering call"
witness_stop
ktap_fails "LAN addresses were seen on the WAN" witness_clean
ktap_test "and the SIP was sound all the same" witness_sound
ktap_end
