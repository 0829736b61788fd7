# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Copyright (C) 2026 The sipfast authors
#
# The router of netns.sh with somebody else's firewall in the place of its own,
# and what has to work beside each of them, whoever came first.
#
#	firewall_router COMMAND...	build the router, let COMMAND set it up
#	firewall_tests			the tests, FIREWALL_N_TESTS of them
#
# Needs ktap.sh, netns.sh, gateway.sh and message.sh.

# shellcheck disable=SC2034 # for the plan
FIREWALL_N_TESTS=9

firewall_router()	# COMMAND...
{
	GATEWAY_DIR=$(mktemp -d)
	topo_router || ktap_bail "the router cannot be built"
	at_exit rm -rf "$GATEWAY_DIR" "$MESSAGE_DIR"
	at_exit gateway_stop
	in_gw nft delete table inet router
	"$@" || ktap_bail "the firewall cannot be set up"
	gateway_load || ktap_bail "the module does not load"
}

# A flow that is none of ours, from a port; what it leaves as is in source.
firewall_flow()	# PHONE FROM HOST TO
{
	echo hello | message_send "$@"
	cat "$MESSAGE_DIR/source"
}

# That port is the phone's, and not the flow's of another one.
firewall_kept_apart()	# PHONE FROM HOST TO
{
	! firewall_flow "$@" | grep -qx "source $GW_WAN:5060" &&
		grep -q "^source $GW_WAN:" "$MESSAGE_DIR/source"
}

# An unasked datagram to the router itself must still not get in.
firewall_closed()
{
	local taker

	rm -f "$MESSAGE_DIR/ready"
	in_gw "$MESSAGE_TOOL" --timeout 3 take --ready "$MESSAGE_DIR/ready" \
		"$GW_WAN:7777" >"$MESSAGE_DIR/got" &
	taker=$!
	wait_for 20 test -e "$MESSAGE_DIR/ready"
	echo hello | in_wan t "$MESSAGE_TOOL" send --no-answer \
		"$WAN_T:7777" "$GW_WAN:7777"
	! wait "$taker"
}

firewall_tests()
{
	ktap_equal "a flow from port 5060, before sipfastd is there" \
		"source $GW_WAN:5060" \
		"$(firewall_flow q "$PHONE_Q:5060" t "$WAN_T:3478")"
	# shellcheck disable=SC2119 # no options
	ktap_test "sipfastd starts" gateway_start
	ktap_test "a phone is mapped, to the port that the flow has had" \
		message_mapped p "$PHONE_P:5060" s "$WAN_S:5060" "$GW_WAN:5060"
	ktap_test "and is reached, though nothing new is let in" \
		message_reaches p "$PHONE_P:5060" s "$GW_WAN:5060" "$WAN_S:5060"
	ktap_test "another flow from that port is kept apart" \
		firewall_kept_apart q "$PHONE_Q:5060" t "$WAN_T:3479"
	ktap_test "a flow from another port is left alone" eval \
		"firewall_flow q '$PHONE_Q:5099' t '$WAN_T:3478' |
			grep '^source $GW_WAN:'"
	ktap_test "the firewall is as closed as before" firewall_closed
	gateway_stop
	ktap_equal "nothing was left behind" "" "$(gateway_leftovers)"
	ktap_equal "SIP is back on plain NAT" "source $GW_WAN:5060" \
		"$(firewall_flow p "$PHONE_P:5060" s "$WAN_S:5060")"
}
