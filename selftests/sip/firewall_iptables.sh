#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Beside a router of iptables-nft, as many a script sets one up: MASQUERADE, and
# INPUT and FORWARD chains that drop.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"
# shellcheck source=../lib/firewall.sh
. "$here/../lib/firewall.sh"

command -v iptables-nft >/dev/null || ktap_skip_all "needs iptables-nft"

set_up()
{
	in_gw iptables-nft-restore <<-RULES
		*nat
		-A POSTROUTING -o $GW_WAN_IF -j MASQUERADE
		COMMIT
		*filter
		:INPUT DROP
		:FORWARD DROP
		-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
		-A INPUT -i lo -j ACCEPT
		-A INPUT -i $GW_LAN_IF -j ACCEPT
		-A INPUT -p icmp -j ACCEPT
		-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
		-A FORWARD -i $GW_LAN_IF -j ACCEPT
		COMMIT
	RULES
}

firewall_router set_up
ktap_plan "$FIREWALL_N_TESTS"
firewall_tests
ktap_end
